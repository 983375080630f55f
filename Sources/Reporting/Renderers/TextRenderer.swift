import Traffic

/// Aligned text for a terminal.
public struct TextRenderer: Renderer {
  public static let name = "text"
  public static let usualRows: Int? = 20

  public init() {}

  public func render(_ document: Document, style: RenderStyle) -> String {
    var parts: [String] = []
    if !document.title.isEmpty { parts.append(bold(VisibleText.of(document.title), style) + "\n") }
    var wasNote = false
    for block in document.blocks {
      let isNote = if case .note = block { true } else { false }
      // Notes stand together; everything else is set off by an empty line.
      if isNote && wasNote, let last = parts.popLast() {
        parts.append(last + text(of: block, style))
      } else {
        parts.append(text(of: block, style))
      }
      wasNote = isNote
    }
    return parts.joined(separator: "\n")
  }

  private func text(of block: Document.Block, _ style: RenderStyle) -> String {
    switch block {
    case .facts(let facts): self.facts(facts, style)
    case .paragraph(let text): VisibleText.of(text) + "\n"
    case .note(let text): dim("  " + VisibleText.of(text), style) + "\n"
    case .table(let table): self.table(table, style)
    case .section(let section): section.blocks.map { text(of: $0, style) }.joined(separator: "\n")
    case .figure(let figure): self.table(figure.table, style)
    case .explorer(let explorer): self.table(explorer.table, style)
    case .statement, .finding: ""
    case .verbatim(let text):
      text.split(separator: "\n", omittingEmptySubsequences: false).map { VisibleText.of(String($0)) }
        .joined(separator: "\n")
    }
  }

  private func facts(_ facts: [Fact], _ style: RenderStyle) -> String {
    let width = facts.map { DisplayWidth.of($0.label) }.max() ?? 0
    return facts.map { fact in
      "  " + padded(fact.label, to: width, right: false) + "  " + cell(fact.value, cutTo: nil, style) + "\n"
    }.joined()
  }

  // MARK: Tables

  private func table(_ table: Table, _ style: RenderStyle) -> String {
    var lines: [String] = []
    if let title = table.title { lines.append(bold(VisibleText.of(title), style)) }
    let body = (table.rows + (table.total.map { [$0] } ?? [])).map { row in
      row.enumerated().map { column, value in
        cell(value, cutTo: column == row.count - 1 ? nil : style.widestText, style)
      }
    }
    let headings = table.columns.map(\.label)
    let widths = table.columns.indices.map { column in
      max(DisplayWidth.of(headings[column]), body.map { DisplayWidth.of($0[column]) }.max() ?? 0)
    }
    lines.append(dim(line(headings, table.columns, widths), style))
    for (index, row) in body.enumerated() {
      if table.total != nil, index == table.rows.count {
        lines.append(dim(widths.map { String(repeating: "─", count: $0) }.joined(separator: "  "), style))
      }
      lines.append(line(row, table.columns, widths))
    }
    if table.rows.isEmpty { lines.append(dim("  no \(table.noun)", style)) }
    if let cut = table.cutNote { lines.append(dim("  " + cut, style)) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func line(_ cells: [String], _ columns: [Column], _ widths: [Int]) -> String {
    var text = ""
    for (index, cell) in cells.enumerated() {
      if index > 0 { text += "  " }
      let isLastLeft = index == cells.count - 1 && !columns[index].alignsRight
      text += isLastLeft ? cell : padded(cell, to: widths[index], right: columns[index].alignsRight)
    }
    return text
  }

  /// Only text is cut, and only where something stands behind it that should stay in its column.
  private func cell(_ cell: Cell, cutTo width: Int?, _ style: RenderStyle) -> String {
    let text = ReadableCell.text(cell, clock: style.clock)
    guard case .text = cell else { return text }
    let visible = VisibleText.of(text)
    return VisibleText.isolated(width.map { DisplayWidth.cut(visible, to: $0) } ?? visible)
  }

  private func padded(_ text: String, to width: Int, right: Bool) -> String {
    let spaces = String(repeating: " ", count: max(0, width - DisplayWidth.of(text)))
    return right ? spaces + text : text + spaces
  }

  // MARK: Colour

  private func bold(_ text: String, _ style: RenderStyle) -> String {
    style.colour ? "\u{1B}[1m" + text + "\u{1B}[0m" : text
  }
  private func dim(_ text: String, _ style: RenderStyle) -> String {
    style.colour ? "\u{1B}[2m" + text + "\u{1B}[0m" : text
  }
}
