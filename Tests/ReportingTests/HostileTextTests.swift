import Testing
import Traffic

@testable import Reporting

/// Texts that try to act on whoever reads a report.
private let hostile: [String] = [
  "\u{1B}[2J\u{1B}[1;31mred", "\u{9B}31m", "a\nb", "a\r\nb", "tab\there", "\u{7}\u{8}\u{0}", "a|b|c", "`code`", "``` fence",
  "=HYPERLINK(\"http://evil\",\"x\")", "+1+1", "-2+3", "@SUM(A1)", "  =1", "=\u{301}1", "a,b\"c", "<script>alert(1)</script>",
  "<\u{338}b>", "&amp;", "[x](http://evil)", "https://evil.example/", "www.evil.example", "**bold** _it_ ~~no~~ # h", "\\n",
  "\u{202E}txt.exe", "\u{2066}\u{2069}", "\u{200B}\u{FEFF}", "שלום עולם", "مرحبا", "日本語テキスト", "e\u{301}", "👩‍👩‍👧", "\u{2028}", "",
]

private func document(_ text: String) -> Document {
  let table = Table(
    key: "things", title: text, columns: [Column("name", "Name", .text), Column("n", "N", .integer)],
    rows: [[.text(text), .integer(1)], [.text("plain"), .integer(1_000)]], total: [.text(text), .integer(1_001)])
  return Document(
    name: "test", title: text,
    blocks: [.facts([Fact("who", "Who", .text(text))]), .paragraph(text), .table(table), .note(text)])
}

/// No scalar that acts, but the line ends and isolates that a renderer writes itself.
private func isHarmless(_ text: String) -> Bool {
  text.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "\r" || $0 == "\u{2068}" || $0 == "\u{2069}" || !VisibleText.acts($0) }
}

@Suite("Hostile text") struct HostileTextTests {
  @Test("acts in no output", arguments: hostile)
  func harmless(text: String) {
    for renderer in Renderers.all {
      #expect(isHarmless(renderer.render(document(text), style: RenderStyle())), "\(type(of: renderer).name)")
    }
  }

  @Test("cannot add lines to terminal text or Markdown", arguments: hostile)
  func sameLines(text: String) {
    for renderer in [TextRenderer(), MarkdownRenderer()] as [any Renderer] {
      let lines = { (document: Document) in renderer.render(document, style: RenderStyle()).split(separator: "\n", omittingEmptySubsequences: false).count }
      #expect(lines(document(text)) == lines(document("x")) || text.isEmpty)
    }
  }

  @Test("stays one cell of a Markdown table, without HTML, links or mentions", arguments: hostile)
  func markdown(text: String) {
    let markdown = MarkdownRenderer().render(document(text), style: RenderStyle())
    for line in markdown.split(separator: "\n") where line.hasPrefix("|") {
      let borders = line.replacing("\\\\", with: "").replacing("\\|", with: "").count { $0 == "|" }
      #expect(borders == 3, "\(line)")
    }
    let scalars = markdown.unicodeScalars
    #expect(!scalars.contains("<") && !scalars.contains("@"))
    #expect(!markdown.contains("://") && !markdown.contains("www."))
  }

  @Test("is no formula in CSV and stays one field", arguments: hostile)
  func csv(text: String) {
    let csv = CSVRenderer().render(document(text), style: RenderStyle())
    let records = parse(csv)
    #expect(records.allSatisfy { $0.count == 2 }, "\(records)")
    #expect(records.count == 3)
    let first = records[1][0].unicodeScalars.first { $0 != " " }
    #expect(first.map { !"=+-@".unicodeScalars.contains($0) } ?? true)
  }

  @Test("survives JSON unchanged", arguments: hostile)
  func json(text: String) {
    let quoted = JSONText.string(text)
    #expect(decode(quoted) == text)
  }

  @Test("control characters are shown by name")
  func shown() {
    #expect(VisibleText.of("a\u{1B}[31m\n\t\u{202E}") == "a\\x1b[31m\\n\\t\\u{202e}")
    #expect(VisibleText.of("/users/é/日本") == "/users/é/日本")
  }

  @Test("right-to-left text is isolated, so that it cannot reorder its neighbours")
  func isolated() {
    #expect(VisibleText.isolated("שלום") == "\u{2068}שלום\u{2069}")
    #expect(VisibleText.isolated("abc") == "abc")
  }

  // MARK: Slow readers

  /// RFC 4180, character by character.
  private func parse(_ csv: String) -> [[String]] {
    var records: [[String]] = [[""]]
    var isQuoted = false
    var rest = Array(csv.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\"" where isQuoted && rest.first == "\"":
        records[records.count - 1][records.last!.count - 1].unicodeScalars.append(rest.removeFirst())
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: records[records.count - 1].append("")
      case "\r" where !isQuoted && rest.first == "\n":
        rest.removeFirst()
        if !rest.isEmpty { records.append([""]) }
      default: records[records.count - 1][records.last!.count - 1].unicodeScalars.append(scalar)
      }
    }
    return records
  }

  /// The string of a JSON string literal.
  private func decode(_ literal: String) -> String {
    var units: [UInt16] = []
    var rest = Array(literal.utf16.dropFirst().dropLast())[...]
    while let unit = rest.popFirst() {
      guard unit == 92, let escape = rest.popFirst() else {
        units.append(unit)
        continue
      }
      switch escape {
      case 110: units.append(10)
      case 114: units.append(13)
      case 116: units.append(9)
      case 117:
        units.append(UInt16(String(decoding: rest.prefix(4), as: UTF16.self), radix: 16)!)
        rest = rest.dropFirst(4)
      default: units.append(escape)
      }
    }
    return String(decoding: units, as: UTF16.self)
  }
}
