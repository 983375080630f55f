public import Traffic

/// Where windows of a quota begin and end, µs since 1970 UTC, half open.
public enum QuotaWindow: Hashable, Sendable {
  /// Multiples of `length` from `origin`.
  case fixed(length: Int64, origin: Int64)
  /// The first request after the window before ended begins one.
  case firstHit(length: Int64)
  case month
  case year

  /// Weeks begin on Monday; the first of 1970 is a Thursday.
  public static let week = QuotaWindow.fixed(length: 7 * Microseconds.day.count, origin: 4 * Microseconds.day.count)

  /// The window around an instant; for `firstHit` the one that the instant begins.
  public func bounds(around time: Int64) -> (start: Int64, end: Int64) {
    switch self {
    case .fixed(let length, let origin):
      let start = time &- (time &- origin).flooredRemainder(by: length)
      return (start, Self.sum(start, length))
    case .firstHit(let length): return (time, Self.sum(time, length))
    case .month:
      let date = CivilDate(at: time)
      return (Self.start(date.year, date.month), Self.start(date.year, date.month + 1))
    case .year:
      let year = CivilDate(at: time).year
      return (Self.start(year, 1), Self.start(year + 1, 1))
    }
  }

  /// Windows from the one around `first` to the one around `last`, both included.
  public func count(from first: Int64, to last: Int64) -> Int64 {
    guard last >= first else { return 0 }
    switch self {
    case .fixed(let length, _):
      let span = Int128(bounds(around: last).start) - Int128(bounds(around: first).start)
      return Int64(clamping: span / Int128(length) + 1)
    case .firstHit(let length): return Int64(clamping: (Int128(last) - Int128(first)) / Int128(length) + 1)
    case .month:
      let (a, b) = (CivilDate(at: first), CivilDate(at: last))
      return (b.year - a.year) * 12 + b.month - a.month + 1
    case .year: return CivilDate(at: last).year - CivilDate(at: first).year + 1
    }
  }

  /// µs, of a month or year the usual one.
  public var length: Microseconds {
    switch self {
    case .fixed(let length, _), .firstHit(let length): Microseconds(length)
    case .month: Microseconds(30 * Microseconds.day.count)
    case .year: Microseconds(365 * Microseconds.day.count)
    }
  }

  /// A day or longer: used up over days, not in a burst.
  public var isLong: Bool { length >= .day }

  private static func sum(_ a: Int64, _ b: Int64) -> Int64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }

  /// First instant of a month, µs since 1970; month 13 is January of the next year.
  private static func start(_ year: Int64, _ month: Int64) -> Int64 {
    CivilDate.daysSince1970(toMonth: month, of: year) &* Microseconds.day.count
  }
}
