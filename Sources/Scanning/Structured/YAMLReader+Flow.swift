extension YAMLReader {
  /// Reads a value inside of `[…]` or `{…}`, or one of these.
  mutating func flowNode() throws(StructuredTextError) -> ConfigurationNode {
    let anchor = try anchorName()
    if anchor != nil { try skipFlowSpace() }
    let place = cursor.place
    switch cursor.next {
    case "[": return keep(ConfigurationNode(.list(try flowList()), at: place), as: anchor)
    case "{": return keep(ConfigurationNode(.mapping(try flowMapping()), at: place), as: anchor)
    case "*": return try alias()
    case "\"", "'": return keep(.scalar(try quoted(minimumIndent: 0), isQuoted: true, at: place), as: anchor)
    default:
      try refuseIndicator()
      return keep(.scalar(try plainFlowLines(), isQuoted: false, at: place), as: anchor)
    }
  }

  private mutating func flowList() throws(StructuredTextError) -> [ConfigurationNode] {
    let start = try enterFlow()
    defer { depth -= 1 }
    var elements: [ConfigurationNode] = []
    while try !isFlowClosed(by: "]", after: start, isFirst: elements.isEmpty) {
      let element = cursor.position
      elements.append(try flowNode())
      try skipFlowSpace()
      if cursor.next == ":" {
        throw cursor.unsupported("a pair in a list", instead: "'{key: value}' with its own braces", at: element)
      }
    }
    return elements
  }

  private mutating func flowMapping() throws(StructuredTextError) -> [ConfigurationNode.Entry] {
    let start = try enterFlow()
    defer { depth -= 1 }
    var draft = MappingDraft()
    var merged: [ConfigurationNode.Entry] = []
    var isFirst = true
    while try !isFlowClosed(by: "}", after: start, isFirst: isFirst) {
      isFirst = false
      let key = try flowKey()
      let place = cursor.place(at: key.start)
      try draft.claim(key.text, at: place)
      try skipFlowSpace()
      let hasValue = cursor.next != "," && cursor.next != "}"
      let value = hasValue ? try flowNode() : .empty(at: cursor.place)
      if key.text == "<<", !key.isQuoted {
        merged = try mergedEntries(value, at: key.start)
      } else {
        draft.append(key.text, at: place, value)
      }
    }
    return draft.entries + merged.filter { !draft.has($0.key) }
  }

  /// Reads a key and its colon.
  private mutating func flowKey() throws(StructuredTextError) -> Key {
    let start = cursor.position
    try refuseIndicator()
    var isQuoted = false
    let text: String
    switch cursor.next {
    case "[", "{", "*":
      throw cursor.unsupported(
        "a key that is no text (a template that was not rendered?)", instead: "a key that is one line of text",
        at: start)
    case "\"", "'":
      isQuoted = true
      guard let quoted = try quotedOnOneLine() else {
        throw cursor.unsupported("a key on several lines", instead: "a key that is one line of text", at: start)
      }
      text = quoted
      try skipFlowSpace()
    case "|", ">": throw cursor.unexpected(expected: "a key")
    case ":" where Self.endsIndicator(cursor.peek(1)), "-" where Self.endsIndicator(cursor.peek(1)):
      throw cursor.unexpected(expected: "a key")
    default:
      text = plainLine(inFlow: true)
      cursor.skipBlanks()
    }
    guard cursor.next == ":", isQuoted || Self.endsIndicator(cursor.peek(1)) else {
      throw cursor.unexpected(expected: "':' and a value after the key '\(text)'")
    }
    cursor.position += 1
    return Key(text: text, isQuoted: isQuoted, start: start)
  }

  /// Goes past the opening bracket; returns its index.
  private mutating func enterFlow() throws(StructuredTextError) -> Int {
    try descend()
    cursor.position += 1
    return cursor.position - 1
  }

  /// Goes past the comma before the next element, or past the closing bracket.
  private mutating func isFlowClosed(
    by closing: Unicode.Scalar, after start: Int, isFirst: Bool
  ) throws(StructuredTextError) -> Bool {
    try skipFlowSpace()
    if !isFirst, cursor.next != closing {
      guard cursor.take(",") else { throw cursor.missingComma(before: closing, openedAt: start) }
      try skipFlowSpace()
    }
    return cursor.take(closing)
  }

  /// Passes white space, line ends and comments between brackets.
  mutating func skipFlowSpace() throws(StructuredTextError) {
    try skipToContent()
    if isAtDocumentEnd { throw cursor.unexpected(expected: "the closing bracket before the document ends") }
  }
}
