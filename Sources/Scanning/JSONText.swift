/// Text of a JSON string as its writer meant it.
public enum JSONText {
  /// What decoding met that a strict reader would have turned down.
  public struct Oddities: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// An escape JSON does not know: `\xC3` becomes its byte, `\y` stays as it is.
    public static let badEscape = Oddities(rawValue: 1)
    /// Bytes that are not UTF-8, read as Latin-1 one by one.
    public static let badUTF8 = Oddities(rawValue: 2)
  }

  /// Bytes `decode` may write for a string of `count` bytes.
  @inlinable public static func room(for count: Int) -> Int { 3 * count + 8 }

  /// Resolves escapes and repairs what is not UTF-8.
  /// - Parameter output: at least `room(for: end - start)` bytes; must not overlap the input.
  /// - Returns: bytes written.
  public static func decode(
    _ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, into output: UnsafeMutablePointer<UInt8>,
    oddities: inout Oddities
  ) -> Int {
    // Escapes first, to the far end of the output, so that the repair can widen bytes without overtaking
    // itself.
    let count = end - start
    let middle = output + 2 * count
    let unescaped = unescape(bytes, start, end, into: middle, oddities: &oddities)
    return repair(UnsafePointer(middle), unescaped, into: output, oddities: &oddities)
  }

  /// Resolves escapes only; writes no more bytes than it reads.
  public static func unescape(
    _ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, into output: UnsafeMutablePointer<UInt8>,
    oddities: inout Oddities
  ) -> Int {
    var index = start
    var count = 0
    while index < end {
      // Escapes are few: what lies between them is copied at once.
      let slash = WideScan.find(UInt8(ascii: "\\"), in: bytes, from: index, to: end)
      (output + count).update(from: bytes + index, count: slash - index)
      count += slash - index
      index = slash
      guard index < end else { break }
      guard index + 1 < end else {
        output[count] = bytes[index]
        return count + 1
      }
      let code = bytes[index + 1]
      if let plain = simpleEscape(code) {
        output[count] = plain
        count += 1
        index += 2
      } else if code == UInt8(ascii: "u"), let unit = hex(bytes, index + 2, 4, end) {
        let (scalar, length) = codePoint(unit, bytes, after: index + 6, end)
        count += writeUTF8(scalar, output + count)
        index += length
      } else if code == UInt8(ascii: "x"), let value = hex(bytes, index + 2, 2, end) {
        oddities.insert(.badEscape)
        output[count] = UInt8(truncatingIfNeeded: value)
        count += 1
        index += 4
      } else {
        oddities.insert(.badEscape)
        output[count] = bytes[index]
        output[count + 1] = code
        count += 2
        index += 2
      }
    }
    return count
  }

  private static func simpleEscape(_ code: UInt8) -> UInt8? {
    switch code {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): code
    case UInt8(ascii: "n"): 10
    case UInt8(ascii: "t"): 9
    case UInt8(ascii: "r"): 13
    case UInt8(ascii: "b"): 8
    case UInt8(ascii: "f"): 12
    default: nil
    }
  }

  private static func hex(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ digits: Int, _ end: Int) -> UInt32? {
    guard start + digits <= end else { return nil }
    var value: UInt32 = 0
    for index in start..<(start + digits) {
      guard let digit = Numbers.hexDigit(bytes[index]) else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  /// The scalar of a `\uXXXX` unit, joined with a low surrogate that follows; a lone surrogate is U+FFFD.
  private static func codePoint(
    _ unit: UInt32, _ bytes: UnsafePointer<UInt8>, after index: Int, _ end: Int
  ) -> (scalar: UInt32, length: Int) {
    guard unit >= 0xD800, unit < 0xE000 else { return (unit, 6) }
    guard unit < 0xDC00, index + 6 <= end, bytes[index] == UInt8(ascii: "\\"),
      bytes[index + 1] == UInt8(ascii: "u"), let low = hex(bytes, index + 2, 4, end), low >= 0xDC00,
      low < 0xE000
    else { return (0xFFFD, 6) }
    return (0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00), 12)
  }

  /// Writes a scalar as UTF-8; returns its bytes, 1 to 4.
  private static func writeUTF8(_ scalar: UInt32, _ output: UnsafeMutablePointer<UInt8>) -> Int {
    func tail(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: 0x80 | (scalar >> shift & 0x3F)) }
    switch scalar {
    case 0..<0x80:
      output[0] = UInt8(truncatingIfNeeded: scalar)
      return 1
    case 0x80..<0x800:
      output[0] = UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6)
      output[1] = tail(0)
      return 2
    case 0x800..<0x10000:
      output[0] = UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12)
      output[1] = tail(6)
      output[2] = tail(0)
      return 3
    default:
      output[0] = UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18)
      output[1] = tail(12)
      output[2] = tail(6)
      output[3] = tail(0)
      return 4
    }
  }

  /// Copies UTF-8 and widens every byte that is no part of it to the two bytes of its Latin-1 letter.
  private static func repair(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, into output: UnsafeMutablePointer<UInt8>,
    oddities: inout Oddities
  ) -> Int {
    var index = 0
    var written = 0
    while index < count {
      let length = sequenceLength(bytes, index, count)
      guard length > 0 else {
        oddities.insert(.badUTF8)
        let byte = bytes[index]
        output[written] = 0xC0 | byte >> 6
        output[written + 1] = 0x80 | byte & 0x3F
        written += 2
        index += 1
        continue
      }
      for _ in 0..<length {
        output[written] = bytes[index]
        written += 1
        index += 1
      }
    }
    return written
  }

  /// Bytes of the well-formed UTF-8 sequence at `index`, 0 when there is none (RFC 3629 §4).
  private static func sequenceLength(_ bytes: UnsafePointer<UInt8>, _ index: Int, _ count: Int) -> Int {
    let first = bytes[index]
    if first < 0x80 { return 1 }
    func isTail(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
      index + offset < count && range.contains(bytes[index + offset])
    }
    switch first {
    case 0xC2...0xDF: return isTail(1) ? 2 : 0
    case 0xE0: return isTail(1, 0xA0...0xBF) && isTail(2) ? 3 : 0
    case 0xED: return isTail(1, 0x80...0x9F) && isTail(2) ? 3 : 0
    case 0xE1...0xEF: return isTail(1) && isTail(2) ? 3 : 0
    case 0xF0: return isTail(1, 0x90...0xBF) && isTail(2) && isTail(3) ? 4 : 0
    case 0xF1...0xF3: return isTail(1) && isTail(2) && isTail(3) ? 4 : 0
    case 0xF4: return isTail(1, 0x80...0x8F) && isTail(2) && isTail(3) ? 4 : 0
    default: return 0
    }
  }
}
