/// Reads `KIND[:TARGET]@HH:MM-HH:MM`.
struct FaultText {
  private let text: String
  private let kind: Substring
  private let target: Substring
  private let minutes: (from: Int, until: Int)

  init(_ text: String) throws(UsageError) {
    self.text = text
    guard let at = text.lastIndex(of: "@") else {
      throw UsageError("--fault \(text): expected KIND:TARGET@HH:MM-HH:MM")
    }
    let head = text[..<at].split(separator: ":", maxSplits: 1)
    kind = head.first ?? ""
    target = head.dropFirst().first ?? ""
    let clocks = text[text.index(after: at)...].split(separator: "-").map(Self.minute)
    guard clocks.count == 2, let from = clocks[0], let until = clocks[1], from != until else {
      throw UsageError("--fault \(text): expected two times of the day such as 03:00-04:00 after the @")
    }
    minutes = (from, until)
  }

  private static func minute(_ text: Substring) -> Int? {
    let parts = text.split(separator: ":").compactMap { Int($0) }
    guard parts.count == 2, (0..<24).contains(parts[0]), (0..<60).contains(parts[1]) else { return nil }
    return parts[0] * 60 + parts[1]
  }

  func episode(startingAt start: CalendarTime) throws(UsageError) -> Episode {
    let seconds = start.firstWindow(fromMinute: minutes.from, untilMinute: minutes.until)
    return Episode(kind: try episodeKind, seconds: seconds)
  }

  private var episodeKind: Episode.Kind {
    get throws(UsageError) {
      if let fault = try CallerFault(kind, rank: { () throws(UsageError) in try rank }) { return .callers(fault) }
      return switch kind {
      case "slow-route": .slowRoute(try route)
      case "error-burst": .errorBurst(route: try route)
      case "hot-key": .hotKey(rank: try rank)
      case "retry-storm": .retryStorm(try upstream)
      case "missing-hour": .missing
      default:
        if let fault = try design { .design(fault) } else {
          throw UsageError(
            "--fault \(text): expected slow-route, error-burst, hot-key, retry-storm, missing-hour, "
              + CallerFault.names + ", " + (DesignFault.plain + DesignFault.ofRoute + DesignFault.ofUpstream).joined(separator: ", "))
        }
      }
    }
  }

  private var design: DesignFault? {
    get throws(UsageError) {
      if DesignFault.ofRoute.contains(String(kind)) { return DesignFault(kind, route: try route) }
      if DesignFault.ofUpstream.contains(String(kind)) { return DesignFault(kind, upstream: try upstream) }
      return DesignFault(kind)
    }
  }

  /// The first route whose path, up to its query, is the target or continues it with a variable.
  private var route: Int {
    get throws(UsageError) {
      let paths = Route.all.map { "\($0.pattern)".prefix { $0 != "?" } }
      if let index = paths.firstIndex(of: target) { return index }
      if let index = paths.firstIndex(where: { !target.isEmpty && $0.hasPrefix(target + "/{") }) {
        return index
      }
      throw UsageError("--fault \(text): no such route; the paths are \(paths.joined(separator: " "))")
    }
  }

  private var rank: Int {
    get throws(UsageError) {
      guard let rank = Int(target), (0..<Population.consumerCount).contains(rank) else {
        throw UsageError("--fault \(text): expected a rank from 0 to \(Population.consumerCount - 1)")
      }
      return rank
    }
  }

  private var upstream: Upstream {
    get throws(UsageError) {
      guard let upstream = Upstream.allCases.first(where: { $0.name == target }) else {
        let names = Upstream.allCases.map(\.name).joined(separator: ", ")
        throw UsageError("--fault \(text): expected one of \(names)")
      }
      return upstream
    }
  }
}
