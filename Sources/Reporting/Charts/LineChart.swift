import Traffic

/// One line per series over time or numbers, with the area between two columns shaded.
enum LineChart {
  static func svg(
    _ figure: Figure, x: String, series: [String], band: Chart.Band?, clock: DisplayClock
  ) -> String {
    let edges = band.map { [$0.low, $0.high] } ?? []
    let axes = SeriesAxes(figure, x: x, values: series + edges, clock: clock)
    let numbers = (series + edges).flatMap { axes.values($0).compactMap { $0 } }
    let smallest = numbers.min() ?? 0
    let (y, ticks) = axes.vertical(smallest, numbers.max() ?? 0, smallest: smallest, mayStretch: true)

    var entries = series.enumerated().map { ChartLegend.Entry.line(axes.columns.label($1), $0) }
    if let band {
      let label = axes.columns.label(band.low) + " – " + axes.columns.label(band.high)
      entries.append(ChartLegend.Entry(label: label, mark: "b", isLine: false))
    }
    let legend = ChartLegend(unit: figure.unit, entries: entries)
    let labels = ChartAxis.labels(ticks, axes.yUnit, y)
    let frame = ChartFrame(legend: legend, labels: labels.map(\.text), foot: axes.foot)
    let scale = axes.horizontal(frame)

    var marks = band.map { shade(axes, $0, scale, y) } ?? ""
    for (index, key) in series.enumerated() {
      let points = PlotPoints(axes.xs, axes.values(key), hole: axes.hole)
      marks += "<path class=\"l s\(index % 6 + 1)\" d=\"\(path(points, scale, y))\"/>"
    }
    return frame.svg(
      figure, kind: "line", summary: ChartSummary.text(figure, keys: series, at: x, clock: clock),
      data: axes.data(series + edges),
      legend.svg + ChartAxis.vertical(labels, frame) + axes.horizontalAxis(scale, frame) + frame.plot(marks))
  }

  /// Every run as a line; a point between two gaps as a dot.
  static func path(_ points: PlotPoints, _ x: PlotScale, _ y: PlotScale) -> String {
    var path = PathWriter()
    for run in points.runs {
      let placed = PlotPoints.placed(run, x, y)
      guard let first = placed.first else { continue }
      if placed.count == 1 {
        path.dot(first.x, first.y)
      } else {
        path.move(first.x, first.y)
        for point in placed.dropFirst() { path.line(point.x, point.y) }
      }
    }
    return path.text
  }

  /// The band, only where both of its edges are known.
  private static func shade(_ axes: SeriesAxes, _ band: Chart.Band, _ x: PlotScale, _ y: PlotScale) -> String {
    let (lows, highs) = (axes.values(band.low), axes.values(band.high))
    let low = PlotPoints(axes.xs, zip(lows, highs).map { $1 == nil ? nil : $0 }, hole: axes.hole)
    let high = PlotPoints(axes.xs, zip(highs, lows).map { $1 == nil ? nil : $0 }, hole: axes.hole)
    return "<path class=\"b\" d=\"\(area(low, high, x, y))\"/>"
  }

  /// The area between two series that have the same runs.
  static func area(_ low: PlotPoints, _ high: PlotPoints, _ x: PlotScale, _ y: PlotScale) -> String {
    var path = PathWriter()
    for (under, over) in zip(low.runs, high.runs) {
      let top = PlotPoints.placed(over, x, y)
      guard let first = top.first else { continue }
      // A single point is as wide as a hair.
      let width = top.count == 1 ? 1.0 : 0
      path.move(first.x - width / 2, first.y)
      for point in top.dropFirst() { path.line(point.x, point.y) }
      if width > 0 { path.line(first.x + width / 2, first.y) }
      for point in PlotPoints.placed(under, x, y).reversed() {
        if width > 0 { path.line(point.x + width / 2, point.y) }
        path.line(point.x - width / 2, point.y)
      }
      path.close()
    }
    return path.text
  }
}
