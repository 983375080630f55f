/// What goes wrong between callers and their limits. Consumers are named by rank.
enum CallerFault {
  /// The consumer's quota has run out: everything limited is refused.
  case quota(Int)
  /// The consumer's key is built into an app: it calls from four thousand addresses and with every program.
  case sharedKey(Int)
  /// Every fifth consumer sits behind one address.
  case nat
  /// The consumer sends a burst at every other full minute, and has a limit per minute of the clock.
  case windowEdge(Int)
  /// One request in six that a limit applies to is refused, whoever sends it.
  case throttled
  /// Two in five requests of the consumer are refused, and it comes back for them.
  case returning(Int)

  static let names = "quota, shared-key, nat, window-edge, throttled, returning"

  /// Nil for a name that is no fault of callers.
  init?(_ name: Substring, rank: () throws(UsageError) -> Int) throws(UsageError) {
    switch name {
    case "quota": self = .quota(try rank())
    case "shared-key": self = .sharedKey(try rank())
    case "nat": self = .nat
    case "window-edge": self = .windowEdge(try rank())
    case "throttled": self = .throttled
    case "returning": self = .returning(try rank())
    default: return nil
    }
  }

  static let help = """
      quota:RANK@18:00-00:00             a consumer's quota has run out
      shared-key:RANK@00:00-23:59        a consumer's key is called from thousands of addresses
      nat@00:00-23:59                    every fifth consumer calls from one address
      window-edge:RANK@12:00-12:30       a consumer sends bursts across the edges of its limit's windows
      throttled@00:00-23:59              one limited request in six is refused
      returning:RANK@12:00-14:00         two in five requests of a consumer are refused, and it comes back

    """

  // MARK: Traffic

  /// Requests a second of a window-edge burst, over the night's mean.
  private static let edgeRate = 12.0

  /// Extra traffic: for window-edge two seconds before and after every other minute.
  func surges(in seconds: Range<Int>, usualWeight: Double) -> [TrafficCurve.Surge] {
    guard case .windowEdge(let rank) = self else { return [] }
    let route = Route.all.firstIndex { $0.caller == .consumer && $0.isLimited }
    return stride(from: seconds.lowerBound + 60, to: seconds.upperBound, by: 120).map { edge in
      TrafficCurve.Surge(
        seconds: (edge - 2)..<(edge + 2), weight: usualWeight * Self.edgeRate, consumers: [rank], route: route)
    }
  }

  /// Requests per minute that the limit of a window-edge consumer lets through: most of one side of a burst.
  static func edgeLimit(linesPerSecond: Double) -> Int { max(5, Int(linesPerSecond * edgeRate * 1.2)) }
}

/// Requests of a consumer in the current minute of the clock.
struct MinuteWindow {
  private var minute = -1
  private var count = 0

  mutating func admits(at milliseconds: Int, limit: Int) -> Bool {
    if milliseconds / 60_000 != minute { (minute, count) = (milliseconds / 60_000, 0) }
    guard count < limit else { return false }
    count += 1
    return true
  }
}
