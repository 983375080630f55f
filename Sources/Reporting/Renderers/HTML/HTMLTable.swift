import Traffic

/// A table that scrolls in its own box and sorts.
///
/// End tags that HTML lets go (`td`, `th`, `tr`, `thead`, `tbody`, `tfoot`) are let go: a third of a long table.
/// - Source: WHATWG HTML, §13.1.2.4 (optional tags), §13.1.2.3 (unquoted attribute values, used for numbers only).
struct HTMLTable {
  private let table: Table
  private let clock: DisplayClock
  /// The cells of each column that is drawn, so that its pictures share a scale.
  private let drawn: [[Cell]]

  init(_ table: Table, clock: DisplayClock) {
    self.table = table
    self.clock = clock
    drawn = table.columns.indices.map { column in
      table.columns[column].isDrawn ? table.rows.map { $0[column] } : []
    }
  }

  /// - Parameter name: what the table is called where its own title does not say it.
  func html(named name: String) -> String {
    let label = HTMLText.attribute(table.title ?? name)
    var html = "<div class=scroll tabindex=0 role=region aria-label=\"\(label)\"><table"
    html += table.title == nil ? " aria-label=\"\(label)\">" : ">"
    if let title = table.title { html += "<caption>" + HTMLText.content(title) + "</caption>" }
    html += "\n<thead><tr>" + table.columns.map(heading).joined()
    html += "\n<tbody>" + table.rows.map { row($0) }.joined()
    if let total = table.total { html += "\n<tfoot>" + row(total, isTotal: true) }
    html += "</table></div>\n"
    if table.rows.isEmpty { html += "<p class=cut>No \(HTMLText.content(table.noun)).</p>\n" }
    if let note = table.shownNote { html += "<p class=cut>" + HTMLText.content(note) + "</p>\n" }
    return html
  }

  private func heading(_ column: Column) -> String {
    "<th scope=col\(column.isDrawn ? " class=d" : column.alignsRight ? "" : " class=t")>" + HTMLText.content(column.label)
  }

  private func row(_ cells: [Cell], isTotal: Bool = false) -> String {
    "\n<tr>" + cells.enumerated().map { cell($1, in: $0, isTotal: isTotal) }.joined()
  }

  private func cell(_ cell: Cell, in column: Int, isTotal: Bool) -> String {
    let text = HTMLValue.text(cell, clock)
    // The first column names its row.
    if column == 0, !table.columns[0].alignsRight { return "<th scope=row\(machineNumber(cell))>" + text }
    switch cell {
    case .absent where isTotal: return "<td>"  // there is no such total, which is not the same as unknown
    case .series, .spread: return "<td class=d>" + CellDrawing.svg(cell, in: drawn[column])
    case .tooFew: return "<td class=few\(HTMLValue.title(cell))>" + text
    default:
      let side = table.columns[column].alignsRight ? "" : " class=t"
      return "<td\(side)\(machineNumber(cell))\(HTMLValue.title(cell))>" + text
    }
  }

  private func machineNumber(_ cell: Cell) -> String {
    HTMLValue.machineNumber(cell).map { " data-value=" + $0 } ?? ""
  }
}

extension Column {
  fileprivate var isDrawn: Bool { kind == .series || kind == .spread }
}
