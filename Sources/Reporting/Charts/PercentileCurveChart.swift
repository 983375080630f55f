import Traffic

/// Durations over quantiles, the axis stretched so that every further nine takes the same room.
enum PercentileCurveChart {
  static func svg(_ figure: Figure, quantile: String, series: [String], clock: DisplayClock) -> String {
    let axes = SeriesAxes(figure, x: quantile, values: series, clock: clock)
    let values = series.flatMap { axes.values($0).compactMap { $0 } }
    let positive = values.filter { $0 > 0 }
    let (low, high) = LogTicks.around(positive.min() ?? 1, positive.max() ?? 10)
    let y = PlotScale(kind: .log, from: low, until: high, start: 220, end: 0)
    let legend = ChartLegend(
      unit: figure.unit, entries: series.enumerated().map { .line(axes.columns.label($1), $0) })
    let labels = LogTicks.ticks(from: low, to: high, atMost: 8).map { ChartAxis.Label(y.place($0), axes.yUnit.text($0)) }
    let frame = ChartFrame(legend: legend, labels: labels.map(\.text), height: 220)
    let x = scale(axes.xs, frame)

    var marks = ""
    for (index, key) in series.enumerated() {
      let points = PlotPoints(axes.xs, axes.values(key), hole: .infinity)
      marks += "<path class=\"l s\(index % 6 + 1)\" d=\"\(LineChart.path(points, x, y))\"/>"
      marks += PointMarks.svg(points, x, y, series: index)
    }
    return frame.svg(
      figure, kind: "percentiles", summary: ChartSummary.text(figure, keys: series, at: quantile, clock: clock),
      data: axes.data(series) + [("scale", "tail"), ("ends", "\(x.from) \(x.until)")],
      legend.svg + ChartAxis.vertical(labels, frame) + ChartAxis.horizontal(ticks(axes.xs, x), frame)
        + frame.plot(marks))
  }

  /// From the lowest quantile to the highest below 1; a row for 1 (the maximum) stands half a nine further on.
  private static func scale(_ quantiles: [Double], _ frame: ChartFrame) -> PlotScale {
    let below = quantiles.filter { $0 < 1 && $0 >= 0 }
    let last = PlotScale.stretch(below.last ?? 0.9, .tail)
    let hasMaximum = quantiles.last.map { $0 >= 1 } ?? false
    let until = 1 - Logarithm.exponential(-(last + (hasMaximum ? 0.5 : 0)))
    return PlotScale(kind: .tail, from: below.first ?? 0, until: until, start: 0, end: frame.width)
  }

  private static func ticks(_ quantiles: [Double], _ x: PlotScale) -> [ChartAxis.Label] {
    let shown: [(Double, String)] = [
      (0, "min"), (0.5, "p50"), (0.75, "p75"), (0.9, "p90"), (0.95, "p95"), (0.99, "p99"), (0.999, "p99.9"),
      (0.9999, "p99.99"), (0.99999, "p99.999"), (0.999999, "p99.9999"),
    ]
    let last = quantiles.last { $0 < 1 } ?? 0.9
    var labels = shown.filter { $0.0 >= x.from && $0.0 <= last + 1e-12 }.map { ChartAxis.Label(x.place($0.0), $0.1) }
    if quantiles.last.map({ $0 >= 1 }) ?? false { labels.append(ChartAxis.Label(x.end, "max")) }
    return labels
  }
}
