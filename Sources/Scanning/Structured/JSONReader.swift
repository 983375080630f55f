/// Reads JSON (RFC 8259) into a tree with places, strictly: with `//` and `/* */` comments, which configurations have,
/// and no other liberty. Numbers keep their text.
public struct JSONReader {
  private var cursor: TextCursor
  private let allowsTrailingCommas: Bool
  private var depth = 0

  private init(_ text: String, allowsTrailingCommas: Bool) throws(StructuredTextError) {
    cursor = try TextCursor(text)
    self.allowsTrailingCommas = allowsTrailingCommas
  }

  /// - Parameter allowsTrailingCommas: whether `[1, 2,]` is read.
  public static func document(
    in text: String, allowsTrailingCommas: Bool = false
  ) throws(StructuredTextError) -> ConfigurationNode {
    var reader = try JSONReader(text, allowsTrailingCommas: allowsTrailingCommas)
    try reader.skipSpace()
    let node = try reader.value()
    try reader.skipSpace()
    guard reader.cursor.isAtEnd else { throw reader.cursor.unexpected(expected: "the end of the text") }
    return node
  }

  // MARK: Values

  private mutating func value() throws(StructuredTextError) -> ConfigurationNode {
    let place = cursor.place
    switch cursor.next {
    case "{": return ConfigurationNode(.mapping(try object()), at: place)
    case "[": return ConfigurationNode(.list(try array()), at: place)
    case "\"": return .scalar(try string(), isQuoted: true, at: place)
    case .some("-"), .some("0"..."9"): return .scalar(try number(), isQuoted: false, at: place)
    default: return .scalar(try word(), isQuoted: false, at: place)
    }
  }

  private mutating func object() throws(StructuredTextError) -> [ConfigurationNode.Entry] {
    let start = try enter()
    var draft = MappingDraft()
    while try !isClosed(by: "}", after: start, isFirst: draft.entries.isEmpty) {
      guard cursor.next == "\"" else { throw cursor.unexpected(expected: "a key in double quotes") }
      let place = cursor.place
      let key = try string()
      try draft.claim(key, at: place)
      try skipSpace()
      guard cursor.take(":") else { throw cursor.unexpected(expected: "':' after the key '\(key)'") }
      try skipSpace()
      draft.append(key, at: place, try value())
    }
    return draft.entries
  }

  private mutating func array() throws(StructuredTextError) -> [ConfigurationNode] {
    let start = try enter()
    var elements: [ConfigurationNode] = []
    while try !isClosed(by: "]", after: start, isFirst: elements.isEmpty) { elements.append(try value()) }
    return elements
  }

  /// Goes past the opening bracket; returns its index.
  private mutating func enter() throws(StructuredTextError) -> Int {
    guard depth < StructuredLimits.depth else {
      throw cursor.unsupported(
        "nesting deeper than \(StructuredLimits.depth)", instead: "a flatter structure", at: cursor.position)
    }
    depth += 1
    cursor.position += 1
    return cursor.position - 1
  }

  /// Goes past the comma before the next element, or past the closing bracket.
  private mutating func isClosed(
    by closing: Unicode.Scalar, after start: Int, isFirst: Bool
  ) throws(StructuredTextError) -> Bool {
    try skipSpace()
    let comma = cursor.position
    if !isFirst, cursor.next != closing {
      guard cursor.take(",") else { throw cursor.missingComma(before: closing, openedAt: start) }
      try skipSpace()
      if cursor.next == closing, !allowsTrailingCommas {
        throw cursor.unsupported("a comma after the last element", instead: "no comma", at: comma)
      }
    }
    guard cursor.take(closing) else { return false }
    depth -= 1
    return true
  }

  private mutating func word() throws(StructuredTextError) -> String {
    for word in ["true", "false", "null"] where cursor.starts(with: word) {
      let after = cursor.peek(word.unicodeScalars.count)
      guard after?.properties.isAlphabetic != true else { break }
      cursor.position += word.unicodeScalars.count
      return word
    }
    throw cursor.unexpected(
      expected: "a value: an object, a list, text in double quotes, a number, true, false or null")
  }

  private mutating func number() throws(StructuredTextError) -> String {
    let start = cursor.position
    _ = cursor.take("-")
    if cursor.take("0") {
      if let next = cursor.next, ("0"..."9").contains(next) {
        throw cursor.unexpected(expected: "no digit after a leading 0")
      }
    } else {
      try digits()
    }
    if cursor.take(".") { try digits() }
    if cursor.take("e") || cursor.take("E") {
      _ = cursor.take("+") || cursor.take("-")
      try digits()
    }
    return cursor.text(from: start, to: cursor.position)
  }

  private mutating func digits() throws(StructuredTextError) {
    guard let first = cursor.next, ("0"..."9").contains(first) else { throw cursor.unexpected(expected: "a digit") }
    while let next = cursor.next, ("0"..."9").contains(next) { cursor.position += 1 }
  }

  private mutating func string() throws(StructuredTextError) -> String {
    let start = cursor.position
    cursor.position += 1
    var text = String.UnicodeScalarView()
    while let next = cursor.next, next != "\n" {
      cursor.position += 1
      switch next {
      case "\"": return String(text)
      case "\\": text.append(try escape())
      case "\t": throw cursor.unexpected(at: cursor.position - 1, expected: "the escape \\t")
      default: text.append(next)
      }
    }
    throw cursor.syntax("a text that does not end", expected: "a closing '\"' on the same line", at: start)
  }

  private mutating func escape() throws(StructuredTextError) -> Unicode.Scalar {
    guard let code = cursor.next else { throw cursor.unexpected(expected: "the rest of an escape") }
    cursor.position += 1
    switch code {
    case "\"", "\\", "/": return code
    case "n": return "\n"
    case "t": return "\t"
    case "r": return "\r"
    case "b": return "\u{8}"
    case "f": return "\u{C}"
    case "u": return try cursor.scalarEscape(digits: 4)
    default:
      throw cursor.unexpected(
        at: cursor.position - 1, expected: "one of the escapes \\\" \\\\ \\/ \\n \\t \\r \\b \\f \\uXXXX")
    }
  }

  // MARK: Space

  /// Passes white space and comments.
  private mutating func skipSpace() throws(StructuredTextError) {
    while let next = cursor.next {
      if next == " " || next == "\n" || next == "\t" {
        cursor.position += 1
      } else if cursor.starts(with: "//") {
        cursor.skipLine()
      } else if cursor.starts(with: "/*") {
        try skipComment()
      } else {
        return
      }
    }
  }

  private mutating func skipComment() throws(StructuredTextError) {
    let start = cursor.position
    cursor.position += 2
    while !cursor.starts(with: "*/") {
      guard !cursor.isAtEnd else { throw cursor.syntax("a comment that does not end", expected: "'*/'", at: start) }
      cursor.position += 1
    }
    cursor.position += 2
  }
}
