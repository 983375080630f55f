import Scanning
import Traffic

/// A request line cut into method, target and protocol; one grammar for every format.
///
///     METHOD SP target SP HTTP/x.y | METHOD SP target | "" | "-" | binary rubbish | "GET /a b c HTTP/1.1"
///
/// Method until the first space; where the tail after the last space reads `HTTP/`, that is the protocol; what is in
/// between is the target, spaces included.
struct RequestLine {
  enum Shape: UInt8 {
    case wellFormed
    /// Nothing was received.
    case absent
    /// Method and target without a protocol: HTTP/0.9, or a line cut short.
    case withoutProtocol
    /// Spaces inside the target.
    case spacesInTarget
    /// No method token at the start: TLS on a plain port and the like. Nothing of it is kept.
    case malformed
  }

  var shape = Shape.absent
  var methodCount = 0
  var targetStart = 0
  var targetEnd = 0
  var wireProtocol = WireProtocol.unknown

  @inline(__always)
  init(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
    if count == 0 || (count == 1 && bytes[0] == UInt8(ascii: "-")) { return }
    methodCount = WideScan.find(UInt8(ascii: " "), in: bytes, from: 0, to: count)
    guard Self.isToken(bytes, methodCount) else {
      shape = .malformed
      methodCount = 0
      return
    }
    targetStart = min(methodCount &+ 1, count)
    targetEnd = count
    shape = .wellFormed
    // " HTTP/1.1" and its sisters end nearly every line: one load tells.
    if count &- 9 >= targetStart, bytes[count &- 9] == UInt8(ascii: " "),
      let known = Self.version(ofLastEight: bytes + (count &- 8))
    {
      wireProtocol = known
      targetEnd = count &- 9
    } else {
      findProtocol(bytes, count)
    }
    if targetEnd > targetStart, bytes[targetStart] != UInt8(ascii: "/") { checkTarget(bytes) }
    if shape == .wellFormed, WideScan.find(32, in: bytes, from: targetStart, to: targetEnd) < targetEnd {
      shape = .spacesInTarget
    }
  }

  /// `- http://localhost HTTP/1.0` is what some gateways print for a line that was never one.
  @inline(never)
  private mutating func checkTarget(_ bytes: UnsafePointer<UInt8>) {
    if methodCount == 1, bytes[0] == UInt8(ascii: "-") {
      shape = .malformed
      methodCount = 0
    }
  }

  @inline(never)
  private mutating func findProtocol(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
    var space = count - 1
    while space >= targetStart, bytes[space] != UInt8(ascii: " ") { space -= 1 }
    if space >= targetStart, let known = Self.version(bytes + space + 1, count - space - 1) {
      targetEnd = space
      wireProtocol = known
    } else if targetStart >= count {
      // One word: no request, unless the gateway logged the bare method of a cut line.
      shape = .malformed
      methodCount = 0
    } else {
      shape = .withoutProtocol
      wireProtocol = .http09
    }
  }

  /// Tells `HTTP/1.1`, `HTTP/1.0`, `HTTP/2.0` and `HTTP/3.0` apart by one eight-byte load.
  @inline(__always)
  private static func version(ofLastEight bytes: UnsafePointer<UInt8>) -> WireProtocol? {
    let word = UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self).littleEndian
    return switch word {
    case 0x312E_312F_5054_5448: .http11
    case 0x302E_322F_5054_5448: .http2
    case 0x302E_312F_5054_5448: .http10
    case 0x302E_332F_5054_5448: .http3
    default: nil
    }
  }

  /// A protocol word of any gateway: `HTTP/1.1`, `HTTP/2`, `h2`, `h3`; nil when it is none.
  static func version(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> WireProtocol? {
    if count == 8, let known = version(ofLastEight: bytes) { return known }
    if count == 2, bytes[0] | 0x20 == UInt8(ascii: "h") {
      if bytes[1] == UInt8(ascii: "2") { return .http2 }
      if bytes[1] == UInt8(ascii: "3") { return .http3 }
    }
    guard count >= 6, bytes[4] == UInt8(ascii: "/"), bytes[0] | 0x20 == UInt8(ascii: "h"),
      bytes[1] | 0x20 == UInt8(ascii: "t"), bytes[2] | 0x20 == UInt8(ascii: "t"), bytes[3] | 0x20 == UInt8(ascii: "p")
    else { return nil }
    switch bytes[5] {
    case UInt8(ascii: "0"): return .http09
    case UInt8(ascii: "1"): return count == 8 && bytes[7] == UInt8(ascii: "0") ? .http10 : .http11
    case UInt8(ascii: "2"): return .http2
    case UInt8(ascii: "3"): return .http3
    default: return .unknown
    }
  }

  /// Whether bytes are a method token of RFC 9110.
  @inline(__always)
  static func isToken(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    guard count > 0, count <= 64 else { return false }
    var index = 0
    while index < count {
      let byte = bytes[index]
      if byte &- 65 > 25, !isRareTokenByte(byte) { return false }
      index &+= 1
    }
    return true
  }

  @inline(never)
  private static func isRareTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "!"),
      UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "'"),
      UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"),
      UInt8(ascii: "|"), UInt8(ascii: "~"), UInt8(ascii: "-"), UInt8(ascii: "`"):
      true
    default: false
    }
  }

  /// Writes method, target and protocol of the current row; a malformed line leaves all three absent.
  @inline(__always)
  func write(_ bytes: UnsafePointer<UInt8>, into batch: inout RequestBatch) {
    guard methodCount > 0 else { return }
    batch.setSymbol(.method, bytes, methodCount)
    batch.set(.wireProtocol, wireProtocol.rawValue)
    if targetEnd > targetStart {
      RequestTarget.write(bytes + targetStart, targetEnd &- targetStart, into: &batch)
    }
  }
}

/// A request target in any of its forms.
enum RequestTarget {
  /// Writes path and, for an absolute form, host of the current row.
  @inline(__always)
  static func write(_ bytes: UnsafePointer<UInt8>, _ count: Int, into batch: inout RequestBatch) {
    if count > 0, bytes[0] == UInt8(ascii: "/") {
      batch.setTarget(bytes, count)
    } else {
      writeOther(bytes, count, into: &batch)
    }
  }

  @inline(never)
  private static func writeOther(_ bytes: UnsafePointer<UInt8>, _ count: Int, into batch: inout RequestBatch) {
    guard count > 0 else { return }
    guard let authority = schemeEnd(bytes, count) else { return batch.setTarget(bytes, count) }
    let slash = WideScan.find(UInt8(ascii: "/"), in: bytes, from: authority, to: count)
    // Varnish glues host and target (`http://api.example.test*`): where no path follows, nothing tells them apart.
    guard slash < count else { return batch.setTarget(bytes, count) }
    if slash > authority { Authority.write(bytes + authority, slash - authority, into: &batch) }
    batch.setTarget(bytes + slash, count - slash)
  }

  /// Index after `scheme://`, or nil.
  private static func schemeEnd(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int? {
    var index = 0
    while index < count, index < 16, bytes[index] | 0x20 >= 97, bytes[index] | 0x20 <= 122 { index += 1 }
    guard index > 0, index + 3 <= count, bytes[index] == UInt8(ascii: ":"), bytes[index + 1] == UInt8(ascii: "/"),
      bytes[index + 2] == UInt8(ascii: "/")
    else { return nil }
    return index + 3
  }
}

/// `host`, `host:port`, `[v6]:port`.
enum Authority {
  /// Writes `host` of the current row: lower case, without port.
  @inline(__always)
  static func write(_ bytes: UnsafePointer<UInt8>, _ count: Int, into batch: inout RequestBatch) {
    let raw = UnsafeRawPointer(bytes)
    var suspicious: UInt64 = 1
    if count >= 8 {
      // Safe: the words lie inside the field; the last one may overlap the one before.
      suspicious = Self.suspicious(raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self))
      var index = 0
      while index &+ 8 < count {
        suspicious |= Self.suspicious(raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        index &+= 8
      }
    }
    if suspicious == 0 {
      batch.setSymbol(.host, bytes, count)
    } else {
      writeFolded(bytes, count, into: &batch)
    }
  }

  /// Not zero when the word has a colon, or a byte 0x40…0x5F such as an upper-case letter.
  @inline(__always)
  private static func suspicious(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let colon = word ^ (ones &* 0x3A)
    return (colon &- ones) & ~colon & (ones &* 0x80) | word & ~(word << 1) & (ones &* 0x40)
  }

  @inline(never)
  private static func writeFolded(_ bytes: UnsafePointer<UInt8>, _ count: Int, into batch: inout RequestBatch) {
    let end = hostEnd(bytes, count)
    guard end > 0, end <= 1024 else { return }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: end) { folded in
      for index in 0..<end {
        let byte = bytes[index]
        folded[index] = byte &- 65 <= 25 ? byte | 0x20 : byte
      }
      batch.setSymbol(.host, UnsafePointer(folded.baseAddress!), end)
    }
  }

  /// Where the host of `host:port` ends; a bare IPv6 address (several colons, no bracket) has no port.
  static func hostEnd(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
    if count > 0, bytes[0] == UInt8(ascii: "[") {
      return min(WideScan.find(UInt8(ascii: "]"), in: bytes, from: 0, to: count) + 1, count)
    }
    let colon = WideScan.find(UInt8(ascii: ":"), in: bytes, from: 0, to: count)
    guard colon < count else { return count }
    return WideScan.find(UInt8(ascii: ":"), in: bytes, from: colon + 1, to: count) < count ? count : colon
  }
}
