internal import Traffic

/// Store symbol numbers of a column's local symbols, as zig-zag differences in LEB128 bytes.
///
///     | (n₀ − 0) | (n₁ − n₀) | (n₂ − n₁) | …     one to ten bytes each
///
/// Numbers are given out in order of first appearance, so most differences are 1.
enum SymbolNumbers {
  static func encode(_ numbers: [Int64]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(numbers.count * 2)
    var last: Int64 = 0
    for number in numbers {
      let difference = number &- last
      var rest = UInt64(bitPattern: (difference << 1) ^ (difference >> 63))
      while rest >= 128 {
        bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
        rest >>= 7
      }
      bytes.append(UInt8(rest))
      last = number
    }
    return bytes
  }

  static func checksum(of bytes: [UInt8]) -> UInt64 { bytes.withUnsafeBytes { Checksum.of($0, seed: 0) } }

  /// The numbers, or nil when the bytes end within a number or a number is negative.
  static func decode(_ bytes: UnsafeRawBufferPointer) -> [Int64]? {
    var numbers: [Int64] = []
    numbers.reserveCapacity(bytes.count)
    var last: Int64 = 0
    var index = 0
    while index < bytes.count {
      var value: UInt64 = 0
      var shift: UInt64 = 0
      while true {
        guard index < bytes.count, shift < 64 else { return nil }
        let byte = bytes[index]
        index += 1
        value |= UInt64(byte & 127) << shift
        shift += 7
        if byte < 128 { break }
      }
      last = last &+ (Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1))
      guard last >= 0, last <= Int64(UInt32.max) else { return nil }
      numbers.append(last)
    }
    return numbers
  }
}

/// The stable hash under which a symbol's text is found, and by which a damaged text is noticed.
///
/// - Source: FNV-1a, 64 bit; Fowler, Noll, Vo.
func symbolHash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
  return hash
}
