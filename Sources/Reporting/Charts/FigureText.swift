import Traffic

/// Figures where only text can be drawn: terminals and Markdown. Labels are harmless for a terminal; a renderer
/// escapes them for its own language.
enum FigureText {
  /// Columns that a trend or a bar takes.
  private static let width = 60

  /// One line per series, row or bar; nil where a table says it better.
  static func text(_ figure: Figure) -> String? {
    guard !figure.table.rows.isEmpty else { return nil }
    switch figure.chart {
    case .line(_, let series, _), .stackedArea(_, let series): return trends(figure, series)
    case .heatMap(let x, let y, let value): return shades(figure, x, y, value)
    case .logHistogram(let from, _, let series): return bars(figure, from, series)
    case .percentileCurve, .frontier, .timeline, .waterfall: return nil
    }
  }

  /// `▁▂▅█▃` for a trend, `4.00 ms ├──┤ 1.20 s` for a distribution, nothing for other cells.
  static func cell(_ cell: Cell) -> String {
    switch cell {
    case .series(let counts): trend(counts)
    case .spread(let lengths): spread(lengths)
    default: ""
    }
  }

  private static func trend(_ counts: [Int64]) -> String {
    BlockText.trend(BlockText.highest(counts.map { $0 == .absent ? nil : Double($0) }, in: 24))
  }

  /// Median (or the lowest there is) to maximum, two columns per power of ten.
  private static func spread(_ lengths: [Microseconds?]) -> String {
    let known = lengths.compactMap { $0 }.filter { $0.count != .absent }
    guard let first = known.first, let last = known.last else { return "–" }
    guard known.count > 1, last > first else { return UnitText.duration(first) }
    let decades = Logarithm.base10(Double(max(1, last.count)) / Double(max(1, first.count)))
    let dashes = String(repeating: "─", count: Int(min(12, max(1, (decades * 2).rounded()))))
    return UnitText.duration(first) + " ├" + dashes + "┤ " + UnitText.duration(last)
  }

  // MARK: Trends

  private static func trends(_ figure: Figure, _ series: [String]) -> String? {
    let columns = FigureColumns(table: figure.table)
    let names = series.map { SVGText.label(columns.label($0), columns: 24) }
    let widest = names.map(DisplayWidth.of).max() ?? 0
    return zip(names, series).map { name, key in
      let values = columns.numbers(key)
      let trend = BlockText.trend(BlockText.highest(values, in: width))
      return padded(name, widest) + "  " + trend + "  " + range(columns.cells(key))
    }.joined(separator: "\n")
  }

  /// The lowest and the highest of the cells.
  private static func range(_ cells: [Cell]) -> String {
    let known = cells.filter { AxisUnit.value($0) != nil }
    func value(_ cell: Cell) -> Double { AxisUnit.value(cell) ?? 0 }
    guard let low = known.min(by: { value($0) < value($1) }), let high = known.max(by: { value($0) < value($1) }) else {
      return "no values"
    }
    return ReadableCell.text(low, clock: .utc) + " – " + ReadableCell.text(high, clock: .utc)
  }

  // MARK: Heat maps

  private static func shades(_ figure: Figure, _ x: String, _ y: String, _ value: String) -> String? {
    let grid = HeatGrid(figure, x: x, y: y, value: value)
    guard grid.columns.count <= 2 * width, !grid.columns.isEmpty else { return nil }
    let steps = HeatSteps(grid.cells.compactMap(\.value), unit: grid.unit)
    var places = [[String]](
      repeating: [String](repeating: " ", count: grid.columns.count), count: grid.rows.count)
    for cell in grid.cells { places[cell.row][cell.column] = cell.value.map { BlockText.shade(steps.step($0)) } ?? " " }
    let wide = grid.columns.count <= width / 2 ? 2 : 1
    let names = grid.rows.map { SVGText.label(ReadableCell.text($0, clock: .utc), columns: 24) }
    let widest = names.map(DisplayWidth.of).max() ?? 0
    var lines = zip(names, places).map { name, row in
      padded(name, widest) + "  " + row.map { String(repeating: $0, count: wide) }.joined()
    }
    let key = zip(steps.shades, steps.labels).map { BlockText.shade($0) + " " + $1 }.joined(separator: "   ")
    lines.append(String(repeating: " ", count: widest) + "  " + key)
    if grid.isCut {
      lines.append("the first \(grid.rows.count) × \(grid.columns.count) of \(grid.rowsInAll) × \(grid.columnsInAll)")
    }
    return lines.joined(separator: "\n")
  }

  // MARK: Histograms

  /// One line per range, one bar per series; at most 60 ranges, from the first to the last that holds something.
  private static func bars(_ figure: Figure, _ from: String, _ series: [String]) -> String? {
    let columns = FigureColumns(table: figure.table)
    guard series.count == 1, let key = series.first else { return nil }
    let counts = columns.numbers(key)
    let filled = counts.indices.filter { (counts[$0] ?? 0) > 0 }
    guard let first = filled.first, let last = filled.last, last - first < 60 else { return nil }
    let highest = counts.compactMap { $0 }.max() ?? 0
    let unit = columns.unit([key])
    let names = columns.cells(from)[first...last].map { ReadableCell.text($0, clock: .utc) }
    let widest = names.map(DisplayWidth.of).max() ?? 0
    return zip(first...last, names).map { row, name in
      let place = String(repeating: " ", count: max(0, widest - DisplayWidth.of(name))) + name
      guard let count = counts[row] else { return place + "  –" }
      return place + "  " + BlockText.bar(count / highest, columns: 40) + " " + unit.text(count)
    }.joined(separator: "\n")
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - DisplayWidth.of(text)))
  }
}
