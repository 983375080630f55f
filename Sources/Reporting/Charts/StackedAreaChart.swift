import Traffic

/// Series on top of each other. Where one of them is absent their sum is unknown, and nothing is drawn.
enum StackedAreaChart {
  static func svg(_ figure: Figure, x: String, series: [String], clock: DisplayClock) -> String {
    let axes = SeriesAxes(figure, x: x, values: series, clock: clock)
    let sums = sums(axes, series)
    let highest = sums.last?.compactMap { $0 }.max() ?? 0
    let (y, ticks) = axes.vertical(0, highest, smallest: 0, mayStretch: false)
    // The topmost layer is named first, as it is seen.
    let entries = series.enumerated().map { ChartLegend.Entry.area(axes.columns.label($1), $0) }
    let legend = ChartLegend(unit: figure.unit, entries: entries.reversed())
    let labels = ChartAxis.labels(ticks, axes.yUnit, y)
    let frame = ChartFrame(legend: legend, labels: labels.map(\.text), foot: axes.foot)
    let scale = axes.horizontal(frame)

    let layers = sums.map { PlotPoints(axes.xs, $0, hole: axes.hole) }
    var marks = ""
    for (index, pair) in zip(layers, layers.dropFirst()).enumerated() {
      marks += "<path class=\"e f\(index % 6 + 1)\" d=\"\(LineChart.area(pair.0, pair.1, scale, y))\"/>"
    }
    return frame.svg(
      figure, kind: "area", summary: ChartSummary.text(figure, keys: series, at: x, clock: clock),
      data: axes.data(series),
      legend.svg + ChartAxis.vertical(labels, frame) + axes.horizontalAxis(scale, frame) + frame.plot(marks))
  }

  /// Zero, then the sum up to each series, per row.
  private static func sums(_ axes: SeriesAxes, _ series: [String]) -> [[Double?]] {
    let columns = series.map { axes.values($0).map { $0.map { max(0, $0) } } }
    var sums: [[Double?]] = [axes.order.indices.map { row in columns.allSatisfy { $0[row] != nil } ? 0 : nil }]
    for column in columns {
      let below = sums[sums.count - 1]
      sums.append(zip(below, column).map { sum, value in sum.flatMap { sum in value.map { sum + $0 } } })
    }
    return sums
  }
}
