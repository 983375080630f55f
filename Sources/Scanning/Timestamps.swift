/// Timestamps out of bytes, as µs since 1970 UTC. Each function takes exactly the bytes of one stamp and returns nil
/// when they are not one. Days are checked against the calendar; leap second 60 reads as the next second's start.
public enum Timestamps {
  /// Days since 1970-01-01 of a date of the proleptic Gregorian calendar, or nil.
  /// - Source: Howard Hinnant, *chrono-Compatible Low-Level Date Algorithms*, `days_from_civil`.
  @inlinable
  public static func days(year: Int, month: Int, day: Int) -> Int? {
    guard year >= 0, month >= 1, month <= 12, day >= 1, day <= daysIn(month: month, year: year) else { return nil }
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  @inlinable
  static func daysIn(month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  @inlinable @inline(__always)
  static func two(_ bytes: UnsafePointer<UInt8>, _ index: Int) -> Int {
    let tens = Int(bytes[index]) &- 48
    let ones = Int(bytes[index &+ 1]) &- 48
    return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens &* 10 &+ ones : -1
  }

  @inlinable
  static func four(_ bytes: UnsafePointer<UInt8>, _ index: Int) -> Int {
    let high = two(bytes, index)
    let low = two(bytes, index + 2)
    return high >= 0 && low >= 0 ? high * 100 + low : -1
  }

  /// 1…12 of an English month abbreviation, any case, or nil.
  @inlinable
  static func month(_ bytes: UnsafePointer<UInt8>, _ index: Int) -> Int? {
    let key =
      Int(bytes[index] | 0x20) << 16 | Int(bytes[index + 1] | 0x20) << 8 | Int(bytes[index + 2] | 0x20)
    return switch key {
    case 0x6A_616E: 1  // jan
    case 0x66_6562: 2
    case 0x6D_6172: 3
    case 0x61_7072: 4
    case 0x6D_6179: 5
    case 0x6A_756E: 6
    case 0x6A_756C: 7
    case 0x61_7567: 8
    case 0x73_6570: 9
    case 0x6F_6374: 10
    case 0x6E_6F76: 11
    case 0x64_6563: 12
    default: nil
    }
  }

  @inlinable
  static func timeOfDay(_ bytes: UnsafePointer<UInt8>, _ index: Int) -> Int? {
    let hour = two(bytes, index)
    let minute = two(bytes, index + 3)
    let second = two(bytes, index + 6)
    guard bytes[index + 2] == UInt8(ascii: ":"), bytes[index + 5] == UInt8(ascii: ":") else { return nil }
    guard hour >= 0, hour < 24, minute >= 0, minute < 60, second >= 0, second <= 60 else { return nil }
    return hour * 3600 + minute * 60 + second
  }

  /// µs of the digits `[start, end)` after a decimal point; further digits than six are cut.
  @inlinable
  static func fraction(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int64? {
    guard start < end, end - start <= 12 else { return nil }
    var value: Int64 = 0
    for place in 0..<max(6, end - start) {
      if start + place < end {
        let digit = Int64(bytes[start + place]) - 48
        guard digit >= 0, digit <= 9 else { return nil }
        if place < 6 { value = value * 10 + digit }
      } else if place < 6 {
        value *= 10
      }
    }
    return value
  }

  /// µs of a point with digits that may stand at `index`, which moves behind them; 0 where none does.
  @inlinable @inline(__always)
  static func fraction(
    _ bytes: UnsafePointer<UInt8>, _ index: inout Int, _ end: Int, orAfterComma: Bool = false
  ) -> Int64? {
    guard index < end, bytes[index] == UInt8(ascii: ".") || (orAfterComma && bytes[index] == UInt8(ascii: ",")) else {
      return 0
    }
    let from = index + 1
    index = from
    while index < end, bytes[index] >= 48, bytes[index] <= 57 { index += 1 }
    return fraction(bytes, from, index)
  }

  /// Seconds east of UTC of `Z`, `±hh`, `±hhmm` or `±hh:mm`, or nil.
  @inlinable
  public static func zone(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int? {
    let count = end - start
    guard count > 0 else { return nil }
    if count == 1 { return bytes[start] | 0x20 == UInt8(ascii: "z") ? 0 : nil }
    let sign: Int
    switch bytes[start] {
    case UInt8(ascii: "+"): sign = 1
    case UInt8(ascii: "-"): sign = -1
    default: return nil
    }
    guard count >= 3, two(bytes, start + 1) >= 0 else { return nil }
    let hours = two(bytes, start + 1)
    var minutes = 0
    switch count {
    case 3: break
    case 5: minutes = two(bytes, start + 3)
    case 6 where bytes[start + 3] == UInt8(ascii: ":"): minutes = two(bytes, start + 4)
    default: return nil
    }
    guard hours <= 24, minutes >= 0, minutes < 60 else { return nil }
    return sign * (hours * 3600 + minutes * 60)
  }

  /// `22/Nov/2026:07:26:24 +0000`, with optional `.123` before the zone; without a zone, `localOffset` seconds east.
  @inlinable
  public static func commonLog(
    _ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, localOffset: Int = 0
  ) -> Int64? {
    guard end - start >= 20, bytes[start + 2] == UInt8(ascii: "/"), bytes[start + 6] == UInt8(ascii: "/"),
      bytes[start + 11] == UInt8(ascii: ":"), let month = month(bytes, start + 3),
      let days = days(year: four(bytes, start + 7), month: month, day: two(bytes, start)),
      let time = timeOfDay(bytes, start + 12)
    else { return nil }
    var index = start + 20
    guard let micros = fraction(bytes, &index, end) else { return nil }
    var offset = localOffset
    if index < end {
      guard bytes[index] == UInt8(ascii: " "), let zone = zone(bytes, index + 1, end) else { return nil }
      offset = zone
    }
    return Int64(days * 86_400 + time - offset) * 1_000_000 + micros
  }

  /// ISO 8601 / RFC 3339: `2026-11-22T07:26:24+00:00`, `T` or a space, 0–12 fraction digits after `.` or `,`, and
  /// `Z`, `±hh[:mm]`, `±hhmm`, ` UTC` or nothing (then `localOffset` seconds east of UTC).
  @inlinable
  public static func iso8601(
    _ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, localOffset: Int = 0
  ) -> Int64? {
    guard end - start >= 19 else { return nil }
    let separator = bytes[start + 4]
    guard separator == UInt8(ascii: "-") || separator == UInt8(ascii: "/"), bytes[start + 7] == separator else {
      return nil
    }
    let joint = bytes[start + 10]
    guard joint | 0x20 == UInt8(ascii: "t") || joint == UInt8(ascii: " ") || joint == 9,
      let days = days(year: four(bytes, start), month: two(bytes, start + 5), day: two(bytes, start + 8)),
      let time = timeOfDay(bytes, start + 11)
    else { return nil }
    var index = start + 19
    guard let micros = fraction(bytes, &index, end, orAfterComma: true) else { return nil }
    var offset = localOffset
    if index < end {
      if bytes[index] == UInt8(ascii: " "), index + 1 < end { index += 1 }
      if end - index == 3, bytes[index] == UInt8(ascii: "U"), bytes[index + 1] == UInt8(ascii: "T"),
        bytes[index + 2] == UInt8(ascii: "C")
      {
        offset = 0
      } else {
        guard let zone = zone(bytes, index, end) else { return nil }
        offset = zone
      }
    }
    return Int64(days * 86_400 + time - offset) * 1_000_000 + micros
  }

  /// A bare epoch number whose unit is told by its digits before the point: up to 11 s, 12–14 ms, 15–17 µs,
  /// 18–20 ns.
  @inlinable
  public static func epochByDigits(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int64? {
    let point = WideScan.find(UInt8(ascii: "."), in: bytes, from: start, to: end)
    switch point - start {
    case 1...11: return Numbers.scaled(bytes, start, end, digits: 6)
    case 12...14: return Numbers.scaled(bytes, start, end, digits: 3)
    case 15...17: return Numbers.unsigned(bytes, start, point)
    case 18...20: return Numbers.unsigned(bytes, start, point - 3)
    default: return nil
    }
  }

  /// `Nov 22 07:31:04` of RFC 3164, whose zone and year are those of `clock`.
  public static func syslog(
    _ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, clock: WriterClock
  ) -> Int64? {
    guard end - start == 15, bytes[start + 3] == UInt8(ascii: " "), bytes[start + 6] == UInt8(ascii: " "),
      let month = month(bytes, start)
    else { return nil }
    let day = bytes[start + 4] == UInt8(ascii: " ") ? Int(bytes[start + 5]) - 48 : two(bytes, start + 4)
    guard let days = days(year: clock.year(ofMonth: month), month: month, day: day),
      let time = timeOfDay(bytes, start + 7)
    else { return nil }
    return Int64(days * 86_400 + time - clock.utcOffset) * 1_000_000
  }
}
