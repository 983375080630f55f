import Traffic

/// Draws the lines and labels of an axis.
enum ChartAxis {
  /// A label and its place along the axis.
  struct Label: Hashable, Sendable {
    var place: Double
    var text: String
    /// Where the text's middle is.
    var center: Double
    /// Left out where letters are larger.
    var isMinor = false

    init(_ place: Double, _ text: String) {
      self.place = place
      self.text = text
      center = place
    }
  }

  /// Ticks with their texts, at their places.
  static func labels(_ ticks: [Double], _ unit: AxisUnit, _ scale: PlotScale) -> [Label] {
    zip(ticks, unit.texts(ticks)).map { Label(scale.place($0), $1) }
  }

  /// Lines across the plot with their labels to the left.
  static func vertical(_ labels: [Label], _ frame: ChartFrame) -> String {
    var lines = PathWriter()
    var texts = ""
    for label in labels {
      let y = frame.top + label.place
      lines.move(frame.left, y)
      lines.line(frame.left + frame.width, y)
      texts += "<text x=\"\(n(frame.left - 6))\" y=\"\(n(y + 4))\">\(SVGText.escape(label.text))</text>"
    }
    return "<path class=\"g\" d=\"\(lines.text)\"/><g class=\"y\" text-anchor=\"end\">\(texts)</g>"
  }

  /// Ticks and labels below the plot, as many as there is room for.
  static func horizontal(_ labels: [Label], _ frame: ChartFrame, row: Int = 0, ticks: Bool = true) -> String {
    var marks = PathWriter()
    var texts = ""
    let y = frame.bottom + 18 + Double(row) * 18
    for label in thinned(labels, frame) {
      let x = frame.left + label.place
      if ticks {
        marks.move(x, frame.bottom)
        marks.line(x, frame.bottom + 4)
      }
      let name = label.isMinor ? " class=\"n\"" : ""
      texts += "<text\(name) x=\"\(n(frame.left + label.center))\" y=\"\(n(y))\">\(SVGText.escape(label.text))</text>"
    }
    let lines = marks.isEmpty ? "" : "<path class=\"a\" d=\"\(marks.text)\"/>"
    return lines + "<g class=\"x\" text-anchor=\"middle\">\(texts)</g>"
  }

  /// The line on which bars stand.
  static func base(_ frame: ChartFrame) -> String {
    var line = PathWriter()
    line.move(frame.left, frame.bottom)
    line.line(frame.left + frame.width, frame.bottom)
    return "<path class=\"a\" d=\"\(line.text)\"/>"
  }

  /// Labels that do not touch each other, those that would in larger letters marked as minor.
  static func thinned(_ labels: [Label], _ frame: ChartFrame) -> [Label] {
    var kept: [Label] = []
    var end = -Double.infinity
    var narrowEnd = -Double.infinity
    for var label in labels {
      let columns = Double(DisplayWidth.of(label.text))
      let half = columns * ChartFrame.column / 2
      let narrowHalf = columns * ChartFrame.narrowColumn / 2
      // The first and the last label stay inside the drawing.
      let center = max(narrowHalf, min(frame.left + label.place, ChartFrame.width - narrowHalf))
      guard center - half >= end else { continue }
      end = center + half + 8
      label.center = center - frame.left
      label.isMinor = center - narrowHalf < narrowEnd
      if !label.isMinor { narrowEnd = center + narrowHalf + 10 }
      kept.append(label)
    }
    return kept
  }

  private static func n(_ value: Double) -> String { SVGText.number(value) }
}
