import Scanning

/// HAProxy's `#HH` escapes of captured bytes.
enum HashEscapes {
  /// Resolves them in place and returns the new length.
  static func resolve(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
    var index = 0
    var written = 0
    while index < count {
      if bytes[index] == UInt8(ascii: "#"), index + 2 < count, let high = upperHex(bytes[index + 1]),
        let low = upperHex(bytes[index + 2])
      {
        bytes[written] = high << 4 | low
        index += 3
      } else {
        bytes[written] = bytes[index]
        index += 1
      }
      written += 1
    }
    return written
  }

  private static func upperHex(_ byte: UInt8) -> UInt8? {
    byte >= 97 ? nil : JSONText.hexDigit(byte)
  }
}
