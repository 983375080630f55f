/// Lines of one text as they are folded: a line end becomes a space, further empty lines stay line ends.
struct FoldedText {
  private(set) var text = ""
  private var emptyLines = 0

  mutating func addEmptyLine() { emptyLines += 1 }

  mutating func add(_ line: String, isFirst: Bool) {
    if !isFirst { text += emptyLines > 0 ? String(repeating: "\n", count: emptyLines) : " " }
    text += line
    emptyLines = 0
  }
}

extension YAMLReader {
  // MARK: Plain

  /// Reads plain text to the end of what can belong to it on this line; blanks at its end are left.
  mutating func plainLine(inFlow: Bool) -> String {
    let start = cursor.position
    var end = start
    while let next = cursor.next, next != "\n" {
      if next == ":", Self.isSpace(cursor.peek(1)) || (inFlow && Self.isFlowIndicator(cursor.peek(1))) { break }
      if next == "#", Self.isSpace(cursor.peek(-1)) { break }
      if inFlow, Self.isFlowIndicator(next) { break }
      cursor.position += 1
      if next != " ", next != "\t" { end = cursor.position }
    }
    cursor.position = end
    return cursor.text(from: start, to: end)
  }

  /// Plain text of a block with the lines that go on with it: those indented at least so much.
  mutating func plainLines(minimumIndent: Int) throws(StructuredTextError) -> String {
    let start = cursor.position
    var folded = FoldedText()
    folded.add(plainLine(inFlow: false), isFirst: true)
    while true {
      let end = cursor.position
      try expectLineEndOrNothing(textFrom: start)
      // A comment ends a plain text.
      guard cursor.position == end || cursor.scalars[end..<cursor.position].allSatisfy({ $0 == " " || $0 == "\t" }),
        try goOn(minimumIndent: minimumIndent, &folded)
      else { return folded.text }
      try refuseContinuation(of: start)
      folded.add(plainLine(inFlow: false), isFirst: false)
    }
  }

  private mutating func expectLineEndOrNothing(textFrom start: Int) throws(StructuredTextError) {
    cursor.skipBlanks()
    if cursor.next == ":" {
      throw cursor.syntax(
        "a key inside the text that began on line \(cursor.place(at: start).line)",
        expected: "the indentation of the keys before, or quotes around the text", at: cursor.position)
    }
    if cursor.next == "#" { cursor.skipLine() }
  }

  /// Goes to the next line that belongs to a plain text; false, and nothing read, where there is none.
  private mutating func goOn(minimumIndent: Int, _ folded: inout FoldedText) throws(StructuredTextError) -> Bool {
    let end = cursor.position
    var emptyLines = 0
    while cursor.take("\n") {
      let lineStart = cursor.position
      cursor.skipBlanks()
      if cursor.next == "\n" {
        emptyLines += 1
        continue
      }
      let belongs = !cursor.isAtEnd && cursor.next != "#" && cursor.column >= minimumIndent && !isAtDocumentEnd
      guard belongs else { break }
      if cursor.scalars[lineStart..<cursor.position].contains("\t") {
        cursor.position = lineStart
        try skipToContent()
      }
      for _ in 0..<emptyLines { folded.addEmptyLine() }
      return true
    }
    cursor.position = end
    return false
  }

  private func refuseContinuation(of start: Int) throws(StructuredTextError) {
    guard isListItem else { return }
    throw cursor.unsupported(
      "a list item inside the text that began on line \(cursor.place(at: start).line)",
      instead: "the list under its key, or quotes around the text", at: cursor.position)
  }

  /// Plain text between brackets, which goes on over line ends.
  mutating func plainFlowLines() throws(StructuredTextError) -> String {
    if cursor.next == "-", Self.endsIndicator(cursor.peek(1)) {
      throw cursor.syntax(
        "a list item between brackets", expected: "the value, separated by commas", at: cursor.position)
    }
    guard let first = cursor.next, first != "#", first != "|", first != ">",
      first != ":" || !Self.endsIndicator(cursor.peek(1))
    else {
      throw cursor.unexpected(expected: "a value")
    }
    var folded = FoldedText()
    folded.add(plainLine(inFlow: true), isFirst: true)
    while true {
      let end = cursor.position
      cursor.skipBlanks()
      guard cursor.next == "\n", try goOn(minimumIndent: 0, &folded), !Self.isFlowIndicator(cursor.next),
        cursor.next != ":"
      else {
        cursor.position = end
        return folded.text
      }
      folded.add(plainLine(inFlow: true), isFirst: false)
    }
  }

  // MARK: Quoted

  /// A quoted text that ends on its line; nil where it goes on.
  mutating func quotedOnOneLine() throws(StructuredTextError) -> String? {
    let line = cursor.line(at: cursor.position)
    let text = try quoted(minimumIndent: 0)
    return cursor.line(at: cursor.position) == line ? text : nil
  }

  /// - Parameter minimumIndent: of the lines that it goes on with.
  mutating func quoted(minimumIndent: Int) throws(StructuredTextError) -> String {
    let start = cursor.position
    let quote = cursor.scalars[start]
    cursor.position += 1
    var text: [Unicode.Scalar] = []
    // Blanks before a line end are not part of the text, unless escaped.
    var kept = 0
    while let next = cursor.next {
      cursor.position += 1
      if next == quote {
        guard quote == "'", cursor.take("'") else { return TextCursor.text(of: text) }
        text.append("'")
      } else if next == "\n" {
        text.removeLast(text.count - kept)
        text.append(contentsOf: try foldLines(of: start, minimumIndent: minimumIndent).unicodeScalars)
      } else if next == "\\", quote == "\"" {
        if cursor.take("\n") {
          let folded = try foldLines(of: start, minimumIndent: minimumIndent)
          if folded != " " { text.append(contentsOf: folded.unicodeScalars) }
        } else {
          text.append(try escape())
        }
      } else {
        text.append(next)
        if next == " " || next == "\t" { continue }
      }
      kept = text.count
    }
    throw unterminated(start)
  }

  private func unterminated(_ start: Int) -> StructuredTextError {
    cursor.syntax(
      "a quoted text that does not end", expected: "a closing \(Character(cursor.scalars[start]))", at: start)
  }

  /// After a line end inside quotes: passes empty lines and indentation; returns what they stand for.
  private mutating func foldLines(of start: Int, minimumIndent: Int) throws(StructuredTextError) -> String {
    var emptyLines = 0
    while true {
      if isAtDocumentEnd { throw unterminated(start) }
      while cursor.take(" ") {}
      let indent = cursor.column
      cursor.skipBlanks()
      if cursor.take("\n") {
        emptyLines += 1
        continue
      }
      guard cursor.isAtEnd || indent >= minimumIndent else {
        throw cursor.syntax(
          "a line indented by \(indent) inside quotes",
          expected: "a closing quote before it, or an indentation of \(minimumIndent)",
          at: cursor.position)
      }
      return emptyLines > 0 ? String(repeating: "\n", count: emptyLines) : " "
    }
  }

  private mutating func escape() throws(StructuredTextError) -> Unicode.Scalar {
    guard let code = cursor.next else { throw cursor.unexpected(expected: "the rest of an escape") }
    cursor.position += 1
    switch code {
    case "x": return try cursor.scalarEscape(digits: 2)
    case "u": return try cursor.scalarEscape(digits: 4)
    case "U": return try cursor.scalarEscape(digits: 8)
    default:
      guard let scalar = Self.escapes[code] else {
        throw cursor.syntax(
          "the escape '\\\(Character(code))'", expected: "an escape of YAML, or single quotes",
          at: cursor.position - 2)
      }
      return scalar
    }
  }

  /// - Source: YAML 1.2.2 §5.7
  private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
    "0": "\0", "a": "\u{7}", "b": "\u{8}", "t": "\t", "\t": "\t", "n": "\n", "v": "\u{B}", "f": "\u{C}", "r": "\r",
    "e": "\u{1B}", " ": " ", "\"": "\"", "/": "/", "\\": "\\", "N": "\u{85}", "_": "\u{A0}", "L": "\u{2028}",
    "P": "\u{2029}",
  ]
}
