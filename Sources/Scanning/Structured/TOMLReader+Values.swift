extension TOMLReader {
  /// Reads a value into the tree; returns its number there.
  mutating func value(depth: Int) throws(StructuredTextError) -> Int {
    guard depth <= StructuredLimits.depth else {
      throw cursor.unsupported(
        "nesting deeper than \(StructuredLimits.depth)", instead: "a flatter structure", at: cursor.position)
    }
    let place = cursor.place
    switch cursor.next {
    case "\"", "'":
      return tree.create(.scalar(ConfigurationNode.Scalar(try text(), isQuoted: true)), at: place, depth: depth)
    case "[": return try list(depth: depth)
    case "{": return try inlineTable(depth: depth)
    default:
      return tree.create(
        .scalar(ConfigurationNode.Scalar(try bareValue(), isQuoted: false)), at: place, depth: depth)
    }
  }

  private mutating func list(depth: Int) throws(StructuredTextError) -> Int {
    let place = cursor.place
    cursor.position += 1
    var elements: [Int] = []
    while true {
      skipToContent()
      if cursor.take("]") { break }
      elements.append(try value(depth: depth + 1))
      skipToContent()
      guard cursor.take(",") || cursor.next == "]" else {
        throw cursor.unexpected(expected: "',' or ']' for the list of line \(place.line)")
      }
    }
    return tree.create(.list(elements), at: place, depth: depth)
  }

  private mutating func inlineTable(depth: Int) throws(StructuredTextError) -> Int {
    let table = tree.create(.table(.inline, MappingIndex()), at: cursor.place, depth: depth)
    cursor.position += 1
    cursor.skipBlanks()
    if cursor.take("}") { return table }
    while true {
      try pair(in: table)
      cursor.skipBlanks()
      if cursor.take("}") { break }
      guard cursor.take(",") else { throw cursor.unexpected(expected: "',' or '}' on the same line") }
    }
    tree.close(table)
    return table
  }

  // MARK: Numbers and words

  private mutating func bareValue() throws(StructuredTextError) -> String {
    let start = cursor.position
    while let next = cursor.next, Self.isBare(next) || "+.:".unicodeScalars.contains(next) { cursor.position += 1 }
    let word = cursor.text(from: start, to: cursor.position)
    if word == "true" || word == "false" { return word }
    if let number = Self.number(word) { return number }
    if ["inf", "nan"].contains(word.drop { $0 == "+" || $0 == "-" }) {
      throw cursor.unsupported("the number '\(word)'", instead: "a finite number", at: start)
    }
    if Self.looksLikeTime(word) {
      throw cursor.unsupported("the date or time '\(word)'", instead: "text in quotes", at: start)
    }
    guard !word.isEmpty else { throw cursor.unexpected(at: start, expected: "a value") }
    throw cursor.syntax(
      "'\(word.prefix(40))'", expected: "text in quotes, a number, true, false, a list or an inline table",
      at: start)
  }

  private static func looksLikeTime(_ word: String) -> Bool {
    let digits = word.prefix { $0.isASCII && $0.isNumber }
    let next = word.dropFirst(digits.count).first
    return (digits.count == 4 && next == "-") || (digits.count == 2 && next == ":")
  }

  /// The number in decimal without underscores; nil for anything that is no number.
  private static func number(_ word: String) -> String? {
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where word.hasPrefix(prefix) {
      let digits = word.dropFirst(2)
      guard hasPlainUnderscores(digits), digits.first != "-", digits.first != "+" else { return nil }
      return Int64(digits.filter { $0 != "_" }, radix: radix).map(String.init)
    }
    var rest = word[...]
    let isNegative = rest.first == "-"
    if isNegative || rest.first == "+" { rest.removeFirst() }
    let whole = rest.prefix { isDigit($0) || $0 == "_" }
    guard hasPlainUnderscores(whole), whole.count == 1 || whole.first != "0" else { return nil }
    rest = rest.dropFirst(whole.count)
    if rest.first == "." {
      let fraction = rest.dropFirst().prefix { isDigit($0) || $0 == "_" }
      guard hasPlainUnderscores(fraction) else { return nil }
      rest = rest.dropFirst(1 + fraction.count)
    }
    if rest.first == "e" || rest.first == "E" {
      rest = rest.dropFirst()
      if rest.first == "+" || rest.first == "-" { rest = rest.dropFirst() }
      let exponent = rest.prefix { isDigit($0) || $0 == "_" }
      guard hasPlainUnderscores(exponent) else { return nil }
      rest = rest.dropFirst(exponent.count)
    }
    guard rest.isEmpty else { return nil }
    return String((word.first == "+" ? word.dropFirst() : word[...]).filter { $0 != "_" })
  }

  private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }

  /// Not empty, and every underscore between two digits.
  private static func hasPlainUnderscores(_ digits: Substring) -> Bool {
    digits.split(separator: "_", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
  }

  // MARK: Texts

  /// Any of the four kinds of quotes.
  mutating func text() throws(StructuredTextError) -> String {
    let start = cursor.position
    guard let quote = cursor.next else { throw cursor.unexpected(expected: "a quote") }
    let isLong = cursor.peek(1) == quote && cursor.peek(2) == quote
    cursor.position += isLong ? 3 : 1
    if isLong { _ = cursor.take("\n") }
    var text: [Unicode.Scalar] = []
    while let next = cursor.next, isLong || next != "\n" {
      if next == quote, let extra = closing(quote, isLong: isLong) {
        text.append(contentsOf: repeatElement(quote, count: extra))
        return TextCursor.text(of: text)
      }
      cursor.position += 1
      if next == "\\", quote == "\"" {
        if isLong, skipsLineEnd() { continue }
        text.append(try escape())
      } else {
        text.append(next)
      }
    }
    throw cursor.syntax(
      "a text that does not end", expected: "a closing \(isLong ? "'\(quote)\(quote)\(quote)'" : "\(quote)")",
      at: start)
  }

  /// Goes past the closing quotes; returns how many quotes before them still belong to the text, nil where none close.
  private mutating func closing(_ quote: Unicode.Scalar, isLong: Bool) -> Int? {
    guard isLong else {
      cursor.position += 1
      return 0
    }
    var count = 0
    while count < 5, cursor.peek(count) == quote { count += 1 }
    guard count >= 3 else { return nil }
    cursor.position += count
    return count - 3
  }

  /// After a backslash at the end of a line of a long text: passes white space and line ends.
  private mutating func skipsLineEnd() -> Bool {
    let start = cursor.position
    cursor.skipBlanks()
    guard cursor.next == "\n" else {
      cursor.position = start
      return false
    }
    while let next = cursor.next, next == " " || next == "\t" || next == "\n" { cursor.position += 1 }
    return true
  }

  private mutating func escape() throws(StructuredTextError) -> Unicode.Scalar {
    guard let code = cursor.next else { throw cursor.unexpected(expected: "the rest of an escape") }
    cursor.position += 1
    switch code {
    case "\"", "\\": return code
    case "b": return "\u{8}"
    case "t": return "\t"
    case "n": return "\n"
    case "f": return "\u{C}"
    case "r": return "\r"
    case "u": return try cursor.scalarEscape(digits: 4)
    case "U": return try cursor.scalarEscape(digits: 8)
    default:
      throw cursor.unexpected(
        at: cursor.position - 1, expected: "one of the escapes \\\" \\\\ \\b \\t \\n \\f \\r \\uXXXX \\UXXXXXXXX")
    }
  }
}
