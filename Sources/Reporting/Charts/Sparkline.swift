import Traffic

/// A trend in a table's cell: a line from 0 to the highest count, its highest and last point marked.
enum Sparkline {
  private static let width = 96.0
  private static let height = 22.0

  static func svg(_ counts: [Int64]) -> String {
    let values = counts.map { $0 == .absent ? nil : Double($0) }
    let known = values.compactMap { $0 }
    let (low, high) = (min(0, known.min() ?? 0), max(known.max() ?? 0, 0))
    // Nothing but zeros lies on the floor.
    let y = PlotScale(kind: .linear, from: low, until: high > low ? high : low + 1, start: height - 3, end: 3)
    let x = PlotScale(kind: .linear, from: 0, until: Double(max(1, counts.count - 1)), start: 3, end: width - 3)
    let points = PlotPoints(counts.indices.map(Double.init), values, hole: .infinity)
    var body = "<path class=\"l s1\" d=\"\(LineChart.path(points, x, y))\"/>"
    if let last = values.indices.last(where: { values[$0] != nil }), let value = values[last] {
      var dot = PathWriter()
      dot.dot(x.place(Double(last)), y.place(value))
      body += "<path class=\"o s1\" d=\"\(dot.text)\"/>"
    }
    let size = "viewBox=\"0 0 \(SVGText.number(width)) \(SVGText.number(height))\""
    return "<svg class=\"spark\" role=\"img\" \(size)><title>\(SVGText.escape(summary(counts)))</title>\(body)</svg>"
  }

  /// "24 values, lowest 0, highest 1,234, last 12".
  static func summary(_ counts: [Int64]) -> String {
    let known = counts.filter { $0 != .absent }
    guard let low = known.min(), let high = known.max(), let last = known.last else { return "no values" }
    let missing = counts.count - known.count
    return "\(counts.count) values, lowest \(UnitText.integer(low)), highest \(UnitText.integer(high)), last "
      + UnitText.integer(last) + (missing > 0 ? ", \(missing) missing" : "")
  }
}
