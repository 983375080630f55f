extension YAMLReader {
  /// What stands behind `|` or `>`.
  private struct BlockHeader {
    var isFolded: Bool
    /// nil: as the first line that is not empty.
    var indent: Int?
    /// `-` none, `+` all, nil one of the line ends at the end.
    var chomping: Unicode.Scalar?
  }

  /// Reads `|` or `>` with the lines below that are indented more than `parentIndent`.
  /// - Source: YAML 1.2.2 §8.1
  mutating func blockScalar(parentIndent: Int) throws(StructuredTextError) -> String {
    let header = try blockHeader(parentIndent: parentIndent)
    let indent: Int
    if let given = header.indent { indent = given } else { indent = try detectedIndent(minimum: parentIndent + 1) }
    var lines: [String] = []
    var endsWithLineEnd = false
    while let line = try blockLine(indent: indent) {
      lines.append(line)
      endsWithLineEnd = cursor.take("\n")
      guard endsWithLineEnd else { break }
    }
    let content = lines.lastIndex { !$0.isEmpty }.map { $0 + 1 } ?? 0
    let text = Self.joined(lines[..<content], isFolded: header.isFolded)
    // The line ends behind the last line: its own, and one per empty line.
    let trailing = lines.count - content
    let ends = content == 0 ? trailing : trailing + 1
    let written = endsWithLineEnd || lines.isEmpty ? ends : ends - 1
    switch header.chomping {
    case "-": return text
    case "+": return text + String(repeating: "\n", count: max(0, written))
    default: return text + (content > 0 && written > 0 ? "\n" : "")
    }
  }

  private mutating func blockHeader(parentIndent: Int) throws(StructuredTextError) -> BlockHeader {
    var header = BlockHeader(isFolded: cursor.next == ">")
    cursor.position += 1
    while let next = cursor.next, !Self.isSpace(next) {
      if header.chomping == nil, next == "+" || next == "-" {
        header.chomping = next
      } else if header.indent == nil, ("1"..."9").contains(next) {
        header.indent = max(parentIndent, 0) + Int(next.value - 48)
      } else {
        throw cursor.unexpected(
          expected: "'+', '-', a digit or the end of the line after '\(header.isFolded ? ">" : "|")'")
      }
      cursor.position += 1
    }
    try expectLineEnd()
    _ = cursor.take("\n")
    return header
  }

  /// Indentation of the first line that is not empty, without moving.
  private mutating func detectedIndent(minimum: Int) throws(StructuredTextError) -> Int {
    let start = cursor.position
    defer { cursor.position = start }
    var longestEmpty = 0
    var longestEmptyAt = start
    while !cursor.isAtEnd {
      while cursor.take(" ") {}
      guard cursor.next == "\n" || cursor.isAtEnd else { break }
      if cursor.column > longestEmpty {
        longestEmpty = cursor.column
        longestEmptyAt = cursor.position
      }
      guard cursor.take("\n") else { break }
    }
    let indent = cursor.column
    guard !cursor.isAtEnd, indent >= minimum else { return max(minimum, longestEmpty) }
    guard longestEmpty <= indent else {
      throw cursor.syntax(
        "an empty line indented by \(longestEmpty)", expected: "at most the \(indent) of the text below",
        at: longestEmptyAt)
    }
    return indent
  }

  /// The next line without its indentation, its line end left; nil, and nothing read, where the text ends.
  private mutating func blockLine(indent: Int) throws(StructuredTextError) -> String? {
    let start = cursor.position
    guard !cursor.isAtEnd, cursor.column == 0 else { return nil }
    while cursor.column < indent, cursor.take(" ") {}
    if cursor.next == "\n" { return "" }
    if cursor.isAtEnd { return cursor.column > 0 ? "" : nil }
    if cursor.column < indent, cursor.next == "\t" {
      throw cursor.unexpected(expected: "spaces: YAML is not indented with tabs")
    }
    guard cursor.column >= indent, !isAtDocumentEnd else {
      cursor.position = start
      return nil
    }
    let content = cursor.position
    cursor.skipLine()
    return cursor.text(from: content, to: cursor.position)
  }

  /// Literal: as they are. Folded: a line end between two lines that begin at the indentation is a space.
  private static func joined(_ lines: ArraySlice<String>, isFolded: Bool) -> String {
    guard isFolded else { return lines.joined(separator: "\n") }
    var text = ""
    var emptyLines = 0
    var previous: String?
    for line in lines {
      if line.isEmpty {
        emptyLines += 1
        continue
      }
      if let previous {
        let folds = !isIndented(previous) && !isIndented(line)
        if !folds { text += "\n" } else if emptyLines == 0 { text += " " }
      }
      text += String(repeating: "\n", count: emptyLines) + line
      emptyLines = 0
      previous = line
    }
    return text
  }

  private static func isIndented(_ line: String) -> Bool { line.first == " " || line.first == "\t" }
}
