/// Reads the part of YAML 1.2 that configurations are written in into trees with places, strictly.
///
/// Read: block and flow collections, plain and quoted scalars on one or several lines, `|` and `>` with their
/// indicators, comments, several documents, `%YAML`, anchors and aliases, the merge key `<<`.
///
/// Refused by name: tags, `?` keys, keys that are no single line of text, tabs in indentation, repeated keys, anchors
/// on keys, `%TAG`, and text that goes on with `- `, which YAML reads as text and people mean as a list.
///
/// An alias stands for a copy of its anchor's value, with the places of that value.
public struct YAMLReader {
  var cursor: TextCursor
  /// Collections around the position.
  var depth = 0
  /// Values of this document's anchors.
  var anchors: [String: Anchor] = [:]
  /// Values that aliases and merge keys added so far.
  var expandedNodes = 0

  struct Anchor {
    var node: ConfigurationNode
    var extent: (nodes: Int, depth: Int)
  }

  private init(_ text: String) throws(StructuredTextError) { cursor = try TextCursor(text) }

  /// Every document of a text, in order; none for a text of comments and space.
  public static func documents(in text: String) throws(StructuredTextError) -> [ConfigurationNode] {
    var reader = try YAMLReader(text)
    var documents: [ConfigurationNode] = []
    while try reader.enterDocument() { documents.append(try reader.document()) }
    return documents
  }

  // MARK: Documents

  /// Goes to the content of the next document, past `...`, directives and `---`; false at the end.
  private mutating func enterDocument() throws(StructuredTextError) -> Bool {
    var directive: Int?
    while true {
      try skipToContent()
      if cursor.column == 0, cursor.next == "%" {
        directive = directive ?? cursor.position
        try readDirective()
      } else if isMarker("---") {
        cursor.position += 3
        return true
      } else if isMarker("..."), directive == nil {
        cursor.position += 3
        try expectLineEnd()
      } else if let directive {
        throw cursor.syntax("a directive without a document", expected: "'---' after it", at: directive)
      } else {
        return !cursor.isAtEnd
      }
    }
  }

  private mutating func readDirective() throws(StructuredTextError) {
    let start = cursor.position
    guard cursor.starts(with: "%YAML 1.") else {
      cursor.skipLine()
      throw cursor.unsupported(
        "the directive '\(cursor.text(from: start, to: cursor.position))'", instead: "no directive but %YAML 1.2",
        at: start)
    }
    cursor.skipLine()
  }

  private mutating func document() throws(StructuredTextError) -> ConfigurationNode {
    anchors = [:]
    let isOnMarkerLine = cursor.column > 0 && cursor.peek(-1) == "-"
    let node = try blockNode(BlockContext(parentIndent: -1, allowsCollectionHere: !isOnMarkerLine))
    try skipToContent()
    guard cursor.isAtEnd || isAtDocumentEnd else {
      throw cursor.unexpected(expected: "the end of the document, or the indentation of the lines before")
    }
    return node
  }

  /// At `---` or `...` at the start of a line.
  var isAtDocumentEnd: Bool { isMarker("---") || isMarker("...") }

  func isMarker(_ marker: String) -> Bool {
    guard cursor.starts(with: marker), cursor.column == 0 else { return false }
    return Self.isSpace(cursor.peek(3))
  }

  // MARK: Space

  /// White space or the end of the text.
  static func isSpace(_ scalar: Unicode.Scalar?) -> Bool {
    scalar == nil || scalar == " " || scalar == "\n" || scalar == "\t"
  }

  static func isFlowIndicator(_ scalar: Unicode.Scalar?) -> Bool {
    switch scalar {
    case ",", "[", "]", "{", "}": true
    default: false
    }
  }

  /// White space, the end or a bracket or comma: what ends an indicator between brackets.
  static func endsIndicator(_ scalar: Unicode.Scalar?) -> Bool { isSpace(scalar) || isFlowIndicator(scalar) }

  /// Goes to the next content: past blanks, comments and line ends.
  /// - Throws: for a tab in the indentation of a line that has content.
  mutating func skipToContent() throws(StructuredTextError) {
    while true {
      try skipBlanks()
      if cursor.next == "#", Self.isSpace(cursor.peek(-1)) { cursor.skipLine() }
      guard cursor.take("\n") else { return }
    }
  }

  /// Passes blanks; where they are indentation, they must be spaces.
  private mutating func skipBlanks() throws(StructuredTextError) {
    let start = cursor.position
    let isIndentation = cursor.column == 0
    cursor.skipBlanks()
    guard isIndentation, !cursor.isAtEnd, cursor.next != "\n", cursor.next != "#" else { return }
    for index in start..<cursor.position where cursor.scalars[index] == "\t" {
      throw cursor.unexpected(at: index, expected: "spaces: YAML is not indented with tabs")
    }
  }

  /// After a value that ends on this line.
  mutating func expectLineEnd() throws(StructuredTextError) {
    let end = cursor.position
    cursor.skipBlanks()
    if cursor.next == "#", cursor.position > end { cursor.skipLine() }
    guard cursor.isAtEnd || cursor.next == "\n" else { throw cursor.unexpected(expected: "the end of the line") }
  }

  // MARK: Depth

  mutating func descend() throws(StructuredTextError) {
    guard depth < StructuredLimits.depth else { throw tooDeep(at: cursor.position) }
    depth += 1
  }

  func tooDeep(at index: Int) -> StructuredTextError {
    cursor.unsupported("nesting deeper than \(StructuredLimits.depth)", instead: "a flatter structure", at: index)
  }
}
