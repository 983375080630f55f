import Traffic

/// Text that a client sent and a gateway logged as it came: usually UTF-8, sometimes Latin-1.
enum ClientText {
  /// Whether any byte is outside ASCII.
  @inline(__always)
  static func hasHighBytes(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    let raw = UnsafeRawPointer(bytes)
    var seen: UInt64 = 0
    var index = 0
    while index &+ 8 <= count {
      // Safe: eight bytes from `index` lie before `count`.
      seen |= raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      index &+= 8
    }
    while index < count {
      seen |= UInt64(bytes[index])
      index &+= 1
    }
    return seen & 0x8080_8080_8080_8080 != 0
  }

  static func isUTF8(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    String(validating: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self) != nil
  }

  /// Rewrites text that is not UTF-8 as if it were Latin-1, in place; `bytes` has room for twice `count`.
  /// - Returns: bytes of the repaired text.
  static func repair(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
    guard hasHighBytes(bytes, count), !isUTF8(bytes, count) else { return count }
    var length = count
    for index in 0..<count where bytes[index] >= 0x80 { length += 1 }
    // From the end, so that nothing is overwritten before it is read.
    var target = length
    var index = count
    while index > 0 {
      index -= 1
      let byte = bytes[index]
      if byte < 0x80 {
        target -= 1
        bytes[target] = byte
      } else {
        target -= 2
        bytes[target] = 0xC0 | byte >> 6
        bytes[target + 1] = 0x80 | byte & 0x3F
      }
    }
    return length
  }
}
