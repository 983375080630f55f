import Scanning
import Traffic

extension LineValues {
  /// Later than the year 9999 or longer than 31 years is no measurement.
  private static let longest: Int64 = 1_000_000_000_000_000
  private static let latest: Int64 = 253_402_300_800_000_000

  /// A non-negative whole number, from a number or a string of digits; a fraction is cut.
  @inline(__always)
  mutating func integer(_ field: LogField) -> Int64? {
    guard takeFirst(field) else { return nil }
    let value = self[field]
    let start = Int(value.start)
    let end = Int(value.end)
    return Numbers.unsigned(line, start, end) ?? Numbers.scaled(line, start, end, digits: 0)
      ?? exponent(start, end, digits: 0)
  }

  /// A number of three digits or fewer, as statuses are.
  @inline(__always)
  mutating func statusCode(_ field: LogField) -> Int64? {
    guard let code = integer(field), code <= 999 else { return nil }
    return code
  }

  /// A duration in µs, by the unit in its text, else by the unit of its key; nil where negative.
  @inline(__always)
  mutating func micros(_ field: LogField) -> Int64? {
    guard takeFirst(field) else { return nil }
    let value = self[field]
    return duration(Int(value.start), Int(value.end), value.unit)
  }

  /// A duration in the bytes `[start, end)` of the line.
  @inline(__always)
  func duration(_ start: Int, _ end: Int, _ unit: FieldUnit) -> Int64? {
    guard start < end else { return nil }
    let last = line[end &- 1]
    let value: Int64?
    if (last >= 48 && last <= 57) || last == UInt8(ascii: ".") {
      value =
        Numbers.scaled(line, start, end, digits: unit.digits) ?? exponent(start, end, digits: unit.digits)
    } else {
      value = spelledDuration(start, end)
    }
    guard let value, value < Self.longest else { return nil }
    return value
  }

  /// `0.048123s`, `13.4ms`, `1m12s`.
  private func spelledDuration(_ start: Int, _ end: Int) -> Int64? {
    guard end - start >= 2, end - start < 40, line[end - 1] == UInt8(ascii: "s") else {
      return end - start < 40 ? Numbers.goDuration(line, start, end) : nil
    }
    if isDigit(end - 2) {
      return Numbers.scaled(line, start, end - 1, digits: 6) ?? Numbers.goDuration(line, start, end)
    }
    if line[end - 2] == UInt8(ascii: "m"), end - start >= 3, isDigit(end - 3) {
      return Numbers.scaled(line, start, end - 2, digits: 3) ?? Numbers.goDuration(line, start, end)
    }
    return Numbers.goDuration(line, start, end)
  }

  @inline(__always)
  private func isDigit(_ index: Int) -> Bool { line[index] >= 48 && line[index] <= 57 }

  /// Numbers with an exponent, or with more digits than fit.
  @inline(never)
  private func exponent(_ start: Int, _ end: Int, digits: Int) -> Int64? {
    guard end - start < 48 else { return nil }
    var hasExponent = false
    for index in start..<end {
      switch line[index] {
      case 48...57, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"): continue
      case UInt8(ascii: "e"), UInt8(ascii: "E"): hasExponent = true
      default: return nil
      }
    }
    let text = String(decoding: UnsafeBufferPointer(start: line + start, count: end - start), as: UTF8.self)
    guard hasExponent || end - start > 18, var number = Double(text), number >= 0 else { return nil }
    for _ in 0..<max(0, digits) { number *= 10 }
    for _ in 0..<max(0, -digits) { number /= 10 }
    return number < 9e18 ? Int64(number) : nil
  }

  // MARK: Time

  /// A point in time in µs since 1970 UTC, in any of the ways logs write one.
  @inline(__always)
  mutating func time(_ field: LogField) -> Int64? {
    guard takeFirst(field) else { return nil }
    let value = self[field]
    let stamp = StampReader.micros(line, Int(value.start), Int(value.end), value.unit, clock: clock)
    guard let stamp, stamp >= 0, stamp < Self.latest else { return nil }
    return stamp
  }
}
