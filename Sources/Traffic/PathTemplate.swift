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
    var index = 0
    while index < length {
      let byte = target[index]
      if byte == UInt8(ascii: "/") {
        variables.appendLiteral(byte)
        index &+= 1
        if index == length { return }
      } else if byte == UInt8(ascii: "?") {
        return splitQuery(target + index, length - index, into: &variables)
      } else if byte == UInt8(ascii: "#") {
        return
      }
      if variables.templateCount > Limits.templateBytes || variables.shape.count >= 48 {
        return appendRest(target, from: index, length, into: &variables)
      }
      index = splitSegment(target, index, length, into: &variables)
    }
  }

  /// What lies beyond the limits of a template: one variable, so that nothing is lost.
  @inline(never)
  private func appendRest(
    _ target: UnsafePointer<UInt8>, from index: Int, _ length: Int, into variables: inout PathVariables
  ) {
    let end = fragmentStart(target, from: index, length)
    if end > index { variables.appendText("{rest}", target + index, end - index) }
  }

  /// Takes one segment (possibly empty) at `start`; returns where it ends.
  @inline(__always)
  private func splitSegment(
    _ target: UnsafePointer<UInt8>, _ start: Int, _ length: Int, into variables: inout PathVariables
  ) -> Int {
    // Most segments are words or numbers of a few bytes: they never see the byte loop.
    let word = PathWords.word(target, start, length)
    let ends = PathWords.segmentEnds(word)
    if ends != 0 {
      let count = ends.trailingZeroBitCount >> 3
      let end = start &+ count
      // A zero byte in the middle of a path is not the zero behind its end.
      if end < length, target[end] == 0 { return splitOddSegment(target, start, length, into: &variables) }
      if count == 0 {
        return start < length && target[start] == UInt8(ascii: ";")
          ? splitMatrix(target, start, length, into: &variables) : start
      }
      if PathWords.isLower(word, count) || PathWords.isVersion(word, count) {
        variables.appendWord(word, count)
      } else {
        let number = PathWords.number(word, count)
        guard number >= 0, count == 1 || word & 0xFF != 0x30 else {
          return splitOddSegment(target, start, length, into: &variables)
        }
        variables.appendInteger(number)
      }
      return end < length && target[end] == UInt8(ascii: ";") ? splitMatrix(target, end, length, into: &variables) : end
    }
    return splitOddSegment(target, start, length, into: &variables)
  }

  @inline(never)
  private func splitOddSegment(
    _ target: UnsafePointer<UInt8>, _ start: Int, _ length: Int, into variables: inout PathVariables
  ) -> Int {
    // One pass over the segment: what kinds of bytes it has and how many digits.
    let table = variables.classes
    var index = start
    var seen: UInt8 = 0
    var digits = 0
    while index < length {
      let next = target[index]
      let kind = table[Int(next)]
      if kind == Self.special, Self.endsSegment(next) { break }
      seen |= kind
      digits &+= Int(kind & Self.digit)
      index &+= 1
    }
    if index > start {
      appendSegment(target + start, index &- start, seen: seen, digits: digits, into: &variables)
    }
    return index < length && target[index] == UInt8(ascii: ";")
      ? splitMatrix(target, index, length, into: &variables) : index
  }

  @inline(__always)
  private static func endsSegment(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";")
  }

  /// `;jsessionid=…` until the segment ends.
  @inline(never)
  private func splitMatrix(
    _ target: UnsafePointer<UInt8>, _ start: Int, _ length: Int, into variables: inout PathVariables
  ) -> Int {
    var index = start
    while index < length, target[index] == UInt8(ascii: ";") || !Self.endsSegment(target[index]) { index += 1 }
    variables.appendText("{matrix}", target + start, index - start)
    return index
  }

  private func fragmentStart(_ target: UnsafePointer<UInt8>, from start: Int, _ length: Int) -> Int {
    PathWords.find(UInt8(ascii: "#"), or: UInt8(ascii: "#"), in: target, from: start, to: length)
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
    appendMixedSegment(
      SegmentBytes(bytes, count, seen: seen, digits: digits, classes: variables.classes), into: &variables)
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

  @inline(never)
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
      let keyEnd = PathWords.find(UInt8(ascii: "="), or: UInt8(ascii: "&"), in: query, from: start, to: end)
      if keyEnd < end, query[keyEnd] == UInt8(ascii: "=") {
        index = PathWords.find(UInt8(ascii: "&"), or: UInt8(ascii: "&"), in: query, from: keyEnd &+ 1, to: end)
        appendPair(query + start, keyCount: keyEnd &- start, count: index &- start, into: &variables)
      } else {
        index = keyEnd
        appendBareKey(query + start, index &- start, into: &variables)
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

  @inline(__always)
  private func appendPair(
    _ bytes: UnsafePointer<UInt8>, keyCount: Int, count: Int, into variables: inout PathVariables
  ) {
    let isWord = keyCount > 0 && keyCount <= 8 && PathWords.isLower(PathWords.word(bytes, 0, count), keyCount)
    guard isWord || (keyCount > 0 && keyCount <= 48 && Self.isKey(bytes, keyCount)) else {
      return variables.appendText("{query}", bytes, count)
    }
    variables.appendLiteral(bytes, keyCount + 1)
    let value = bytes + keyCount + 1
    let valueCount = count - keyCount - 1
    if valueCount == 0 { return }
    if !keepSecrets, variables.sensitiveKeys.contains(bytes, keyCount) { return variables.appendName("***") }
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
  if count <= 8 {
    let number = PathWords.number(PathWords.word(bytes, 0, count), count)
    if number >= 0 { return bytes[0] == UInt8(ascii: "0") && count > 1 ? nil : number }
    if bytes[0] != UInt8(ascii: "-") { return nil }
  }
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
