/// Something that goes wrong, and when. Seconds count from the start of the night.
struct Episode {
  enum Kind {
    /// Requests of a route take eight times as long.
    case slowRoute(Int)
    /// Requests of all routes to an upstream take four times as long.
    case slowUpstream(Upstream)
    /// Two in five answers of a route are 500.
    case errorBurst(route: Int)
    /// One try in eight at an upstream fails.
    case failingUpstream(Upstream)
    /// One consumer adds half of the night's mean traffic.
    case hotKey(rank: Int)
    /// Two tries in five at an upstream fail, and its callers come back for more.
    case retryStorm(Upstream)
    /// Nothing was logged.
    case missing
    case callers(CallerFault)
    case design(DesignFault)
  }

  let kind: Kind
  let seconds: Range<Int>

  /// What happens on every night that is not `--calm`.
  static func usual(startingAt start: CalendarTime) -> [Episode] {
    func window(_ from: Int, _ until: Int) -> Range<Int> {
      start.firstWindow(fromMinute: from, untilMinute: until)
    }
    return [
      Episode(kind: .slowUpstream(.inventory), seconds: window(2 * 60, 3 * 60)),
      Episode(kind: .failingUpstream(.users), seconds: window(4 * 60 + 10, 4 * 60 + 13)),
    ]
  }
}

extension Episode {
  /// The window of a hole in the log; nil for every other kind.
  var missingSeconds: Range<Int>? {
    if case .missing = kind { seconds } else { nil }
  }
}
