/// The code of a client address in the `client` column.
///
/// An IPv4 address is its 32-bit number; anything else (IPv6, host names) is a symbol, stored as
/// 2³² + symbol number, so addresses group and compare as integers and cost no dictionary.
public enum ClientAddress {
  @inlinable public static var symbolBase: Int64 { 1 << 32 }

  /// The IPv4 number of exactly `a.b.c.d` in canonical form, or nil.
  @inlinable
  public static func parseIPv4(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
    guard count >= 7, count <= 15 else { return nil }
    var address: Int64 = 0
    var part: Int64 = 0
    var digits = 0
    var dots = 0
    var index = 0
    while index < count {
      let byte = bytes[index]
      if byte == UInt8(ascii: ".") {
        guard digits > 0, dots < 3 else { return nil }
        address = address << 8 | part
        part = 0
        digits = 0
        dots += 1
      } else {
        let digit = Int64(byte) &- 48
        guard digit >= 0, digit <= 9 else { return nil }
        // A leading zero would not survive the way back to text.
        guard digits == 0 || part > 0 else { return nil }
        part = part * 10 + digit
        digits += 1
        guard part <= 255 else { return nil }
      }
      index += 1
    }
    guard dots == 3, digits > 0 else { return nil }
    return address << 8 | part
  }

  /// The dotted text of an IPv4 code.
  public static func ipv4Text(_ code: Int64) -> String {
    "\(code >> 24 & 255).\(code >> 16 & 255).\(code >> 8 & 255).\(code & 255)"
  }
}
