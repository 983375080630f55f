#if canImport(Glibc)
  public import Glibc
#else
  public import Musl
#endif

/// Byte searches eight bytes at a time. `WideScanReference` is the byte-at-a-time twin used by the tests.
public enum WideScan {
  /// Index of the first `byte` in `[from, end)`, or `end`.
  ///
  /// Made for short fields: an eight-byte word costs a load, a multiply-free test and a count of zeros.
  @inlinable @inline(__always)
  public static func find(
    _ byte: UInt8, in bytes: UnsafePointer<UInt8>, from start: Int, to end: Int
  ) -> Int {
    let raw = UnsafeRawPointer(bytes)
    let pattern = 0x0101_0101_0101_0101 &* UInt64(byte)
    var index = start
    while index &+ 8 <= end {
      // Safe: eight bytes from `index` lie before `end`.
      let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian ^ pattern
      let match = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
      if match != 0 { return index &+ match.trailingZeroBitCount >> 3 }
      index &+= 8
    }
    while index < end {
      if bytes[index] == byte { return index }
      index &+= 1
    }
    return end
  }

  /// Index of the first line feed in `[from, end)`, or `end`.
  ///
  /// Lines are long enough for the C library's vector search to win over `find`.
  @inlinable @inline(__always)
  public static func lineEnd(in bytes: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    guard let found = memchr(bytes + start, 10, end &- start) else { return end }
    return UnsafeRawPointer(found) - UnsafeRawPointer(bytes)
  }

  /// Index of the first of two bytes in `[from, end)`, or `end`: 16 bytes a step, made for quoted text.
  @inlinable @inline(__always)
  public static func find(
    _ first: UInt8, or second: UInt8, in bytes: UnsafePointer<UInt8>, from start: Int, to end: Int
  ) -> Int {
    let raw = UnsafeRawPointer(bytes)
    let firsts = SIMD16<UInt8>(repeating: first)
    let seconds = SIMD16<UInt8>(repeating: second)
    var index = start
    while index &+ 16 <= end {
      // Safe: 16 bytes from `index` lie before `end`.
      let chunk = raw.loadUnaligned(fromByteOffset: index, as: SIMD16<UInt8>.self)
      let halves = unsafeBitCast((chunk .== firsts) .| (chunk .== seconds), to: SIMD2<UInt64>.self)
      if halves[0] | halves[1] != 0 { return index &+ firstLane(halves) }
      index &+= 16
    }
    while index < end {
      if bytes[index] == first || bytes[index] == second { return index }
      index &+= 1
    }
    return end
  }

  /// The first byte that is not zero, of 16 of which one is not.
  @inlinable @inline(__always)
  static func firstLane(_ halves: SIMD2<UInt64>) -> Int {
    halves[0] != 0
      ? halves[0].littleEndian.trailingZeroBitCount >> 3 : 8 &+ halves[1].littleEndian.trailingZeroBitCount >> 3
  }

  /// Number of line feeds in `[from, end)`.
  public static func countLineEnds(in bytes: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    var total = 0
    var index = start
    while true {
      let found = lineEnd(in: bytes, from: index, to: end)
      if found == end { return total }
      total &+= 1
      index = found &+ 1
    }
  }
}
