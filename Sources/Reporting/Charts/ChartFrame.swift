import Traffic

/// Where the parts of a chart are, in drawing units: legend on top, value labels to the left, places below.
///
///     ┌ unit ── legend ─────────┐ 0
///     │ 40 ┤ plot               │ top
///     │  0 ┤                    │ top + height
///     │     00:00  06:00        │
///     └─────────────────────────┘ whole
struct ChartFrame: Hashable, Sendable {
  static let width = 640.0
  /// Widths of one column of text: as usual, and in the larger letters of a narrow screen.
  static let column = 6.9
  static let narrowColumn = 10.4

  var left: Double
  var top: Double
  var height: Double
  /// Units below the plot.
  var foot: Double

  var width: Double { Self.width - left - 10 }
  var whole: Double { top + height + foot }
  var bottom: Double { top + height }

  init(legend: ChartLegend, labels: [String], height: Double = 200, foot: Double = 24) {
    let columns = labels.map(DisplayWidth.of).max() ?? 0
    left = Double(columns) * 9.6 + 10
    top = legend.height + 14
    self.height = height
    self.foot = foot
  }

  /// The part of the drawing that a zoom stretches; marks in it have the plot's upper left corner as their origin.
  func plot(_ marks: String) -> String {
    // A little more than the plot, so that a line along its edge keeps its width.
    let place = "x=\"\(n(left - 4))\" y=\"\(n(top - 4))\" width=\"\(n(width + 8))\" height=\"\(n(height + 8))\""
    let view = "viewBox=\"-4 -4 \(n(width + 8)) \(n(height + 8))\" preserveAspectRatio=\"none\""
    return "<svg class=\"plot\" \(place) \(view)>\(marks)</svg>"
  }

  /// The complete drawing.
  /// - Parameter data: what `ChartScript` reads, as `data-…` attributes.
  func svg(_ figure: Figure, kind: String, summary: String, data: [(String, String)], _ body: String) -> String {
    let all = [("chart", kind), ("plot", [left, top, width, height].map(n).joined(separator: " "))] + data
    let attributes = all.map { " data-\($0.0)=\"\(SVGText.escape($0.1))\"" }.joined()
    let title = SVGText.escape(SVGText.label(figure.title, columns: 200))
    return "<svg class=\"chart\" role=\"img\" viewBox=\"0 0 \(n(Self.width)) \(n(whole))\"\(attributes)>"
      + "<title>\(title)</title><desc>\(SVGText.escape(summary))</desc>\(body)</svg>"
  }

  private func n(_ value: Double) -> String { SVGText.number(value) }
}
