/// The code of a client address in the `client` column.
///
/// An IPv4 address is its 32-bit number; anything else (IPv6, host names) is a symbol, stored as
/// 2³² + symbol number, so addresses group and compare as integers and cost no dictionary.
public enum ClientAddress {
  /// Codes from here on are symbols, those below are IPv4 addresses.
  @inlinable public static var symbolBase: Int64 { 1 << 32 }

  /// The IPv4 number of exactly `a.b.c.d` in canonical form, or nil.
  ///
  /// The dots are found eight bytes at a time and the parts read without a branch on their length: addresses of a busy
  /// log are too mixed for a loop over digits to be predicted.
  @inlinable
  public static func parseIPv4(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
    guard count >= 7, count <= 15 else { return nil }
    let raw = UnsafeRawPointer(bytes)
    var dots: Int
    if count >= 8 {
      // Safe: both words lie inside the field; the second one's first bytes are the first one's last.
      let low = dotBits(raw.loadUnaligned(as: UInt64.self))
      let high = dotBits(raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self))
      dots = low | high << (count &- 8)
    } else {
      let head = UInt64(raw.loadUnaligned(as: UInt32.self))
      let tail = UInt64(raw.loadUnaligned(fromByteOffset: 3, as: UInt32.self))
      dots = dotBits(head | tail << 24)
    }
    let first = dots.trailingZeroBitCount
    dots &= dots &- 1
    let second = dots.trailingZeroBitCount
    dots &= dots &- 1
    let third = dots.trailingZeroBitCount
    dots &= dots &- 1
    guard dots == 0, third < count else { return nil }
    var isBad = false
    let address =
      part(bytes, 0, first, &isBad) << 24 | part(bytes, first &+ 1, second, &isBad) << 16
      | part(bytes, second &+ 1, third, &isBad) << 8 | part(bytes, third &+ 1, count, &isBad)
    return isBad ? nil : address
  }

  /// Bit i is set where byte i of the word is a dot.
  @inlinable @inline(__always)
  static func dotBits(_ word: UInt64) -> Int {
    let x = word.littleEndian ^ 0x2E2E_2E2E_2E2E_2E2E
    let zeros = ~(((x & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7F7F_7F7F_7F7F_7F7F) | x | 0x7F7F_7F7F_7F7F_7F7F)
    return Int(truncatingIfNeeded: ((zeros >> 7) &* 0x0102_0408_1020_4080) >> 56)
  }

  /// One number of an address, `[start, end)`.
  @inlinable @inline(__always)
  static func part(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ isBad: inout Bool) -> Int64 {
    let length = end &- start
    let last = max(end &- 1, 0)
    let ones = bytes[last] &- 48
    let tens = length > 1 ? bytes[max(last &- 1, 0)] &- 48 : 0
    let hundreds = length > 2 ? bytes[max(last &- 2, 0)] &- 48 : 0
    let value = Int64(hundreds) &* 100 &+ Int64(tens) &* 10 &+ Int64(ones)
    // A leading zero would not survive the way back to text.
    let least: Int64 = length > 2 ? 100 : length > 1 ? 10 : 0
    isBad = isBad || length < 1 || length > 3 || ones > 9 || tens > 9 || hundreds > 9 || value > 255 || value < least
    return value
  }

  /// The dotted text of an IPv4 code.
  public static func ipv4Text(_ code: Int64) -> String {
    "\(code >> 24 & 255).\(code >> 16 & 255).\(code >> 8 & 255).\(code & 255)"
  }
}
