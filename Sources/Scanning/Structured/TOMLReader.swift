/// Reads TOML 1.0 without its dates, times, `inf` and `nan` into a tree with places. Numbers come out decimal, without
/// underscores and plus sign; an array of tables is a list.
public struct TOMLReader {
  var cursor: TextCursor
  var tree = TOMLTree()

  private init(_ text: String) throws(StructuredTextError) { cursor = try TextCursor(text) }

  public static func document(in text: String) throws(StructuredTextError) -> ConfigurationNode {
    var reader = try TOMLReader(text)
    var table = TOMLTree.root
    while true {
      reader.skipToContent()
      guard let next = reader.cursor.next else { return reader.tree.node(TOMLTree.root) }
      if next == "[" { table = try reader.header() } else { try reader.pair(in: table) }
      try reader.expectLineEnd()
    }
  }

  // MARK: Structure

  /// `[name]` or `[[name]]`; returns the table that follows.
  private mutating func header() throws(StructuredTextError) -> Int {
    let isElement = cursor.starts(with: "[[")
    cursor.position += isElement ? 2 : 1
    let path = try keyPath()
    for _ in 0..<(isElement ? 2 : 1) {
      guard cursor.take("]") else { throw cursor.unexpected(expected: isElement ? "']]'" : "']'") }
    }
    return try isElement ? tree.appendTable(path) : tree.openTable(path)
  }

  /// `key = value` into a table.
  mutating func pair(in table: Int) throws(StructuredTextError) {
    let path = try keyPath()
    guard cursor.take("=") else {
      throw cursor.unexpected(expected: "'=' after the key '\(path[path.count - 1].text)'")
    }
    cursor.skipBlanks()
    // Claimed before the value is read, so that a repeated key is named before a fault in its value.
    let parent = try tree.dottedParent(of: path, in: table)
    let value = try value(depth: tree.depth(of: parent) + 1)
    try tree.add(value, to: parent, as: path[path.count - 1])
  }

  struct Key {
    var text: String
    var place: TextPlace
  }

  /// `a."b c".d`, with the blanks around it.
  private mutating func keyPath() throws(StructuredTextError) -> [Key] {
    var path: [Key] = []
    repeat {
      cursor.skipBlanks()
      let place = cursor.place
      path.append(Key(text: try keyText(), place: place))
      cursor.skipBlanks()
    } while cursor.take(".")
    return path
  }

  private mutating func keyText() throws(StructuredTextError) -> String {
    let start = cursor.position
    if cursor.next == "\"" || cursor.next == "'" {
      guard !cursor.starts(with: "\"\"\""), !cursor.starts(with: "'''") else {
        throw cursor.unexpected(expected: "a key on one line")
      }
      return try text()
    }
    while let next = cursor.next, Self.isBare(next) { cursor.position += 1 }
    guard cursor.position > start else {
      throw cursor.unexpected(expected: "a key of letters, digits, '_' and '-', or in quotes")
    }
    return cursor.text(from: start, to: cursor.position)
  }

  static func isBare(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
    default: false
    }
  }

  // MARK: Space

  /// Passes blanks, comments and line ends.
  mutating func skipToContent() {
    repeat {
      cursor.skipBlanks()
      if cursor.next == "#" { cursor.skipLine() }
    } while cursor.take("\n")
  }

  private mutating func expectLineEnd() throws(StructuredTextError) {
    cursor.skipBlanks()
    if cursor.next == "#" { cursor.skipLine() }
    guard cursor.isAtEnd || cursor.take("\n") else { throw cursor.unexpected(expected: "the end of the line") }
  }
}
