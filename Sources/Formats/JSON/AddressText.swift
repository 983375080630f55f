import Scanning
import Traffic

/// Addresses with what is written around them.
enum AddressText {
  /// Bytes of a host before its port.
  @inline(__always)
  static func hostCount(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
    var colon = count - 1
    while colon >= 0, bytes[colon] >= 48, bytes[colon] <= 57 { colon -= 1 }
    guard colon >= 0, colon < count - 1, bytes[colon] == UInt8(ascii: ":") else { return count }
    // A bare IPv6 address has more colons, and no port.
    guard bytes[0] != UInt8(ascii: "[") else { return bytes[colon - 1] == UInt8(ascii: "]") ? colon : count }
    for index in 0..<colon where bytes[index] == UInt8(ascii: ":") { return count }
    return colon
  }

  /// The address in `1.2.3.4:80`, `[::1]:80`, `::1`, `fe80::1%4`, `tcp://1.2.3.4:80` or the first of `a, b`.
  @inline(__always)
  static func address(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> (start: Int, end: Int) {
    // Bare IPv4 is by far the commonest.
    if ClientAddress.parseIPv4(bytes, count) != nil { return (0, count) }
    return otherAddress(bytes, count)
  }

  @inline(never)
  private static func otherAddress(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> (start: Int, end: Int) {
    var end = min(
      WideScan.find(UInt8(ascii: ","), in: bytes, from: 0, to: count),
      WideScan.find(UInt8(ascii: "%"), in: bytes, from: 0, to: count))
    while end > 0, bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
    guard end > 0 else { return (0, 0) }
    if bytes[0] == UInt8(ascii: "[") {
      return (1, WideScan.find(UInt8(ascii: "]"), in: bytes, from: 1, to: end))
    }
    return (0, hostCount(bytes, end))
  }
}
