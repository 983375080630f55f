import Analysis
import Traffic

/// Aligned text for a terminal.
public struct TextRenderer: Renderer {
  public static let name = "text"
  public static let usualRows: Int? = 20

  public init() {}

  public func render(_ document: Document, style: RenderStyle) -> String {
    let title = document.title.isEmpty ? [] : [bold(VisibleText.of(BoundedText.of(document.title)), style) + "\n"]
    return (title + parts(document.blocks, style, inSection: false)).joined(separator: "\n")
  }

  /// Each ends its line; an empty line comes between.
  private func parts(_ blocks: [Document.Block], _ style: RenderStyle, inSection: Bool) -> [String] {
    var parts: [String] = []
    var last: Document.Block?
    var findings = 0
    for block in blocks {
      if case .section(let section) = block {
        parts += [heading(section, style)] + self.parts(section.blocks, style, inSection: true)
        last = nil
        continue
      }
      if case .finding = block { findings += 1 }
      let text = text(of: block, place: findings, style, inSection: inSection)
      // Notes stand together, and so do statements; everything else is set off by an empty line.
      if let previous = last, previous.standsTogether(with: block), let end = parts.popLast() {
        parts.append(end + text)
      } else {
        parts.append(text)
      }
      last = block
    }
    return parts
  }

  private func text(of block: Document.Block, place: Int, _ style: RenderStyle, inSection: Bool) -> String {
    switch block {
    case .facts(let facts): self.facts(facts, style)
    case .paragraph(let text): VisibleText.of(BoundedText.of(text)) + "\n"
    case .note(let text): dim("  " + VisibleText.of(BoundedText.of(text)), style) + "\n"
    case .table(let table): self.table(table, note: inSection ? table.shownNote : table.cutNote, style)
    case .section: ""
    case .statement(let statement): self.statement(statement, style)
    case .finding(let finding): self.finding(finding, place: place, style)
    case .figure(let figure): self.figure(figure, style)
    case .explorer(let explorer):
      bold(VisibleText.of(BoundedText.of(explorer.title)), style) + "\n" + data(explorer.table, style)
    case .verbatim(let text): VisibleText.lines(text).joined(separator: "\n")
    }
  }

  private func heading(_ section: Section, _ style: RenderStyle) -> String {
    let title = VisibleText.of(BoundedText.of(section.title))
    let line = String(repeating: "═", count: DisplayWidth.of(title))
    return "\n" + bold(title, style) + "\n" + dim(line, style) + "\n"
  }

  // MARK: Statements, findings, figures

  private func statement(_ statement: Statement, _ style: RenderStyle) -> String {
    "  " + padded(statement.tone.rawValue, to: 9, right: false) + "  " + sentence(statement.sentence, style) + "\n"
  }

  private func finding(_ finding: Finding, place: Int, _ style: RenderStyle) -> String {
    let facts = finding.evidence.map { Fact($0.key, $0.label, $0.value) }
    return bold("\(place). \(finding.severity.name): " + sentence(finding.headline, style), style) + "\n"
      + self.facts(facts, style)
      + "  If ignored: " + sentence(finding.cost, style) + "\n  What to do: " + sentence(finding.action, style) + "\n"
      + "  $ " + VisibleText.of(BoundedText.of(finding.command, at: BoundedText.longestCommand)) + "\n"
      + dim("  id " + VisibleText.of(BoundedText.of(finding.id)), style) + "\n"
  }

  private func sentence(_ sentence: Sentence, _ style: RenderStyle) -> String {
    SentenceText.joined(sentence, words: VisibleText.of) { cell($0, cutTo: nil, style) }
  }

  private func figure(_ figure: Figure, _ style: RenderStyle) -> String {
    let title = bold(VisibleText.of(BoundedText.of(figure.title)), style) + "\n"
    let measure = dim("  " + VisibleText.of(BoundedText.of(figure.measure(clock: style.clock))), style) + "\n"
    let drawn = FigureText.text(figure).map { $0 + "\n" } ?? ""
    return title + measure + drawn + data(figure.table, style)
  }

  /// The beginning of the table behind a picture.
  private func data(_ table: Table, _ style: RenderStyle) -> String {
    guard let limit = Self.usualRows, table.rows.count > limit else { return self.table(table, note: table.shownNote, style) }
    let all = UnitText.integer(Int64(table.rows.count))
    return self.table(table.cut(to: limit), note: "The first \(limit) of \(all) \(table.noun).", style)
  }

  private func facts(_ facts: [Fact], _ style: RenderStyle) -> String {
    let labels = facts.map { VisibleText.of(BoundedText.of($0.label)) }
    let width = labels.map(DisplayWidth.of).max() ?? 0
    return zip(facts, labels).map { fact, label in
      "  " + padded(label, to: width, right: false) + "  " + cell(fact.value, cutTo: nil, style) + "\n"
    }.joined()
  }

  // MARK: Tables

  private func table(_ table: Table, note: String?, _ style: RenderStyle) -> String {
    var lines: [String] = []
    if let title = table.title { lines.append(bold(VisibleText.of(BoundedText.of(title)), style)) }
    let body = (table.rows + (table.total.map { [$0] } ?? [])).map { row in
      row.enumerated().map { column, value in
        cell(value, cutTo: column == row.count - 1 ? nil : style.widestText, style)
      }
    }
    let headings = table.columns.map { VisibleText.of(BoundedText.of($0.label)) }
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
    if table.rows.isEmpty { lines.append(dim("  no " + VisibleText.of(BoundedText.of(table.noun)), style)) }
    if let note { lines.append(dim("  " + VisibleText.of(BoundedText.of(note)), style)) }
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
    let visible = VisibleText.of(BoundedText.of(text))
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

extension Document.Block {
  fileprivate func standsTogether(with next: Document.Block) -> Bool {
    switch (self, next) {
    case (.note, .note), (.statement, .statement): true
    default: false
    }
  }
}
