import Traffic

/// GitHub-flavoured Markdown for reports and tickets.
public struct MarkdownRenderer: Renderer {
  public static let name = "markdown"
  public static let usualRows: Int? = 20

  public init() {}

  public func render(_ document: Document, style: RenderStyle) -> String {
    var parts: [String] = document.title.isEmpty ? [] : ["# " + Self.escape(document.title) + "\n"]
    for block in document.blocks { parts.append(text(of: block, style)) }
    return parts.joined(separator: "\n")
  }

  private func text(of block: Document.Block, _ style: RenderStyle) -> String {
    switch block {
    case .facts(let facts):
      facts.map { "- **\(Self.escape($0.label))**: \(cell($0.value, style))\n" }.joined()
    case .paragraph(let text): Self.escape(text) + "\n"
    case .note(let text): "> " + Self.escape(text) + "\n"
    case .table(let table): self.table(table, style)
    case .section(let section): section.blocks.map { text(of: $0, style) }.joined(separator: "\n")
    case .figure(let figure): self.table(figure.table, style)
    case .explorer(let explorer): self.table(explorer.table, style)
    case .statement, .finding: ""
    case .verbatim(let text): fenced(text)
    }
  }

  private func table(_ table: Table, _ style: RenderStyle) -> String {
    var text = table.title.map { "## " + Self.escape($0) + "\n\n" } ?? ""
    text += row(table.columns.map { Self.escape($0.label) })
    text += row(table.columns.map { $0.alignsRight ? "---:" : "---" })
    for cells in table.rows { text += row(cells.map { cell($0, style) }) }
    if let total = table.total { text += row(total.map { bold(cell($0, style)) }) }
    if let cut = table.cutNote { text += "\n> " + Self.escape(cut) + "\n" }
    return text
  }

  private func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
  private func bold(_ text: String) -> String { text.isEmpty ? "" : "**" + text + "**" }

  private func cell(_ cell: Cell, _ style: RenderStyle) -> String {
    if case .tooFew(let samples, let needed) = cell {
      return "n too small (\(UnitText.integer(samples)) of \(UnitText.integer(needed)))"
    }
    return Self.escape(ReadableCell.text(cell, clock: style.clock))
  }

  /// A fence longer than any run of backticks inside.
  private func fenced(_ text: String) -> String {
    let longest = text.split(whereSeparator: { $0 != "`" }).map(\.count).max() ?? 0
    let fence = String(repeating: "`", count: max(3, longest + 1))
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { VisibleText.of(String($0)) }
    return fence + "\n" + lines.joined(separator: "\n") + "\n" + fence + "\n"
  }

  /// Text that stays text: no markup, no HTML, no link, no mention, no table border.
  static func escape(_ text: String) -> String {
    var escaped = ""
    for scalar in VisibleText.isolated(text).unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "@": escaped += "&#64;"
      case "\\", "`", "*", "_", "[", "]", "|", "~", "#", "$": escaped += "\\" + String(scalar)
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    // Bare addresses become links by themselves.
    return escaped.replacing("://", with: "&#58;//").replacing("www.", with: "www&#46;")
  }
}
