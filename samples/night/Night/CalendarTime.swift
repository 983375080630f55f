/// A second in UTC.
struct CalendarTime {
  /// Seconds since 1970-01-01T00:00:00Z.
  let epoch: Int

  init(epoch: Int) { self.epoch = epoch }

  /// Reads `2026-11-21T00:00:00Z`; nil for anything else.
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    let shape = Array("0000-00-00T00:00:00Z".utf8)
    guard bytes.count == shape.count else { return nil }
    let fits = zip(bytes, shape).allSatisfy { byte, model in
      model == UInt8(ascii: "0") ? (48...57).contains(byte) : byte == model
    }
    guard fits else { return nil }
    func number(_ range: Range<Int>) -> Int { range.reduce(0) { $0 * 10 + Int(bytes[$1]) - 48 } }
    let (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
    let (hour, minute, second) = (number(11..<13), number(14..<16), number(17..<19))
    guard year >= 1970, (1...12).contains(month), (1...31).contains(day) else { return nil }
    guard hour < 24, minute < 60, second < 60 else { return nil }
    epoch = Self.days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second
  }

  var secondOfDay: Int { epoch % 86_400 }

  /// The first time after the start at which the clock shows these minutes of the day.
  ///
  /// - Returns: seconds after this time; a window that ends before it begins crosses midnight.
  func firstWindow(fromMinute from: Int, untilMinute until: Int) -> Range<Int> {
    let wait = (from * 60 - secondOfDay + 86_400) % 86_400
    let length = ((until - from) * 60 + 86_400) % 86_400
    return wait..<(wait + length)
  }

  /// Days since 1970-01-01. Source: Hinnant, *chrono-compatible low-level date algorithms*.
  static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// Year, month and day of a day number; the inverse of `days`.
  static func date(ofDay day: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = day + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }
}
