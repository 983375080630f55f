/// Where a block value stands.
struct BlockContext {
  /// Indentation of the collection that the value is in; −1 at the top. The value's lines are indented more.
  var parentIndent: Int
  /// A collection may begin on this very line: at a line's start and after `- `.
  var allowsCollectionHere: Bool
  /// The value of a key, which may be a list at the key's own indentation.
  var isKeyValue = false
}

extension YAMLReader {
  /// Reads the value that begins after `- `, `key:`, `---` or at the top.
  mutating func blockNode(_ context: BlockContext) throws(StructuredTextError) -> ConfigurationNode {
    var context = context
    let start = cursor.position
    cursor.skipBlanks()
    if cursor.scalars[start..<cursor.position].contains("\t") { context.allowsCollectionHere = false }
    var anchor = try anchorName()
    let empty = ConfigurationNode.empty(at: cursor.place)
    guard try enterContent(&context, from: start) else { return keep(empty, as: anchor) }
    guard anchor == nil, cursor.next == "&" else {
      let isBesideAnchor = anchor != nil && cursor.place.line == empty.place.line
      return keep(try isBesideAnchor ? valueAfterAnchor(context) : blockContent(context), as: anchor)
    }
    let line = cursor.place.line
    anchor = try anchorName()
    guard try enterContent(&context, from: cursor.position) else { return keep(empty, as: anchor) }
    return keep(try cursor.place.line == line ? valueAfterAnchor(context) : blockContent(context), as: anchor)
  }

  /// Goes to the content of a value; false where the value is empty.
  private mutating func enterContent(_ context: inout BlockContext, from start: Int) throws(StructuredTextError)
    -> Bool
  {
    let line = cursor.line(at: start)
    try skipToContent()
    guard !cursor.isAtEnd else { return false }
    guard cursor.line(at: cursor.position) > line || cursor.column == 0 else { return true }
    context.allowsCollectionHere = true
    return isInside(context)
  }

  /// Whether the content at the position, on a later line, belongs to the value.
  private func isInside(_ context: BlockContext) -> Bool {
    guard !cursor.isAtEnd, !isAtDocumentEnd else { return false }
    if cursor.column > context.parentIndent { return true }
    return context.isKeyValue && cursor.column == context.parentIndent && isListItem
  }

  /// `- &a key: value` could mean the key or the settings.
  private mutating func valueAfterAnchor(_ context: BlockContext) throws(StructuredTextError) -> ConfigurationNode {
    let start = cursor.position
    let node = try blockContent(context)
    if case .scalar = node.value { return node }
    guard ["[", "{", "*"].contains(cursor.scalars[start]) else {
      throw cursor.unsupported(
        "an anchor before a key or item", instead: "the anchor on a line of its own above", at: start)
    }
    return node
  }

  private mutating func blockContent(_ context: BlockContext) throws(StructuredTextError) -> ConfigurationNode {
    let place = cursor.place
    if isListItem {
      guard context.allowsCollectionHere else {
        throw cursor.syntax("a list item", expected: "the list on the lines below", at: cursor.position)
      }
      return ConfigurationNode(.list(try blockList()), at: place)
    }
    try refuseIndicator()
    if let key = try key() {
      guard context.allowsCollectionHere else {
        throw cursor.syntax(
          "a second ':' on this line", expected: "one key per line; quote a text that holds ': '", at: key.start)
      }
      return ConfigurationNode(.mapping(try blockMapping(first: key)), at: place)
    }
    return try blockScalarOrFlow(context)
  }

  private mutating func blockScalarOrFlow(_ context: BlockContext) throws(StructuredTextError) -> ConfigurationNode
  {
    let place = cursor.place
    let minimum = context.parentIndent + 1
    switch cursor.next {
    case "|", ">":
      return .scalar(try blockScalar(parentIndent: context.parentIndent), isQuoted: true, at: place)
    case "*":
      let node = try alias()
      try expectLineEnd()
      return node
    case "[", "{":
      let node = try flowNode()
      try refuseAsKey(node)
      return node
    case "\"", "'":
      let text = try quoted(minimumIndent: minimum)
      try expectLineEnd()
      return .scalar(text, isQuoted: true, at: place)
    default:
      return .scalar(try plainLines(minimumIndent: minimum), isQuoted: false, at: place)
    }
  }

  private mutating func refuseAsKey(_ node: ConfigurationNode) throws(StructuredTextError) {
    let end = cursor.position
    cursor.skipBlanks()
    if cursor.next == ":" {
      throw cursor.unsupported("a list or settings as a key", instead: "a key that is one line of text", at: end)
    }
    cursor.position = end
    try expectLineEnd()
  }

  // MARK: Lists

  /// At `- `.
  var isListItem: Bool { cursor.next == "-" && Self.isSpace(cursor.peek(1)) }

  private mutating func blockList() throws(StructuredTextError) -> [ConfigurationNode] {
    try descend()
    defer { depth -= 1 }
    let indent = cursor.column
    var elements: [ConfigurationNode] = []
    repeat {
      cursor.position += 1
      elements.append(try blockNode(BlockContext(parentIndent: indent, allowsCollectionHere: true)))
      try skipToContent()
      guard try continues(at: indent) else { break }
    } while isListItem
    return elements
  }

  /// Whether the line at the position belongs to a collection of this indentation.
  private func continues(at indent: Int) throws(StructuredTextError) -> Bool {
    guard !cursor.isAtEnd, !isAtDocumentEnd, cursor.column >= indent else { return false }
    guard cursor.column == indent else {
      throw cursor.syntax(
        "a line indented by \(cursor.column)", expected: "an indentation of \(indent), as the lines before",
        at: cursor.position)
    }
    return true
  }

  // MARK: Mappings

  /// A key up to and past its colon.
  struct Key {
    var text: String
    var isQuoted: Bool
    var start: Int
  }

  private mutating func blockMapping(first: Key) throws(StructuredTextError) -> [ConfigurationNode.Entry] {
    try descend()
    defer { depth -= 1 }
    let indent = cursor.place(at: first.start).column - 1
    var draft = MappingDraft()
    var merged: [ConfigurationNode.Entry] = []
    var key = first
    while true {
      let place = cursor.place(at: key.start)
      try draft.claim(key.text, at: place)
      let context = BlockContext(parentIndent: indent, allowsCollectionHere: false, isKeyValue: true)
      let value = try blockNode(context)
      if key.text == "<<", !key.isQuoted {
        merged = try mergedEntries(value, at: key.start)
      } else {
        draft.append(key.text, at: place, value)
      }
      try skipToContent()
      guard try continues(at: indent) else { break }
      key = try nextKey()
    }
    return draft.entries + merged.filter { !draft.has($0.key) }
  }

  private mutating func nextKey() throws(StructuredTextError) -> Key {
    guard !isListItem else {
      throw cursor.syntax(
        "a list item among settings", expected: "'key: value', or the list under a key of its own",
        at: cursor.position)
    }
    try refuseIndicator()
    guard let key = try key() else {
      throw cursor.syntax("a line without ': '", expected: "'key: value', as the lines before", at: cursor.position)
    }
    return key
  }

  /// Reads a key and its colon; nil, and nothing read, where the line has none.
  private mutating func key() throws(StructuredTextError) -> Key? {
    let start = cursor.position
    var isQuoted = false
    let text: String
    switch cursor.next {
    case "\"", "'":
      isQuoted = true
      guard let quoted = try quotedOnOneLine() else {
        cursor.position = start
        return nil
      }
      text = quoted
    case "*":
      while !Self.isSpace(cursor.next) { cursor.position += 1 }
      text = ""
    case "[", "{", "|", ">", "#", nil: return nil
    default: text = plainLine(inFlow: false)
    }
    cursor.skipBlanks()
    guard cursor.next == ":", Self.isSpace(cursor.peek(1)) else {
      cursor.position = start
      return nil
    }
    if cursor.scalars[start] == "*" {
      throw cursor.unsupported("an alias as a key", instead: "the key itself", at: start)
    }
    cursor.position += 1
    return Key(text: text, isQuoted: isQuoted, start: start)
  }

  /// Refuses what cannot begin a value.
  func refuseIndicator() throws(StructuredTextError) {
    let here = cursor.position
    switch cursor.next {
    case "!":
      throw cursor.unsupported(
        "the tag '\(word(at: here))'", instead: "the value without a tag (a function by its long name)", at: here)
    case "?" where Self.isSpace(cursor.peek(1)):
      throw cursor.unsupported("a key with '?'", instead: "'key: value'", at: here)
    case ":" where Self.isSpace(cursor.peek(1)):
      throw cursor.unexpected(expected: "a key before ':'")
    case "&":
      throw cursor.unsupported(
        "an anchor here", instead: "one anchor before a value, after the key's colon", at: here)
    case "@", "`", "%", ",", "]", "}", "#":
      throw cursor.unexpected(expected: "a value; a text that begins like this is quoted")
    default: break
    }
  }

  func word(at index: Int) -> String {
    var end = index
    while end < cursor.scalars.count, end - index < 40, !Self.isSpace(cursor.scalars[end]) { end += 1 }
    return cursor.text(from: index, to: end)
  }
}
