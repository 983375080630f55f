import Traffic

/// Smallest burst over rate: every point computed; above and to the right of a line, nothing more is rejected.
enum FrontierChart {
  static func svg(_ figure: Figure, rate: String, series: [String], clock: DisplayClock) -> String {
    let axes = SeriesAxes(figure, x: rate, values: series, clock: clock)
    let values = series.flatMap { axes.values($0).compactMap { $0 } }
    let (y, ticks) = vertical(values, axes.yUnit)
    let legend = ChartLegend(
      unit: figure.unit, entries: series.enumerated().map { .line(axes.columns.label($1), $0) })
    let labels = ChartAxis.labels(ticks, axes.yUnit, y)
    let frame = ChartFrame(legend: legend, labels: labels.map(\.text), height: 220, foot: 44)
    let x = axes.horizontal(frame)

    var marks = ""
    for (index, key) in series.enumerated() {
      let points = PlotPoints(axes.xs, axes.values(key), hole: .infinity)
      marks += "<path class=\"l s\(index % 6 + 1)\" d=\"\(LineChart.path(points, x, y))\"/>"
      marks += PointMarks.svg(points, x, y, series: index)
    }
    let name = ChartAxis.Label(frame.width / 2, SVGText.label(axes.columns.label(rate), columns: 40))
    return frame.svg(
      figure, kind: "frontier", summary: ChartSummary.text(figure, keys: series, at: rate, clock: clock),
      data: axes.data(series),
      legend.svg + ChartAxis.vertical(labels, frame) + axes.horizontalAxis(x, frame)
        + ChartAxis.horizontal([name], frame, row: 1, ticks: false) + frame.plot(marks))
  }

  /// Logarithmic where bursts lie more than fiftyfold apart: both ends of a frontier matter.
  private static func vertical(_ values: [Double], _ unit: AxisUnit) -> (PlotScale, [Double]) {
    guard let low = values.min(), let high = values.max(), low > 0, high / low > 50 else {
      return SeriesAxes.even(min(0, values.min() ?? 0), max(0, values.max() ?? 0), unit, height: 220)
    }
    let (from, until) = LogTicks.around(low, high)
    let scale = PlotScale(kind: .log, from: from, until: until, start: 220, end: 0)
    return (scale, LogTicks.ticks(from: from, to: until, atMost: 8))
  }
}
