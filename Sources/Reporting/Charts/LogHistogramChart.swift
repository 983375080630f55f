import Traffic

/// Counts in ranges of duration on a logarithmic axis: bars for one series, outlines for several.
///
/// A range that begins at 0 is drawn from half of the smallest bound above 0: the axis has no zero.
enum LogHistogramChart {
  /// A bar's range and its count.
  struct Bar: Hashable, Sendable {
    var from: Double
    var until: Double
    var count: Double?
  }

  static func svg(
    _ figure: Figure, from: String, until: String, series: [String], clock: DisplayClock
  ) -> String {
    let columns = FigureColumns(table: figure.table)
    let bars = series.map { ranges(columns, from, until, $0) }
    let unit = columns.unit(series)
    let highest = bars.joined().compactMap(\.count).max() ?? 0
    let (y, ticks) = SeriesAxes.even(0, max(0, highest), unit)
    let isSingle = series.count == 1
    let entries = series.enumerated().map { index, key in
      isSingle ? ChartLegend.Entry.area(columns.label(key), index) : .line(columns.label(key), index)
    }
    let legend = ChartLegend(unit: figure.unit, entries: entries)
    let labels = ChartAxis.labels(ticks, unit, y)
    let frame = ChartFrame(legend: legend, labels: labels.map(\.text))
    let x = scale(bars.first ?? [], frame)
    let axis = LogTicks.ticks(from: x.from, to: x.until, atMost: 14)
      .map { ChartAxis.Label(x.place($0), columns.unit([until, from]).text($0)) }

    var marks = ""
    for (index, series) in bars.enumerated() {
      let outline = outline(series, x, y, gap: isSingle && series.count <= 150 ? 0.5 : 0)
      let look = isSingle ? "f\(index % 6 + 1)" : "l s\(index % 6 + 1)"
      marks += isSingle ? "" : "<path class=\"v f\(index % 6 + 1)\" d=\"\(outline)\"/>"
      marks += "<path class=\"\(look)\" d=\"\(outline)\"/>"
    }
    let data = [
      columns.places("x", [from]), columns.places("u", [until]), columns.places("v", series),
      ("scale", "log"), ("domain", "\(x.from) \(x.until)"),
    ]
    return frame.svg(
      figure, kind: "histogram", summary: ChartSummary.text(figure, keys: series, at: from, clock: clock), data: data,
      legend.svg + ChartAxis.vertical(labels, frame) + frame.plot(marks) + ChartAxis.base(frame)
        + ChartAxis.horizontal(axis, frame))
  }

  /// Ranges that are none (upside down, or without an end above 0) are left out.
  private static func ranges(_ columns: FigureColumns, _ from: String, _ until: String, _ key: String) -> [Bar] {
    let edges = zip(columns.numbers(from), columns.numbers(until))
    let all = zip(edges, columns.numbers(key)).compactMap { edges, count -> Bar? in
      guard let low = edges.0, let high = edges.1, high > max(0, low) else { return nil }
      return Bar(from: low, until: high, count: count)
    }
    return all.sorted { ($0.from, $0.until) < ($1.from, $1.until) }
  }

  private static func scale(_ bars: [Bar], _ frame: ChartFrame) -> PlotScale {
    let bounds = bars.flatMap { [$0.from, $0.until] }.filter { $0 > 0 }
    let least = bounds.min() ?? 1
    let low = bars.contains { $0.from <= 0 } ? least / 2 : least
    return PlotScale(kind: .log, from: low, until: max(bounds.max() ?? 10, low * 1.5), start: 0, end: frame.width)
  }

  /// Bars side by side in one outline; with a gap, every bar by itself.
  private static func outline(_ bars: [Bar], _ x: PlotScale, _ y: PlotScale, gap: Double) -> String {
    var path = PathWriter()
    var open: Double?
    for bar in bars {
      let (left, right) = (x.place(bar.from), x.place(bar.until))
      let isJoined = open == bar.from && gap == 0 && bar.count != nil
      if open != nil, !isJoined {
        path.line(x.place(open ?? 0), y.start)
        path.close()
        open = nil
      }
      guard let count = bar.count else { continue }
      let inset = right - left > 4 * gap ? gap : 0
      if !isJoined { path.move(left + inset, y.start) }
      path.line(left + inset, y.place(max(0, count)))
      path.line(right - inset, y.place(max(0, count)))
      if gap > 0 {
        path.line(right - inset, y.start)
        path.close()
      } else {
        open = bar.until
      }
    }
    if let open {
      path.line(x.place(open), y.start)
      path.close()
    }
    return path.text
  }
}
