import Traffic

/// Draws a figure as one complete `<svg>`: classes of `ChartStyle`, `data-…` attributes for `ChartScript`, all text
/// escaped, no inline style.
enum FigureDrawing {
  static func svg(_ figure: Figure, clock: DisplayClock) -> String {
    switch figure.chart {
    case .line(let x, let series, let band): LineChart.svg(figure, x: x, series: series, band: band, clock: clock)
    case .heatMap(let x, let y, let value): HeatMapChart.svg(figure, x: x, y: y, value: value, clock: clock)
    default: ""
    }
  }
}
