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
      let start = time &- Self.remainder(time &- origin, length)
      return (start, Self.sum(start, length))
    case .firstHit(let length): return (time, Self.sum(time, length))
    case .month:
      let (year, month) = Self.month(of: time)
      return (Self.start(year, month), Self.start(year, month + 1))
    case .year:
      let year = Self.month(of: time).year
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
      let (a, b) = (Self.month(of: first), Self.month(of: last))
      return (b.year - a.year) * 12 + b.month - a.month + 1
    case .year: return Self.month(of: last).year - Self.month(of: first).year + 1
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

  private static func remainder(_ value: Int64, _ divisor: Int64) -> Int64 {
    let remainder = value % divisor
    return remainder < 0 ? remainder + divisor : remainder
  }

  // MARK: Calendar

  /// Year and month, from 1, of an instant.
  /// - Source: Howard Hinnant, *chrono-compatible low-level date algorithms*, `civil_from_days`.
  private static func month(of time: Int64) -> (year: Int64, month: Int64) {
    let day = Microseconds.day.count
    let days = (time &- remainder(time, day)) / day + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month)
  }

  /// First instant of a month; month 13 is January of the next year.
  private static func start(_ year: Int64, _ month: Int64) -> Int64 {
    let shifted = (month > 12 ? year + 1 : year) - (month <= 2 || month > 12 ? 1 : 0)
    let wrapped = month > 12 ? month - 12 : month
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (wrapped > 2 ? wrapped - 3 : wrapped + 9) + 2) / 5
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return (era * 146_097 + dayOfEra - 719_468).multipliedReportingOverflow(by: Microseconds.day.count).partialValue
  }
}
