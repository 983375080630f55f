import Traffic

/// A cell as HTML: what `ReadableCell` says, with what a pointer asks for behind it.
enum HTMLValue {
  /// Inside a sentence or beside a label: numbers in bold, texts from logs in `<code>`.
  static func inline(_ cell: Cell, clock: DisplayClock) -> String {
    switch cell {
    case .text(let text): "<code>" + HTMLText.content(text) + "</code>"
    case .series, .spread: CellDrawing.svg(cell, in: [cell])
    case .absent: text(cell, clock)
    default: "<b\(title(cell))>" + text(cell, clock) + "</b>"
    }
  }

  /// What the cell says, escaped.
  static func text(_ cell: Cell, _ clock: DisplayClock) -> String {
    if case .text(let text) = cell { return HTMLText.content(text) }
    return HTMLText.escape(ReadableCell.text(cell, clock: clock))
  }

  /// ` title="25 of 1,000"`: the numbers behind a share, a rate, or a percentile that is withheld.
  static func title(_ cell: Cell) -> String {
    behind(cell).map { " title=\"" + $0 + "\"" } ?? ""
  }

  /// Our own words and digits: nothing to escape.
  private static func behind(_ cell: Cell) -> String? {
    switch cell {
    case .ratio(let part, let whole): UnitText.integer(part) + " of " + UnitText.integer(whole)
    case .rate(let count, let length): UnitText.integer(count) + " in " + UnitText.duration(length)
    case .bytes(let count): UnitText.integer(count) + " bytes"
    case .tooFew(let samples, let needed):
      UnitText.integer(samples) + " of the " + UnitText.integer(needed) + " samples that it needs"
    default: nil
    }
  }

  /// The number that a script sorts by; nil where there is none, or where the cell's text is it.
  static func machineNumber(_ cell: Cell) -> String? {
    switch cell {
    case .integer(let value), .bytes(let value): value.magnitude < 1_000 && cell.isCount ? nil : String(value)
    case .timestamp(let time): String(time.microseconds)
    case .duration, .ratio, .rate, .real:
      JSONText.members("", .integer, cell).first.flatMap { $0.value == "null" ? nil : $0.value }
    case .text, .flag, .series, .spread, .tooFew, .absent: nil
    }
  }
}

extension Cell {
  fileprivate var isCount: Bool { if case .integer = self { true } else { false } }
}
