import Reporting
import Traffic

/// `--since` and `--until`: an instant, a day, or a length of time back from the newest arrival in the store.
enum TimeArgument: Hashable {
  case instant(Timestamp)
  /// Before the newest arrival. Relative to the data and not to the clock, so the same store gives the same answer.
  case beforeNewest(Microseconds)

  static let expected =
    "a day (2026-11-22), a time (2026-11-22T08:00, Z or +02:00 may follow), or a length such as 7d"

  init(_ text: String, option: String, clock: DisplayClock) throws(UsageError) {
    if let length = try? UnitText.parseDuration(text) {
      self = .beforeNewest(length)
    } else if let instant = Self.instant(text, clock: clock) {
      self = .instant(instant)
    } else {
      throw UsageError(.invalidValue(of: option, value: text, expected: Self.expected))
    }
  }

  func resolved(newest: Timestamp?) -> Timestamp? {
    switch self {
    case .instant(let instant): instant
    case .beforeNewest(let length): newest.map { Timestamp(microseconds: $0.microseconds &- length.count) }
    }
  }

  /// `YYYY-MM-DD[(T| )HH:MM[:SS[.fraction]]][Z|±HH[:MM]]`; without an offset the clock's zone holds.
  static func instant(_ text: String, clock: DisplayClock) -> Timestamp? {
    var rest = text[...]
    guard let year = number(&rest, 4, 4), take("-", &rest), let month = number(&rest, 2, 2), take("-", &rest),
      let day = number(&rest, 2, 2), (1...12).contains(month), (1...daysIn(month, of: year)).contains(day)
    else { return nil }
    var micros: Int64 = 0
    if take("T", &rest) || take(" ", &rest) {
      guard let time = timeOfDay(&rest) else { return nil }
      micros = time
    }
    let wall = daysSince1970(year, month, day) * 86_400_000_000 + micros
    if rest.isEmpty { return utc(ofWall: wall, clock) }
    if rest == "Z" || rest == "z" { return Timestamp(microseconds: wall) }
    return ZoneArgument.offset(String(rest)).map { Timestamp(microseconds: wall - $0 * 1_000_000) }
  }

  private static func timeOfDay(_ rest: inout Substring) -> Int64? {
    guard let hour = number(&rest, 2, 2), take(":", &rest), let minute = number(&rest, 2, 2), hour < 24, minute < 60
    else { return nil }
    var micros = (hour * 3_600 + minute * 60) * 1_000_000
    guard take(":", &rest) else { return micros }
    guard let second = number(&rest, 2, 2), second < 60 else { return nil }
    micros += second * 1_000_000
    guard take(".", &rest) else { return micros }
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    guard !digits.isEmpty, let fraction = Int64((digits + "000000").prefix(6)) else { return nil }
    rest = rest.dropFirst(digits.count)
    return micros + fraction
  }

  /// The instant whose wall clock shows this. In the hour that daylight saving repeats, one of the two.
  private static func utc(ofWall wall: Int64, _ clock: DisplayClock) -> Timestamp {
    let guess = clock.offsetSeconds(Timestamp(microseconds: wall)) * 1_000_000
    let offset = clock.offsetSeconds(Timestamp(microseconds: wall - guess)) * 1_000_000
    return Timestamp(microseconds: wall - offset)
  }

  private static func take(_ character: Character, _ rest: inout Substring) -> Bool {
    guard rest.first == character else { return false }
    rest.removeFirst()
    return true
  }

  private static func number(_ rest: inout Substring, _ least: Int, _ most: Int) -> Int64? {
    let digits = rest.prefix(most).prefix { $0.isASCII && $0.isNumber }
    guard digits.count >= least else { return nil }
    rest = rest.dropFirst(digits.count)
    return Int64(digits)
  }

  private static func daysIn(_ month: Int64, of year: Int64) -> Int64 {
    if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
    return [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  /// - Source: Howard Hinnant, *chrono-Compatible Low-Level Date Algorithms*, `days_from_civil`.
  private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
