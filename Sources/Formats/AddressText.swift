import Scanning
import Traffic

/// Client addresses with what is written around them; a port may follow or not.
enum AddressText {
  /// The address in `1.2.3.4:80`, `[::1]:80`, `::1`, `fe80::1%4` or the first of `a, b`.
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
    return (0, Authority.hostEnd(bytes, end))
  }
}
