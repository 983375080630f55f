import Traffic

/// Draws a figure as one complete `<svg>`: classes of `ChartStyle`, `data-…` attributes for `ChartScript`, all text
/// escaped, no inline style.
enum FigureDrawing {
  static func svg(_ figure: Figure, clock: DisplayClock) -> String {
    switch figure.chart {
    case .line(let x, let series, let band): LineChart.svg(figure, x: x, series: series, band: band, clock: clock)
    case .stackedArea(let x, let series): StackedAreaChart.svg(figure, x: x, series: series, clock: clock)
    case .heatMap(let x, let y, let value): HeatMapChart.svg(figure, x: x, y: y, value: value, clock: clock)
    case .logHistogram(let from, let until, let series):
      LogHistogramChart.svg(figure, from: from, until: until, series: series, clock: clock)
    case .percentileCurve(let quantile, let series):
      PercentileCurveChart.svg(figure, quantile: quantile, series: series, clock: clock)
    case .frontier(let rate, let series): FrontierChart.svg(figure, rate: rate, series: series, clock: clock)
    case .timeline(let lane, let from, let until, let state):
      TimelineChart.svg(figure, lane: lane, from: from, until: until, state: state, clock: clock)
    case .waterfall(let label, let depth, let start, let length):
      WaterfallChart.svg(figure, label: label, depth: depth, start: start, length: length, clock: clock)
    }
  }
}
