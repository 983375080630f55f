/// A day of the proleptic Gregorian calendar, in UTC.
/// - Source: Howard Hinnant, *chrono-Compatible Low-Level Date Algorithms*, `civil_from_days` and `days_from_civil`.
public struct CivilDate: Hashable, Sendable {
  /// Year 0 is the one before year 1.
  public let year: Int64
  /// 1…12.
  public let month: Int64
  /// 1…31.
  public let day: Int64

  /// - Parameter days: of any instant of 64 bits of µs; beyond ±10¹⁸ the sum would leave the range.
  public init(daysSince1970 days: Int64) {
    // From 0000-03-01, in eras of 400 years; years begin in March, so that the leap day is the last of its year.
    let shifted = days + 719_468
    let era = shifted.flooredQuotient(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
  }

  /// The day that holds an instant, µs since 1970.
  public init(at time: Int64) { self.init(daysSince1970: time.flooredQuotient(by: Microseconds.day.count)) }

  /// Days from 1970-01-01 to the first of a month.
  /// - Parameter month: 1…13; 13 is January of the next year.
  public static func daysSince1970(toMonth month: Int64, of year: Int64) -> Int64 {
    let marchYear = month == 1 || month == 2 ? year - 1 : year
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5
    let leapDays =
      marchYear.flooredQuotient(by: 4) - marchYear.flooredQuotient(by: 100) + marchYear.flooredQuotient(by: 400)
    return marchYear * 365 + leapDays + dayOfYear - 719_468
  }
}
