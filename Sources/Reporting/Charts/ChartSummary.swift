import Traffic

/// What somebody who does not see a chart needs to hear: range, highest and lowest value and where, and gaps.
enum ChartSummary {
  /// One clause per series of numbers over places.
  static func text(_ figure: Figure, keys: [String], at placeKey: String, clock: DisplayClock) -> String {
    let columns = FigureColumns(table: figure.table)
    let places = columns.cells(placeKey)
    var sentences = [head(figure, clock)]
    for key in keys.prefix(6) {
      sentences.append(series(columns.label(key), columns.cells(key), places, clock))
    }
    return sentences.joined(separator: " ")
  }

  /// Unit, time, sample count.
  static func head(_ figure: Figure, _ clock: DisplayClock) -> String {
    var text = SVGText.label(figure.unit, columns: 80)
    if let first = figure.first, let last = figure.last { text += ", \(clock.text(first)) to \(clock.text(last))" }
    return text + ", \(UnitText.integer(figure.samples)) samples, \(UnitText.integer(Int64(figure.table.rows.count))) rows."
  }

  private static func series(_ label: String, _ cells: [Cell], _ places: [Cell], _ clock: DisplayClock) -> String {
    let name = SVGText.label(label, columns: 60)
    var highest: (index: Int, value: Double)?
    var lowest: (index: Int, value: Double)?
    var missing = 0
    for (index, cell) in cells.enumerated() {
      guard let value = AxisUnit.value(cell) else {
        missing += 1
        continue
      }
      if highest.map({ value > $0.value }) ?? true { highest = (index, value) }
      if lowest.map({ value < $0.value }) ?? true { lowest = (index, value) }
    }
    guard let highest, let lowest else { return "\(name): no values." }
    func read(_ cell: Cell) -> String { SVGText.label(ReadableCell.text(cell, clock: clock), columns: 60) }
    var text = "\(name): highest \(read(cells[highest.index])) at \(read(places[highest.index]))"
    if highest.value > lowest.value {
      text += ", lowest \(read(cells[lowest.index])) at \(read(places[lowest.index]))"
    }
    return text + (missing > 0 ? ", \(UnitText.integer(Int64(missing))) missing." : ".")
  }
}
