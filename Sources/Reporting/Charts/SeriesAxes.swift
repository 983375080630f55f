import Traffic

/// Rows in the order of x, with the axes that hold them: what line and area charts share.
struct SeriesAxes {
  let figure: Figure
  let clock: DisplayClock
  let columns: FigureColumns
  let xKey: String
  let xUnit: AxisUnit
  let yUnit: AxisUnit
  /// Rows that have an x, by rising x.
  let order: [Int]
  let xs: [Double]
  let hole: Double

  init(_ figure: Figure, x: String, values: [String], clock: DisplayClock) {
    self.figure = figure
    self.clock = clock
    let columns = FigureColumns(table: figure.table)
    self.columns = columns
    xKey = x
    xUnit = AxisUnit(columns.cells(x))
    yUnit = columns.unit(values)
    let all = columns.numbers(x)
    let order = all.indices.filter { all[$0] != nil }.sorted { ((all[$0] ?? 0), $0) < ((all[$1] ?? 0), $1) }
    self.order = order
    xs = order.map { all[$0] ?? 0 }
    hole = PlotPoints.hole(xs)
  }

  /// A column's numbers in the order of x.
  func values(_ key: String) -> [Double?] {
    let all = columns.numbers(key)
    return order.map { all[$0] }
  }

  /// The axis of values up to `highest` and down to `lowest`, always with 0; of durations that lie more than a
  /// hundredfold apart a logarithmic one.
  func vertical(_ lowest: Double, _ highest: Double, smallest: Double, mayStretch: Bool) -> (PlotScale, [Double]) {
    if mayStretch, yUnit == .duration, smallest > 0, highest / smallest > 100 {
      let (low, high) = LogTicks.around(smallest, highest)
      let scale = PlotScale(kind: .log, from: low, until: high, start: 200, end: 0)
      return (scale, LogTicks.ticks(from: low, to: high, atMost: 7))
    }
    return Self.even(min(0, lowest), max(0, highest), yUnit)
  }

  /// An even axis that begins and ends at a tick.
  static func even(_ low: Double, _ high: Double, _ unit: AxisUnit, height: Double = 200) -> (PlotScale, [Double]) {
    let top = high > low ? high : low + 1
    let step = unit.step(top - low, atMost: 5)
    let (from, until) = ((low / step - 1e-9).rounded(.up) * step, (top / step - 1e-9).rounded(.up) * step)
    let bottom = from > low ? from - step : from
    let scale = PlotScale(kind: .linear, from: bottom, until: until, start: height, end: 0)
    return (scale, LinearTicks.multiples(of: step, from: bottom, to: until))
  }

  func horizontal(_ frame: ChartFrame) -> PlotScale {
    PlotScale(kind: .linear, from: xs.first ?? 0, until: xs.last ?? 0, start: 0, end: frame.width)
  }

  /// The axis below the plot.
  func horizontalAxis(_ scale: PlotScale, _ frame: ChartFrame) -> String {
    if let time = timeAxis { return time.svg(scale, frame) }
    let ticks = xUnit.ticks(from: scale.from, to: scale.until, atMost: 8)
    let places = ticks.isEmpty && !xs.isEmpty ? [scale.from] : ticks
    return ChartAxis.horizontal(ChartAxis.labels(places, xUnit, scale), frame)
  }

  var foot: Double { timeAxis == nil ? 24 : TimeAxis.foot }

  /// What the script reads: where x and the series are in the table, and the time that is shown.
  func data(_ keys: [String]) -> [(String, String)] {
    let domain = timeAxis?.data ?? [("domain", "\(xs.first ?? 0) \(xs.last ?? 0)")]
    return [columns.places("x", [xKey]), columns.places("v", keys)] + domain
  }

  private var timeAxis: TimeAxis? {
    guard xUnit == .time, let first = xs.first, let last = xs.last else { return nil }
    return TimeAxis(first: AxisUnit.whole(first), last: AxisUnit.whole(last), clock: clock)
  }
}
