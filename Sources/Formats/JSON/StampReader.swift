import Scanning

/// A time stamp of any syntax a log uses.
enum StampReader {
  /// - Parameters:
  ///   - year: for stamps without one (`Nov 22 07:31:04`).
  ///   - utcOffset: seconds east of UTC, for stamps without a zone.
  @inline(__always)
  static func micros(
    _ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ unit: FieldUnit, year: Int, utcOffset: Int = 0
  ) -> Int64? {
    guard start < end else { return nil }
    if unit != .automatic { return Numbers.scaled(bytes, start, end, digits: unit.digits) }
    if end &- start >= 19, bytes[start &+ 4] == UInt8(ascii: "-"),
      let stamp = Timestamps.iso8601(bytes, start, end, localOffset: utcOffset)
    {
      return stamp
    }
    return other(bytes, start, end, year: year, utcOffset: utcOffset)
  }

  @inline(never)
  private static func other(
    _ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, year: Int, utcOffset: Int
  ) -> Int64? {
    if bytes[start] == UInt8(ascii: "["), end - start > 2, bytes[end - 1] == UInt8(ascii: "]") {
      return other(bytes, start + 1, end - 1, year: year, utcOffset: utcOffset)
    }
    return Timestamps.epochByDigits(bytes, start, end)
      ?? Timestamps.commonLog(bytes, start, end, localOffset: utcOffset)
      ?? Timestamps.iso8601(bytes, start, end, localOffset: utcOffset)
      ?? Timestamps.syslog(bytes, start, end, year: year, localOffset: utcOffset)
      ?? longEpoch(bytes, start, end)
  }

  /// Seconds with more decimals than `epochByDigits` takes (`1795333094.359654412`).
  private static func longEpoch(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int64? {
    let point = WideScan.find(UInt8(ascii: "."), in: bytes, from: start, to: end)
    guard point < end, end - point > 7 else { return nil }
    for index in (point + 1)..<end where bytes[index] < 48 || bytes[index] > 57 { return nil }
    return Timestamps.epochByDigits(bytes, start, point + 7)
  }
}
