import Scanning

/// A time stamp of any syntax a log uses.
enum StampReader {
  /// - Parameter clock: gives what the stamp leaves out.
  @inline(__always)
  static func micros(
    _ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ unit: FieldUnit, clock: WriterClock
  ) -> Int64? {
    guard start < end else { return nil }
    if unit != .automatic { return Numbers.scaled(bytes, start, end, digits: unit.digits) }
    if end &- start >= 19, bytes[start &+ 4] == UInt8(ascii: "-"),
      let stamp = Timestamps.iso8601(bytes, start, end, localOffset: clock.utcOffset)
    {
      return stamp
    }
    return other(bytes, start, end, clock)
  }

  @inline(never)
  private static func other(
    _ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ clock: WriterClock
  ) -> Int64? {
    if bytes[start] == UInt8(ascii: "["), end - start > 2, bytes[end - 1] == UInt8(ascii: "]") {
      return other(bytes, start + 1, end - 1, clock)
    }
    return Timestamps.epochByDigits(bytes, start, end)
      ?? Timestamps.commonLog(bytes, start, end, localOffset: clock.utcOffset)
      ?? Timestamps.iso8601(bytes, start, end, localOffset: clock.utcOffset)
      ?? Timestamps.syslog(bytes, start, end, clock: clock)
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
