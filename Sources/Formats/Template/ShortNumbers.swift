import Scanning

/// Decimal numbers of up to eight digits by one eight-byte load and three multiplications, without a loop whose length
/// changes from field to field: that is what makes number-rich lines fast. Anything else goes to `Numbers`.
enum ShortNumbers {
  @inline(__always) private static var ones: UInt64 { 0x0101_0101_0101_0101 }

  /// The number of the last `count` (1…8) digits of a word, or negative.
  @inline(__always)
  private static func value(_ word: UInt64, _ count: Int) -> Int64 {
    // Bytes before the number read as zeros.
    let keep = ~UInt64(0) &<< UInt64(truncatingIfNeeded: (8 &- count) &* 8)
    let digits = (word ^ (ones &* 0x30)) & keep
    if (digits | (digits &+ (ones &* 0x76))) & (ones &* 0x80) != 0 { return -1 }
    let pairs = (digits &* 10 &+ digits >> 8) & 0x00FF_00FF_00FF_00FF
    let fours = (pairs &* 100 &+ pairs >> 16) & 0x0000_FFFF_0000_FFFF
    return Int64(truncatingIfNeeded: (fours &* 10_000 &+ fours >> 32) & 0xFFFF_FFFF)
  }

  /// An unsigned integer; nil when it is none.
  @inline(__always)
  static func unsigned(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int64? {
    let count = end &- start
    if count > 8 || end < 8 || count < 1 { return Numbers.unsigned(bytes, start, end) }
    // Safe: the eight bytes before `end` lie in the line.
    let word = UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: end &- 8, as: UInt64.self).littleEndian
    let number = value(word, count)
    return number < 0 ? nil : number
  }

  /// `ssss.mmm` seconds as µs; other decimals of `digits` as `Numbers.scaled` reads them.
  @inline(__always)
  static func scaled(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, digits: Int) -> Int64? {
    let count = end &- start
    if digits == 6, count >= 5, count <= 8, end >= 8, bytes[end &- 4] == UInt8(ascii: ".") {
      let word = UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: end &- 8, as: UInt64.self).littleEndian
      // The whole digits move up over the point.
      let joined = (word & 0xFFFF_FFFF) << 8 | word & 0xFFFF_FF00_0000_0000
      let number = value(joined, count &- 1)
      if number >= 0 { return number &* 1000 }
    }
    return other(bytes, start, end, digits: digits)
  }

  @inline(never)
  private static func other(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, digits: Int) -> Int64? {
    Numbers.scaled(bytes, start, end, digits: digits)
  }

  /// `1795332384.136`, seconds since 1970 with three decimals, as µs; nil when it is anything else.
  @inline(__always)
  static func epochMilliseconds(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int64? {
    guard end &- start == 14, bytes[start &+ 10] == UInt8(ascii: ".") else { return nil }
    let raw = UnsafeRawPointer(bytes)
    let high = value(raw.loadUnaligned(fromByteOffset: start, as: UInt64.self).littleEndian, 8)
    // `84.136` and the two digits before it.
    let word = raw.loadUnaligned(fromByteOffset: start &+ 6, as: UInt64.self).littleEndian
    let low = value((word & 0xFFFF_FFFF) << 8 | word & 0xFFFF_FF00_0000_0000, 5)
    guard high >= 0, low >= 0 else { return nil }
    return (high &* 100_000 &+ low) &* 1000
  }
}
