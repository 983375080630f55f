import Traffic

/// Times as SQL sees them: `2026-01-01T00:00:00.000000Z`, always 27 bytes, so that text order is time order.
enum TimeText {
  private static let day: Int64 = 86_400_000_000
  /// Years 0000 to 9999.
  private static let known: Range<Int64> = -62_167_219_200_000_000..<253_402_300_800_000_000

  /// The text of µs since 1970 UTC; nil outside the years 0000 to 9999.
  static func text(_ microseconds: Int64) -> [UInt8]? {
    guard known.contains(microseconds) else { return nil }
    let days = microseconds.flooredQuotient(by: day)
    var rest = microseconds - days * day
    let date = CivilDate(daysSince1970: days)
    var text: [UInt8] = []
    text.reserveCapacity(27)
    append(date.year, 4, to: &text)
    text.append(UInt8(ascii: "-"))
    append(date.month, 2, to: &text)
    text.append(UInt8(ascii: "-"))
    append(date.day, 2, to: &text)
    for (mark, unit) in [("T", 3_600_000_000), (":", 60_000_000), (":", 1_000_000)] as [(Character, Int64)] {
      text.append(mark.asciiValue!)
      append(rest / unit, 2, to: &text)
      rest %= unit
    }
    text.append(UInt8(ascii: "."))
    append(rest, 6, to: &text)
    text.append(UInt8(ascii: "Z"))
    return text
  }

  private static func append(_ number: Int64, _ digits: Int, to text: inout [UInt8]) {
    var power: Int64 = 1
    for _ in 1..<digits { power *= 10 }
    while power > 0 {
      text.append(UInt8(48 + number / power % 10))
      power /= 10
    }
  }

  /// The start of the day that a text begins with, such as `2026-01-01` or `2026-01-01T12:00`; nil for other texts.
  static func startOfDay(_ text: String) -> Int64? {
    let bytes = Array(text.utf8.prefix(10))
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else { return nil }
    func number(_ range: Range<Int>) -> Int64? {
      bytes[range].allSatisfy { $0 >= 48 && $0 <= 57 } ? Int64(String(decoding: bytes[range], as: UTF8.self)) : nil
    }
    guard let year = number(0..<4), let month = number(5..<7), let dayOfMonth = number(8..<10), month >= 1, month <= 12,
      dayOfMonth >= 1, dayOfMonth <= 31
    else { return nil }
    return (CivilDate.daysSince1970(toMonth: month, of: year) + dayOfMonth - 1) * day
  }
}
