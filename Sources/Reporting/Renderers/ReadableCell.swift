import Traffic

/// A cell as people read it, before a renderer escapes its text.
enum ReadableCell {
  static func text(_ cell: Cell, clock: DisplayClock) -> String {
    switch cell {
    case .text(let text): text
    case .integer(let value): UnitText.integer(value)
    case .real(let value): DecimalText.number(value)
    case .duration(let length): UnitText.duration(length)
    case .ratio(let part, let whole): UnitText.percentage(part, of: whole)
    case .rate(let count, let length): UnitText.rate(count, over: length)
    case .bytes(let count): UnitText.bytes(count)
    case .timestamp(let time): clock.text(time)
    case .flag(let value): value ? "yes" : "no"
    case .series, .spread: FigureText.cell(cell)
    case .tooFew: "n too small"
    case .absent: "–"
    }
  }
}
