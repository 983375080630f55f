import Traffic

/// The spans of one trace from its beginning: a bar each, its name and length above it.
enum WaterfallChart {
  /// Most spans that are drawn.
  static let most = 200
  private static let rowHeight = 27.0

  static func svg(
    _ figure: Figure, label: String, depth: String, start: String, length: String, clock: DisplayClock
  ) -> String {
    let columns = FigureColumns(table: figure.table)
    let shown = min(figure.table.rows.count, most)
    let starts = Array(columns.numbers(start).prefix(shown))
    let lengths = Array(columns.numbers(length).prefix(shown))
    let ends = zip(starts, lengths).compactMap { start, length in start.map { $0 + max(0, length ?? 0) } }
    let low = min(0, starts.compactMap { $0 }.min() ?? 0)
    let unit = columns.unit([start, length])
    let legend = ChartLegend(unit: figure.unit, entries: [])
    let frame = ChartFrame(
      legend: legend, labels: [], height: rowHeight * Double(max(1, shown)),
      foot: 24 + (figure.table.rows.count > shown ? 18 : 0))
    let x = PlotScale(kind: .linear, from: low, until: max(ends.max() ?? 0, low + 1), start: 0, end: frame.width)
    let labels = unit.ticks(from: x.from, to: x.until, atMost: 7).map { ChartAxis.Label(x.place($0), unit.text($0)) }

    let depths = columns.numbers(depth)
    let read = [label, length].map { columns.cells($0).prefix(shown).map { ReadableCell.text($0, clock: clock) } }
    var names = ""
    var paths = [PathWriter](repeating: PathWriter(), count: 6)
    for row in 0..<shown {
      guard let from = starts[row] else { continue }
      let place = x.place(from)
      let top = Double(row) * rowHeight
      let width = max(1, x.place(from + max(0, lengths[row] ?? 0)) - place)
      paths[Int(min(max(depths[row] ?? 0, 0), 1_000)) % 6].rectangle(place, top + 17, width, 7)
      names += name(SVGText.label(read[0][row], columns: 40), SVGText.label(read[1][row], columns: 24), place, frame.top + top + 13, frame)
    }
    let bars = paths.enumerated().filter { !$1.isEmpty }.map { "<path class=\"f\($0 + 1)\" d=\"\($1.text)\"/>" }
    var body = legend.svg + grid(labels, frame) + names + frame.plot(bars.joined())
    body += ChartAxis.base(frame) + ChartAxis.horizontal(labels, frame)
    if figure.table.rows.count > shown { body += note(shown, figure.table.rows.count, frame) }
    let data = [
      columns.places("x", [start]), columns.places("u", [length]), columns.places("v", [label, length]),
      ("domain", "\(x.from) \(x.until)"), ("lane", SVGText.number(rowHeight)),
    ]
    return frame.svg(
      figure, kind: "waterfall", summary: ChartSummary.text(figure, keys: [length], at: label, clock: clock),
      data: data, body)
  }

  /// Beside the bar's beginning, or ending at the plot's edge where it would not fit.
  private static func name(
    _ label: String, _ length: String, _ place: Double, _ y: Double, _ frame: ChartFrame
  ) -> String {
    let columns = Double(DisplayWidth.of(label) + DisplayWidth.of(length) + 2)
    let isRight = place + columns * ChartFrame.narrowColumn > frame.width
    let x = isRight ? frame.left + frame.width : frame.left + place
    let anchor = isRight ? " text-anchor=\"end\"" : ""
    return "<text\(anchor) x=\"\(SVGText.number(x))\" y=\"\(SVGText.number(y))\"><tspan class=\"t\">"
      + "\(SVGText.escape(label))</tspan> \(SVGText.escape(length))</text>"
  }

  private static func grid(_ labels: [ChartAxis.Label], _ frame: ChartFrame) -> String {
    var lines = PathWriter()
    for label in labels {
      lines.move(frame.left + label.place, frame.top)
      lines.line(frame.left + label.place, frame.bottom)
    }
    return lines.isEmpty ? "" : "<path class=\"g\" d=\"\(lines.text)\"/>"
  }

  private static func note(_ shown: Int, _ all: Int, _ frame: ChartFrame) -> String {
    "<text x=\"\(SVGText.number(frame.left))\" y=\"\(SVGText.number(frame.whole - 4))\">the first \(shown) of \(all); "
      + "the table has all</text>"
  }
}
