import Analysis
import Traffic

/// The blocks of a document as Markdown: each part ends its line, an empty line comes between parts.
struct MarkdownBlocks {
  let clock: DisplayClock
  /// Rows of the table behind a figure; the rest is in the other formats.
  let rowsOfFigures: Int?
  /// Marks of the headings one level below.
  var heading = "##"

  func parts(_ blocks: [Document.Block]) -> [String] {
    BlockRun.runs(of: blocks).flatMap { run in
      switch run {
      case .statements(let statements): list(of: statements)
      case .finding(let finding, let place): parts(finding, place: place)
      case .block(let block): parts(block)
      }
    }
  }

  private func parts(_ block: Document.Block) -> [String] {
    switch block {
    case .facts(let facts):
      [facts.map { item($0.label, $0.value) }.joined()] + derivations(facts.map { ($0.label, $0.derivation) })
    case .paragraph(let text): [MarkdownText.line(text) + "\n"]
    case .note(let text): ["> " + MarkdownText.line(text) + "\n"]
    case .verbatim(let text): [MarkdownText.fenced(text)]
    case .table(let table): [title(table.title) + self.table(table)] + derivations([("", table.derivation)])
    case .section(let section): self.parts(section)
    case .figure(let figure): self.parts(figure)
    case .explorer(let explorer): [heading + " " + MarkdownText.inline(explorer.title) + "\n"] + data(explorer.table)
    case .statement, .finding: []
    }
  }

  private func parts(_ section: Section) -> [String] {
    var inside = self
    inside.heading += "#"
    return [heading + " " + MarkdownText.inline(section.title) + "\n"] + inside.parts(section.blocks)
  }

  private func title(_ title: String?) -> String {
    title.map { heading + " " + MarkdownText.inline($0) + "\n\n" } ?? ""
  }

  private func item(_ label: String, _ value: Cell) -> String {
    "- **\(MarkdownText.inline(label))**: \(cell(value))\n"
  }

  // MARK: Statements and findings

  private func list(of statements: [Statement]) -> [String] {
    let lines = statements.map { "- **\($0.tone.rawValue)**: \(sentence($0.sentence))\n" }
    let numbers = statements.map { (SentenceText.plain($0.sentence, clock: clock), $0.derivation) }
    return [lines.joined()] + derivations(numbers)
  }

  private func parts(_ finding: Finding, place: Int) -> [String] {
    let about = [finding.severity.name, finding.kind, finding.subject].filter { !$0.isEmpty }
    let items = finding.evidence.map { item($0.label, $0.value) } + [
      "- **If ignored**: \(sentence(finding.cost))\n", "- **What to do**: \(sentence(finding.action))\n",
      "- **Id**: \(MarkdownText.inline(finding.id))\n",
    ]
    return [
      "\(heading) \(place). \(sentence(finding.headline))\n", "**" + MarkdownText.inline(about[0]) + "** · "
        + about.dropFirst().map(MarkdownText.inline).joined(separator: " · ") + "\n", items.joined(), command(finding.command),
    ] + derivations(finding.followed)
  }

  private func sentence(_ sentence: Sentence) -> String {
    SentenceText.joined(sentence, words: MarkdownText.inline, value: cell)
  }

  // MARK: Figures and tables

  private func parts(_ figure: Figure) -> [String] {
    var parts = [title(figure.title) + MarkdownText.line(figure.measure(clock: clock)) + "\n"]
    if let drawn = FigureText.text(figure) { parts.append(MarkdownText.fenced(harmless: drawn, language: "text")) }
    return parts + data(figure.table)
  }

  /// The beginning of the table behind a picture.
  private func data(_ table: Table) -> [String] {
    var text = rows(of: table.cut(to: rowsOfFigures))
    if let rowsOfFigures, table.rows.count > rowsOfFigures {
      text += "\n> The first \(rowsOfFigures) of \(UnitText.integer(Int64(table.rows.count))) \(MarkdownText.inline(table.noun)).\n"
    }
    return [text] + derivations([("", table.derivation)])
  }

  private func table(_ table: Table) -> String {
    // Only in documents without sections can an option show more.
    let note = heading == "##" ? table.cutNote : table.shownNote
    return rows(of: table) + (note.map { "\n> " + MarkdownText.line($0) + "\n" } ?? "")
  }

  private func rows(of table: Table) -> String {
    var text = row(table.columns.map { MarkdownText.inline($0.label) })
    text += row(table.columns.map { $0.alignsRight ? "---:" : "---" })
    for cells in table.rows { text += row(cells.map(cell)) }
    if let total = table.total { text += row(total.map { bold(cell($0)) }) }
    return text
  }

  private func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
  private func bold(_ text: String) -> String { text.isEmpty ? "" : "**" + text + "**" }

  private func cell(_ cell: Cell) -> String {
    if case .tooFew(let samples, let needed) = cell {
      return "n too small (\(UnitText.integer(samples)) of \(UnitText.integer(needed)))"
    }
    return MarkdownText.inline(ReadableCell.text(cell, clock: clock))
  }

  // MARK: Derivations

  private func derivations(_ numbers: [(label: String, derivation: Derivation?)]) -> [String] {
    let groups = numbers.grouped()
    guard !groups.isEmpty else { return [] }
    let texts = groups.map { group in
      let labels = MarkdownText.line(group.labels.joined(separator: ", ")) + "\n\n"
      return (groups.count > 1 ? labels : "") + command(DerivationText.command(group.derivation))
    }
    return ["<details><summary>How to get these numbers</summary>\n\n" + texts.joined(separator: "\n") + "\n</details>\n"]
  }

  private func command(_ line: String) -> String {
    MarkdownText.fenced(BoundedText.of(line, at: BoundedText.longestCommand), language: "sh")
  }
}
