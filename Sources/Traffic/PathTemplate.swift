/// Splits a request target into a template and its variables, looking at one segment at a time.
///
/// Deterministic and independent of order: the same bytes always give the same template. Lossless: template and
/// variables give the bytes back, except masked secrets (`***`), a fragment and an absolute-form authority.
///
///     /users/812/orders?x=1&q=a b   →   /users/{int}/orders?x={int}&q={text}   with 812, 1, "a b"
///
/// `{int}` is a canonical decimal integer; every other name is a byte string whose name tells why it was seen as a
/// variable. Digits alone do not make an id: `oauth2`, `s3` and `v1` stay themselves.
public struct PathTemplate: Sendable {
  /// Leave the values of sensitive query keys readable.
  public var keepSecrets = false

  public init() {}

  // MARK: Byte classes

  @usableFromInline static let digit: UInt8 = 1
  @usableFromInline static let hexLetter: UInt8 = 2
  @usableFromInline static let lower: UInt8 = 4
  @usableFromInline static let upper: UInt8 = 8
  @usableFromInline static let dash: UInt8 = 16
  @usableFromInline static let dot: UInt8 = 32
  @usableFromInline static let separator: UInt8 = 64  // _ ~ and other unreserved marks
  @usableFromInline static let special: UInt8 = 128  // percent, non-ASCII, braces, @ : ( ) and the like

  static let classes: [UInt8] = (0..<256).map { code in
    switch UInt8(code) {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit
    case UInt8(ascii: "a")...UInt8(ascii: "f"): hexLetter | lower
    case UInt8(ascii: "g")...UInt8(ascii: "z"): lower
    case UInt8(ascii: "A")...UInt8(ascii: "F"): hexLetter | upper
    case UInt8(ascii: "G")...UInt8(ascii: "Z"): upper
    case UInt8(ascii: "-"): dash
    case UInt8(ascii: "."): dot
    case UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "+"),
      UInt8(ascii: ","), UInt8(ascii: "'"), UInt8(ascii: "*"):
      separator
    default: special
    }
  }

  // MARK: Splitting

  /// Builds the template in `variables.template` and appends the variables of the current row.
  func split(_ target: UnsafePointer<UInt8>, _ length: Int, into variables: inout PathVariables) {
    variables.beginPath()
    Self.classes.withUnsafeBufferPointer { classes in
      let table = classes.baseAddress!
      var index = 0
      while index < length {
        let byte = target[index]
        if byte == UInt8(ascii: "/") {
          variables.appendLiteral(byte)
          index &+= 1
          continue
        }
        if byte == UInt8(ascii: "?") {
          splitQuery(target + index, length - index, into: &variables)
          return
        }
        if byte == UInt8(ascii: "#") { return }
        if variables.templateCount > Limits.templateBytes || variables.shape.count >= 48 {
          let end = fragmentStart(target, from: index, length)
          variables.appendText("{rest}", target + index, end - index)
          return
        }
        // One pass over the segment: what kinds of bytes it has and how many digits.
        let start = index
        var seen: UInt8 = 0
        var digits = 0
        while index < length {
          let next = target[index]
          let kind = table[Int(next)]
          if kind == Self.special,
            next == UInt8(ascii: "/") || next == UInt8(ascii: "?") || next == UInt8(ascii: "#")
              || next == UInt8(ascii: ";")
          {
            break
          }
          seen |= kind
          digits &+= Int(kind & Self.digit)
          index &+= 1
        }
        appendSegment(target + start, index - start, seen: seen, digits: digits, into: &variables)
        if index < length, target[index] == UInt8(ascii: ";") {
          let matrix = index
          while index < length, target[index] != UInt8(ascii: "/"), target[index] != UInt8(ascii: "?"),
            target[index] != UInt8(ascii: "#")
          {
            index &+= 1
          }
          variables.appendText("{matrix}", target + matrix, index - matrix)
        }
      }
    }
  }

  private func fragmentStart(_ target: UnsafePointer<UInt8>, from start: Int, _ length: Int) -> Int {
    var index = start
    while index < length, target[index] != UInt8(ascii: "#") { index += 1 }
    return index
  }

  /// One path segment: itself, or a variable, or text around a variable.
  @inline(__always)
  private func appendSegment(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, seen: UInt8, digits: Int, into variables: inout PathVariables
  ) {
    // Most segments are words or numbers.
    if seen & ~(Self.lower | Self.hexLetter | Self.separator) == 0, count <= 64 {
      return variables.appendLiteral(bytes, count)
    }
    if seen == Self.digit, let value = canonicalInteger(bytes, count) {
      return variables.appendInteger(value)
    }
    appendMixedSegment(SegmentBytes(bytes, count, seen: seen, digits: digits), into: &variables)
  }

  @inline(never)
  private func appendMixedSegment(_ segment: SegmentBytes, into variables: inout PathVariables) {
    switch segment.shape {
    case .literal:
      variables.appendLiteral(segment.bytes, segment.count)
    case .integer:
      if let value = canonicalInteger(segment.bytes, segment.count) {
        variables.appendInteger(value)
      } else {
        variables.appendText("{id}", segment.bytes, segment.count)
      }
    case .variable(let name):
      variables.appendText(name, segment.bytes, segment.count)
    case .around(let name, let lead, let tail):
      variables.appendLiteral(segment.bytes, lead)
      let middle = segment.bytes + lead
      let count = segment.count - lead - tail
      if let value = canonicalInteger(middle, count) {
        variables.appendInteger(value)
      } else {
        variables.appendText(name, middle, count)
      }
      variables.appendLiteral(segment.bytes + segment.count - tail, tail)
    }
  }

  // MARK: Query

  private func splitQuery(
    _ query: UnsafePointer<UInt8>, _ length: Int, into variables: inout PathVariables
  ) {
    variables.appendLiteral(UInt8(ascii: "?"))
    let end = fragmentStart(query, from: 0, length)
    var index = 1
    while index < end {
      if variables.templateCount > Limits.templateBytes || variables.shape.count >= 60 {
        return variables.appendText("{rest}", query + index, end - index)
      }
      if query[index] == UInt8(ascii: "&") {
        variables.appendLiteral(UInt8(ascii: "&"))
        index &+= 1
        continue
      }
      let start = index
      var equals = -1
      while index < end, query[index] != UInt8(ascii: "&") {
        if equals < 0, query[index] == UInt8(ascii: "=") { equals = index }
        index &+= 1
      }
      if equals < 0 {
        appendBareKey(query + start, index - start, into: &variables)
      } else {
        appendPair(
          query + start, keyCount: equals - start, count: index - start, into: &variables)
      }
    }
  }

  private func appendBareKey(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, into variables: inout PathVariables
  ) {
    if count <= 24, Self.isKey(bytes, count), !Self.hasDigit(bytes, count) {
      variables.appendLiteral(bytes, count)
    } else {
      variables.appendText("{query}", bytes, count)
    }
  }

  private func appendPair(
    _ bytes: UnsafePointer<UInt8>, keyCount: Int, count: Int, into variables: inout PathVariables
  ) {
    guard keyCount > 0, keyCount <= 48, Self.isKey(bytes, keyCount) else {
      return variables.appendText("{query}", bytes, count)
    }
    variables.appendLiteral(bytes, keyCount + 1)
    let value = bytes + keyCount + 1
    let valueCount = count - keyCount - 1
    if valueCount == 0 { return }
    if !keepSecrets, SensitiveKeys.contains(bytes, keyCount) { return variables.appendName("***") }
    if let integer = canonicalInteger(value, valueCount) { return variables.appendInteger(integer) }
    variables.appendText("{text}", value, valueCount)
  }

  private static func isKey(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    for index in 0..<count {
      switch bytes[index] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "$"), UInt8(ascii: ":"), UInt8(ascii: "%"):
        continue
      default: return false
      }
    }
    return count > 0
  }

  private static func hasDigit(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    for index in 0..<count where bytes[index] >= 48 && bytes[index] <= 57 { return true }
    return false
  }

  // MARK: Reading templates

  /// A part of a template's text.
  public enum Part {
    case literal(UnsafeBufferPointer<UInt8>)
    /// `{int}`: the next slot is an integer.
    case integer
    /// `{name}`: the next slot is a byte string.
    case text(name: UnsafeBufferPointer<UInt8>)
  }

  /// Calls `body` with the parts of a template in order.
  public static func forEachPart(
    of template: UnsafeBufferPointer<UInt8>, _ body: (Part) throws -> Void
  ) rethrows {
    var index = 0
    var literalStart = 0
    while index < template.count {
      guard template[index] == UInt8(ascii: "{") else {
        index += 1
        continue
      }
      if index > literalStart {
        try body(.literal(UnsafeBufferPointer(rebasing: template[literalStart..<index])))
      }
      var close = index + 1
      while close < template.count, template[close] != UInt8(ascii: "}") { close += 1 }
      let name = UnsafeBufferPointer(rebasing: template[(index + 1)..<close])
      let isInteger = name.elementsEqual("int".utf8)
      try body(isInteger ? .integer : .text(name: name))
      index = close + 1
      literalStart = index
    }
    if literalStart < template.count {
      try body(.literal(UnsafeBufferPointer(rebasing: template[literalStart...])))
    }
  }
}

/// The number of a decimal integer that prints as exactly these bytes, or nil.
@inline(__always)
private func canonicalInteger(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
  guard count > 0, count <= 19 else { return nil }
  let isNegative = bytes[0] == UInt8(ascii: "-")
  var index = isNegative ? 1 : 0
  let digits = count - index
  guard digits > 0, digits <= 18 else { return nil }
  guard bytes[index] != UInt8(ascii: "0") || (digits == 1 && !isNegative) else { return nil }
  var value: Int64 = 0
  while index < count {
    let digit = Int64(bytes[index]) &- 48
    guard digit >= 0, digit <= 9 else { return nil }
    value = value &* 10 &+ digit
    index &+= 1
  }
  return isNegative ? -value : value
}
