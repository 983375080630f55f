import Scanning

/// How a gateway writes bytes that would end a field or break a line.
///
/// | dialect | who | inside a value |
/// |---|---|---|
/// | nginx | nginx `escape=default`, ALB | `\xHH` |
/// | apache | Apache, varnishncsa | `\"`, `\\`, `\n`, `\t`, `\xhh` |
/// | json | nginx `escape=json` and every JSON log | `\"`, `\n`, `\u00e9` |
/// | haproxy | HAProxy `%{+Q}r` and captures | `#HH` |
/// | raw | nginx `escape=none`, Envoy text, Traefik CLF | nothing: a value may hold its own terminator |
enum Quoting: UInt8, Sendable, Hashable {
  case raw, nginx, apache, json, haproxy

  /// The byte that starts an escape; 0 where there are none.
  @inline(__always)
  var escape: UInt8 {
    switch self {
    case .raw: 0
    case .nginx, .apache, .json: UInt8(ascii: "\\")
    case .haproxy: UInt8(ascii: "#")
    }
  }

  /// Writes the value of an escaped text to `output`, which has room for `end − start` bytes (a value is never longer
  /// than its escaped form) and may be where the text itself is. What is no valid escape is kept as it is.
  /// - Returns: bytes written.
  func unescape(
    _ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, into output: UnsafeMutablePointer<UInt8>
  ) -> Int {
    var written = 0
    var index = start
    while index < end {
      let byte = bytes[index]
      guard byte == escape, self != .raw, index + 1 < end else {
        output[written] = byte
        written += 1
        index += 1
        continue
      }
      index += self == .haproxy
        ? Self.hexPair(bytes, index + 1, end, length: 3, output, &written)
        : unescapeBackslash(bytes, index, end, output, &written)
    }
    return written
  }

  /// Reads one escape at `index`; returns the bytes it takes.
  private func unescapeBackslash(
    _ bytes: UnsafePointer<UInt8>, _ index: Int, _ end: Int, _ output: UnsafeMutablePointer<UInt8>, _ written: inout Int
  ) -> Int {
    let plain: UInt8
    switch bytes[index + 1] {
    case UInt8(ascii: "x"): return Self.hexPair(bytes, index + 2, end, length: 4, output, &written)
    case UInt8(ascii: "u") where self == .json: return Self.unicode(bytes, index + 2, end, output, &written)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): plain = bytes[index + 1]
    case UInt8(ascii: "n"): plain = 10
    case UInt8(ascii: "t"): plain = 9
    case UInt8(ascii: "r"): plain = 13
    case UInt8(ascii: "b"): plain = 8
    case UInt8(ascii: "f"): plain = 12
    case UInt8(ascii: "v"): plain = 11
    default:
      output[written] = bytes[index]
      written += 1
      return 1
    }
    output[written] = plain
    written += 1
    return 2
  }

  /// Two hexadecimal digits at `index` as one byte, else the byte before them as it is.
  private static func hexPair(
    _ bytes: UnsafePointer<UInt8>, _ index: Int, _ end: Int, length: Int, _ output: UnsafeMutablePointer<UInt8>,
    _ written: inout Int
  ) -> Int {
    guard index + 2 <= end, let high = Numbers.hexDigit(bytes[index]), let low = Numbers.hexDigit(bytes[index + 1]) else {
      output[written] = bytes[index - length + 2]
      written += 1
      return 1
    }
    output[written] = high << 4 | low
    written += 1
    return length
  }

  /// Four hexadecimal digits at `index`, with a second half where they are a surrogate, as UTF-8.
  private static func unicode(
    _ bytes: UnsafePointer<UInt8>, _ index: Int, _ end: Int, _ output: UnsafeMutablePointer<UInt8>, _ written: inout Int
  ) -> Int {
    guard var code = hexQuad(bytes, index, end) else {
      output[written] = UInt8(ascii: "\\")
      written += 1
      return 1
    }
    var taken = 6
    if code & 0xFC00 == 0xD800, index + 6 < end, bytes[index + 4] == UInt8(ascii: "\\"),
      bytes[index + 5] == UInt8(ascii: "u"), let low = hexQuad(bytes, index + 6, end), low & 0xFC00 == 0xDC00
    {
      code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
      taken = 12
    }
    let scalar = Unicode.Scalar(code) ?? "\u{FFFD}"
    for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
      output[written] = unit
      written += 1
    }
    return taken
  }

  private static func hexQuad(_ bytes: UnsafePointer<UInt8>, _ index: Int, _ end: Int) -> UInt32? {
    guard index + 4 <= end else { return nil }
    var code: UInt32 = 0
    for place in index..<(index + 4) {
      guard let digit = Numbers.hexDigit(bytes[place]) else { return nil }
      code = code << 4 | UInt32(digit)
    }
    return code
  }
}
