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

  /// Index of the first line feed in `[from, end)`, or `end`. Made for whole lines: 32 bytes a step.
  @inlinable
  public static func lineEnd(in bytes: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    let raw = UnsafeRawPointer(bytes)
    let feed = SIMD32<UInt8>(repeating: 10)
    var index = start
    while index &+ 32 <= end {
      let chunk = raw.loadUnaligned(fromByteOffset: index, as: SIMD32<UInt8>.self)
      if any(chunk .== feed) { return find(10, in: bytes, from: index, to: end) }
      index &+= 32
    }
    return find(10, in: bytes, from: index, to: end)
  }

  /// Number of line feeds in `[from, end)`.
  @inlinable
  public static func countLineEnds(in bytes: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    let raw = UnsafeRawPointer(bytes)
    let feed = SIMD32<UInt8>(repeating: 10)
    let one = SIMD32<UInt8>(repeating: 1)
    let zero = SIMD32<UInt8>(repeating: 0)
    var total = 0
    var index = start
    while index &+ 32 <= end {
      // Lanes count up to 255 before they are summed.
      var lanes = zero
      let stop = min(end &- 31, index &+ 32 &* 255)
      while index < stop {
        let chunk = raw.loadUnaligned(fromByteOffset: index, as: SIMD32<UInt8>.self)
        lanes &+= zero.replacing(with: one, where: chunk .== feed)
        index &+= 32
      }
      for lane in lanes.indices { total &+= Int(lanes[lane]) }
    }
    while index < end {
      if bytes[index] == 10 { total &+= 1 }
      index &+= 1
    }
    return total
  }
}
