import Analysis
import Traffic

/// The blocks of a document as HTML.
struct HTMLBlocks {
  let clock: DisplayClock
  /// What a table without a title is called: the heading above it.
  var heading = ""

  func html(_ blocks: [Document.Block]) -> String {
    BlockRun.runs(of: blocks).map { run in
      switch run {
      case .statements(let statements): list(of: statements)
      case .finding(let finding, let place): HTMLFinding(finding, place: place, clock: clock).html
      case .block(let block): html(block)
      }
    }.joined()
  }

  private func html(_ block: Document.Block) -> String {
    switch block {
    case .facts(let facts): self.facts(facts)
    case .paragraph(let text): "<p>" + HTMLText.content(text) + "</p>\n"
    case .note(let text): "<p class=note>" + HTMLText.content(text) + "</p>\n"
    case .verbatim(let text): "<pre class=verbatim><code>" + HTMLText.lines(text, at: .max) + "</code></pre>\n"
    case .table(let table): HTMLTable(table, clock: clock).html(named: heading) + HTMLDerivation.html(table.derivation)
    case .section(let section): self.section(section)
    case .figure(let figure): self.figure(figure)
    case .explorer(let explorer): self.explorer(explorer)
    case .statement, .finding: ""
    }
  }

  private func section(_ section: Section) -> String {
    let anchor = HTMLAnchor.of(section.id)
    var inside = self
    inside.heading = section.title
    return "<section id=\(anchor) aria-labelledby=\(anchor)--h>\n<h2 id=\(anchor)--h>" + HTMLText.content(section.title)
      + "</h2>\n" + inside.html(section.blocks) + "</section>\n"
  }

  private func facts(_ facts: [Fact]) -> String {
    let items = facts.map { HTMLFacts.item($0.label, $0.value, clock) }
    return HTMLFacts.list(items) + HTMLDerivation.html(facts.map { ($0.label, $0.derivation) })
  }

  // MARK: Verdict

  private func list(of statements: [Statement]) -> String {
    let lines = statements.map { statement in
      "<li class=\(statement.tone.rawValue)><span class=tone><i aria-hidden=true>\(statement.tone.icon)</i> "
        + "\(statement.tone.rawValue)</span> <span>" + HTMLSentence.html(statement.sentence, clock) + "</span></li>\n"
    }
    let derivations = statements.map { (SentenceText.plain($0.sentence, clock: clock), $0.derivation) }
    return "<ul class=verdict>\n" + lines.joined() + "</ul>\n" + HTMLDerivation.html(derivations)
  }

  // MARK: Figures

  private func figure(_ figure: Figure) -> String {
    let title = HTMLText.content(figure.title)
    return "<figure id=\(HTMLAnchor.of(figure.id, in: "figure-"))>\n<figcaption><b>\(title)</b> <span>"
      + HTMLText.content(figure.measure(clock: clock)) + "</span></figcaption>\n"
      + "<div class=drawing>" + FigureDrawing.svg(figure, clock: clock) + "</div>\n"
      + data(figure.table, of: figure.title) + HTMLDerivation.html(figure.table.derivation) + "</figure>\n"
  }

  private func explorer(_ explorer: LimitExplorer) -> String {
    "<div class=explorer id=\(HTMLAnchor.of(explorer.id, in: "explorer-"))>\n<h3>" + HTMLText.content(explorer.title)
      + "</h3>\n" + LimitExplorerDrawing.html(explorer) + data(explorer.table, of: explorer.title)
      + HTMLDerivation.html(explorer.table.derivation) + "</div>\n"
  }

  /// The numbers behind a picture.
  private func data(_ table: Table, of title: String) -> String {
    let rows = UnitText.integer(Int64(table.rows.count)) + (table.rows.count == 1 ? " row" : " rows")
    return "<details class=data><summary>Data (\(rows))</summary>\n"
      + HTMLTable(table, clock: clock).html(named: title) + "</details>\n"
  }
}

/// Labelled values side by side.
enum HTMLFacts {
  static func item(_ label: String, _ value: Cell, _ clock: DisplayClock) -> String {
    "<div><dt>" + HTMLText.content(label) + "<dd>" + HTMLValue.inline(value, clock: clock) + "</div>\n"
  }

  static func list(_ items: [String]) -> String {
    items.isEmpty ? "" : "<dl class=facts>\n" + items.joined() + "</dl>\n"
  }
}

/// A sentence with its values marked.
enum HTMLSentence {
  static func html(_ sentence: Sentence, _ clock: DisplayClock) -> String {
    SentenceText.joined(sentence, words: HTMLText.content) { HTMLValue.inline($0, clock: clock) }
  }
}

extension Statement.Tone {
  /// A sign beside the word, so that colour alone says nothing.
  var icon: String {
    switch self {
    case .good: "✓"
    case .attention: "!"
    case .bad: "✕"
    case .neutral: "·"
    }
  }
}
