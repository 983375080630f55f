import Traffic

/// One cell per row over two categories, shaded in five steps; what is absent is an empty frame.
enum HeatMapChart {
  static func svg(_ figure: Figure, x: String, y: String, value: String, clock: DisplayClock) -> String {
    let grid = HeatGrid(figure, x: x, y: y, value: value)
    let steps = HeatSteps(grid.cells.compactMap(\.value), unit: grid.unit)
    let legend = legend(figure.unit, steps, hasGaps: grid.hasGaps)
    let rowHeight = grid.rows.count <= 14 ? 22.0 : max(6, 308 / Double(grid.rows.count))
    let names = grid.rows.map { SVGText.label(text($0, clock), columns: 18) }
    let isTime = grid.columns.contains { if case .timestamp = $0 { true } else { false } }
    let frame = ChartFrame(
      legend: legend, labels: names, height: rowHeight * Double(max(1, grid.rows.count)),
      foot: (isTime ? TimeAxis.foot : 24) + (grid.isCut ? 18 : 0))
    let width = frame.width / Double(max(1, grid.columns.count))

    var body = legend.svg
    body += rowLabels(names, rowHeight, frame)
    body += columnLabels(grid, width, frame, clock)
    body += frame.plot(marks(grid, steps, width, rowHeight))
    if grid.isCut { body += note(grid, frame) }
    return frame.svg(
      figure, kind: "heat", summary: summary(figure, grid, value, clock),
      data: data(grid, x: x, y: y, value: value), body)
  }

  private static func marks(_ grid: HeatGrid, _ steps: HeatSteps, _ width: Double, _ height: Double) -> String {
    // Cells stand apart only where that leaves something of them.
    let gap = width >= 6 && height >= 10 ? 1.0 : 0
    var paths = [PathWriter](repeating: PathWriter(), count: 6)
    let holes = grid.holes.map { HeatGrid.Place(index: 0, column: $0.column, row: $0.row, value: nil) }
    let places = (grid.cells + holes).sorted { ($0.row, $0.column) < ($1.row, $1.column) }
    var index = 0
    while index < places.count {
      let first = places[index]
      let step = first.value.map(steps.step) ?? 5
      var length = 1
      // Equal neighbours that touch are one rectangle.
      while gap == 0, index + length < places.count, places[index + length].row == first.row,
        (places[index + length].value.map(steps.step) ?? 5) == step
      { length += 1 }
      paths[step].rectangle(
        Double(first.column) * width + gap / 2, Double(first.row) * height + gap / 2,
        Double(length) * width - gap, height - gap)
      index += length
    }
    return paths.enumerated().filter { !$1.isEmpty }.map { step, path in
      "<path class=\"\(step == 5 ? "hx" : "h\(step)")\" d=\"\(path.text)\"/>"
    }.joined()
  }

  private static func rowLabels(_ names: [String], _ height: Double, _ frame: ChartFrame) -> String {
    let every = max(1, Int((14 / height).rounded(.up)))
    let texts = names.enumerated().filter { $0.offset % every == 0 }.map { index, name in
      let y = frame.top + (Double(index) + 0.5) * height + 4
      return "<text x=\"\(n(frame.left - 6))\" y=\"\(n(y))\">\(SVGText.escape(name))</text>"
    }
    return "<g class=\"y\" text-anchor=\"end\">\(texts.joined())</g>"
  }

  private static func columnLabels(
    _ grid: HeatGrid, _ width: Double, _ frame: ChartFrame, _ clock: DisplayClock
  ) -> String {
    let times = grid.columns.compactMap { cell -> Int64? in
      if case .timestamp(let time) = cell { time.microseconds } else { nil }
    }
    // Instants at equal steps make an axis of time; anything else is a list of names.
    if times.count == grid.columns.count, let first = times.first, let last = times.last, times.count > 1,
      isEven(times)
    {
      let scale = PlotScale(
        kind: .linear, from: Double(first), until: Double(last), start: width / 2, end: frame.width - width / 2)
      return TimeAxis(first: first, last: last, clock: clock).svg(scale, frame)
    }
    let labels = grid.columns.enumerated().map { index, cell in
      ChartAxis.Label((Double(index) + 0.5) * width, SVGText.label(text(cell, clock), columns: 16))
    }
    return ChartAxis.horizontal(labels, frame, ticks: false)
  }

  private static func isEven(_ times: [Int64]) -> Bool {
    let steps = zip(times.dropFirst(), times).map { $0.subtractingReportingOverflow($1) }
    guard let first = steps.first, first.partialValue > 0 else { return false }
    return steps.allSatisfy { !$0.overflow && $0.partialValue == first.partialValue }
  }

  private static func legend(_ unit: String, _ steps: HeatSteps, hasGaps: Bool) -> ChartLegend {
    var entries = steps.labels.enumerated().map { index, label in
      ChartLegend.Entry(label: label, mark: "h\(steps.shades[index])", isLine: false)
    }
    if hasGaps { entries.append(ChartLegend.Entry(label: "no data", mark: "hx", isLine: false)) }
    return ChartLegend(unit: unit, entries: entries)
  }

  private static func note(_ grid: HeatGrid, _ frame: ChartFrame) -> String {
    "<text x=\"\(n(frame.left))\" y=\"\(n(frame.whole - 4))\">the first \(grid.rows.count) × \(grid.columns.count)"
      + " of \(grid.rowsInAll) × \(grid.columnsInAll); the table has all</text>"
  }

  private static func summary(_ figure: Figure, _ grid: HeatGrid, _ key: String, _ clock: DisplayClock) -> String {
    let columns = FigureColumns(table: figure.table)
    let cells = columns.cells(key)
    let head = ChartSummary.head(figure, clock)
    guard let highest = grid.cells.filter({ $0.value != nil }).max(by: { ($0.value ?? 0) < ($1.value ?? 0) }) else {
      return head + " No values."
    }
    let place = "\(text(grid.rows[highest.row], clock)), \(text(grid.columns[highest.column], clock))"
    let value = ReadableCell.text(cells[highest.index], clock: clock)
    return head + " Highest \(value) at \(SVGText.label(place, columns: 120))."
  }

  private static func data(_ grid: HeatGrid, x: String, y: String, value: String) -> [(String, String)] {
    let columns = FigureColumns(table: grid.table)
    return [
      columns.places("x", [x]), columns.places("y", [y]), columns.places("v", [y, value]),
      ("grid", "\(grid.columns.count) \(grid.rows.count)"),
    ]
  }

  private static func text(_ cell: Cell, _ clock: DisplayClock) -> String { ReadableCell.text(cell, clock: clock) }
  private static func n(_ value: Double) -> String { SVGText.number(value) }
}
