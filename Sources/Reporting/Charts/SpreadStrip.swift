import Traffic

/// A distribution in one line: p50 to p99 as a bar, on to the maximum as a hair, on a logarithmic axis.
enum SpreadStrip {
  private static let width = 120.0
  private static let height = 22.0
  static let names = ["p50", "p90", "p95", "p99", "p99.9", "max"]

  /// The axis of a whole column, at round values; nil where no cell has a duration above 0.
  static func domain(_ column: [Cell]) -> PlotScale? {
    var (low, high) = (Double.infinity, 0.0)
    for case .spread(let lengths) in column {
      for length in lengths {
        guard let length, length.count > 0 else { continue }
        low = min(low, Double(length.count))
        high = max(high, Double(length.count))
      }
    }
    guard high > 0 else { return nil }
    let (from, until) = LogTicks.around(low, high)
    return PlotScale(kind: .log, from: from, until: until, start: 4, end: width - 4)
  }

  static func svg(_ lengths: [Microseconds?], domain: PlotScale?) -> String {
    let body = domain.map { marks(lengths, $0) } ?? ""
    let size = "viewBox=\"0 0 \(SVGText.number(width)) \(SVGText.number(height))\""
    return "<svg class=\"spread\" role=\"img\" \(size)><title>\(SVGText.escape(summary(lengths)))</title>\(body)</svg>"
  }

  private static func marks(_ lengths: [Microseconds?], _ scale: PlotScale) -> String {
    let middle = height / 2
    var grid = PathWriter()
    for tick in LogTicks.ticks(from: scale.from, to: scale.until, atMost: 40) where isDecade(tick) {
      grid.move(scale.place(tick), 2)
      grid.line(scale.place(tick), height - 2)
    }
    var body = grid.isEmpty ? "" : "<path class=\"g\" d=\"\(grid.text)\"/>"
    func place(_ index: Int) -> Double? {
      guard lengths.indices.contains(index), let length = lengths[index], length.count != .absent else { return nil }
      return scale.place(Double(length.count))
    }
    let known = (0..<6).compactMap(place)
    guard let first = known.first, let last = known.last else { return body }
    var hair = PathWriter()
    hair.move(first, middle)
    hair.line(last, middle)
    body += "<path class=\"w\" d=\"\(hair.text)\"/>"
    var bar = PathWriter()
    let end = place(3) ?? place(2) ?? place(1) ?? first
    bar.rectangle(first, middle - 4, max(1, end - first), 8)
    body += "<path class=\"f1\" d=\"\(bar.text)\"/>"
    var dots = PathWriter()
    dots.move(first, middle - 7)
    dots.line(first, middle + 7)
    body += "<path class=\"p\" d=\"\(dots.text)\"/>"
    var end2 = PathWriter()
    end2.dot(last, middle)
    return body + "<path class=\"o w\" d=\"\(end2.text)\"/>"
  }

  private static func isDecade(_ tick: Double) -> Bool {
    let exponent = Logarithm.base10(tick)
    return (exponent - exponent.rounded()).magnitude < 1e-9
  }

  /// "p50 4.00 ms, p99 n too small, max 1.20 s".
  static func summary(_ lengths: [Microseconds?]) -> String {
    zip(names, lengths).map { name, length in "\(name) " + (length.map(UnitText.duration) ?? "n too small") }
      .joined(separator: ", ")
  }
}
