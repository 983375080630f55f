public import Gateways

extension CalendarUnit {
  /// The first µs of the unit of the UTC calendar after the one that holds a time.
  public func end(of time: Int64) -> Int64 {
    switch self {
    case .second: return WindowAlignment.aligned(length: 1_000_000, origin: 0).end(of: time)
    case .minute: return WindowAlignment.aligned(length: 60_000_000, origin: 0).end(of: time)
    case .hour: return WindowAlignment.aligned(length: 3_600_000_000, origin: 0).end(of: time)
    case .day: return WindowAlignment.aligned(length: Self.dayLength, origin: 0).end(of: time)
    // 1970-01-05 was a Monday.
    case .week: return WindowAlignment.aligned(length: 7 * Self.dayLength, origin: 4 * Self.dayLength).end(of: time)
    case .month:
      let (year, month) = Self.yearAndMonth(of: time.flooredQuotient(Self.dayLength))
      return Self.days(beforeMonth: month + 1, of: year).clampedProduct(Self.dayLength)
    case .year:
      let (year, _) = Self.yearAndMonth(of: time.flooredQuotient(Self.dayLength))
      return Self.days(beforeMonth: 1, of: year + 1).clampedProduct(Self.dayLength)
    }
  }

  /// µs
  private static let dayLength: Int64 = 86_400_000_000

  /// Days from 1970-01-01 to the first day of a month, 1…13 where 13 is the next January.
  ///
  /// Years are counted from March, so that the leap day is the last of its year.
  /// - Source: H. Hinnant, *chrono-Compatible Low-Level Date Algorithms*, `days_from_civil`.
  static func days(beforeMonth month: Int64, of year: Int64) -> Int64 {
    let marchYear = month > 12 ? year : month > 2 ? year : year - 1
    let marchMonth = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * marchMonth + 2) / 5
    let leapDays = marchYear.flooredQuotient(4) - marchYear.flooredQuotient(100) + marchYear.flooredQuotient(400)
    return marchYear * 365 + leapDays + dayOfYear - 719_468
  }

  /// - Source: as above, `civil_from_days`.
  static func yearAndMonth(of day: Int64) -> (year: Int64, month: Int64) {
    // From 0000-03-01, in eras of 400 years.
    let shifted = day + 719_468
    let era = shifted.flooredQuotient(146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month)
  }
}
