import Traffic

/// One lane per thing, a bar for every span of time, coloured by state. A bar without an end is a hair.
enum TimelineChart {
  /// Most lanes that are drawn.
  static let mostLanes = 40
  private static let laneHeight = 34.0

  private struct Bar {
    var lane: Int
    var state: Int
    var from: Double
    var until: Double?
  }

  static func svg(
    _ figure: Figure, lane: String, from: String, until: String, state: String, clock: DisplayClock
  ) -> String {
    let columns = FigureColumns(table: figure.table)
    let (laneOf, lanes) = distinct(columns.cells(lane), clock)
    let (stateOf, states) = distinct(columns.cells(state), clock)
    let starts = columns.numbers(from)
    let ends = columns.numbers(until)
    let bars = starts.indices.compactMap { row -> Bar? in
      guard let start = starts[row], laneOf[row] < mostLanes else { return nil }
      return Bar(lane: laneOf[row], state: stateOf[row], from: start, until: ends[row])
    }
    let times = bars.flatMap { [$0.from, $0.until ?? $0.from] }
    let (first, last) = (AxisUnit.whole(times.min() ?? 0), AxisUnit.whole(times.max() ?? 0))
    let time = TimeAxis(first: first, last: last, clock: clock)
    let shown = min(lanes.count, mostLanes)
    let legend = ChartLegend(unit: figure.unit, entries: states.enumerated().map { .area($1, $0) })
    let frame = ChartFrame(
      legend: legend, labels: [], height: laneHeight * Double(max(1, shown)),
      foot: TimeAxis.foot + (lanes.count > shown ? 18 : 0))
    let scale = PlotScale(kind: .linear, from: Double(first), until: Double(last), start: 0, end: frame.width)

    var body = legend.svg + names(lanes.prefix(shown), frame)
    if !bars.isEmpty { body += time.svg(scale, frame) }
    body += frame.plot(marks(bars, states.count, scale)) + ChartAxis.base(frame)
    if lanes.count > shown { body += note(shown, lanes.count, frame) }
    let data = [
      columns.places("x", [from]), columns.places("u", [until]), columns.places("y", [lane]),
      columns.places("v", [lane, state]), ("lane", SVGText.number(laneHeight)),
    ]
    return frame.svg(figure, kind: "timeline", summary: summary(figure, lanes, states, clock), data: data + time.data, body)
  }

  private static func marks(_ bars: [Bar], _ states: Int, _ scale: PlotScale) -> String {
    var paths = [PathWriter](repeating: PathWriter(), count: 6)
    for bar in bars {
      let left = scale.place(bar.from)
      let width = max(0.5, scale.place(max(bar.until ?? bar.from, bar.from)) - left)
      paths[bar.state % 6].rectangle(left, Double(bar.lane) * laneHeight + 19, width, 11)
    }
    return paths.enumerated().filter { !$1.isEmpty }.map { "<path class=\"e f\($0 + 1)\" d=\"\($1.text)\"/>" }.joined()
  }

  /// Names stand above their bars, so that long ones have room on a narrow screen too.
  private static func names(_ lanes: some Sequence<String>, _ frame: ChartFrame) -> String {
    let texts = lanes.enumerated().map { index, name in
      let y = frame.top + Double(index) * laneHeight + 14
      return "<text class=\"t\" x=\"\(SVGText.number(frame.left))\" y=\"\(SVGText.number(y))\">\(SVGText.escape(name))</text>"
    }
    return texts.joined()
  }

  private static func note(_ shown: Int, _ all: Int, _ frame: ChartFrame) -> String {
    "<text x=\"\(SVGText.number(frame.left))\" y=\"\(SVGText.number(frame.whole - 4))\">the first \(shown) of \(all); "
      + "the table has all</text>"
  }

  private static func summary(_ figure: Figure, _ lanes: [String], _ states: [String], _ clock: DisplayClock) -> String {
    let names = states.prefix(6).joined(separator: ", ")
    return ChartSummary.head(figure, clock) + " \(lanes.count) lanes; states: \(names)."
  }

  /// Each cell's number among the different texts, by first appearance.
  private static func distinct(_ cells: [Cell], _ clock: DisplayClock) -> (numbers: [Int], names: [String]) {
    var known: [Cell: Int] = [:]
    var names: [String] = []
    let numbers = cells.map { cell in
      if let number = known[cell] { return number }
      known[cell] = names.count
      names.append(SVGText.label(ReadableCell.text(cell, clock: clock), columns: 48))
      return names.count - 1
    }
    return (numbers, names)
  }
}
