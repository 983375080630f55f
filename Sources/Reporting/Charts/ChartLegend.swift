/// Names what is drawn, and the unit it is drawn in.
struct ChartLegend {
  struct Entry {
    var label: String
    /// Class of the mark: `s1` for a line, `f1` for an area.
    var mark: String
    var isLine: Bool

    static func line(_ label: String, _ series: Int) -> Entry {
      Entry(label: label, mark: "l s\(series % 6 + 1)", isLine: true)
    }
    static func area(_ label: String, _ series: Int) -> Entry {
      Entry(label: label, mark: "f\(series % 6 + 1)", isLine: false)
    }
  }

  /// Drawing units from the top.
  private(set) var height = 16.0
  private(set) var svg = ""

  /// - Parameter unit: what the value axis measures.
  init(unit: String, entries: [Entry]) {
    let unitText = SVGText.label(unit, columns: 48)
    var x = 0.0
    if !unitText.isEmpty {
      svg += "<text class=\"u\" y=\"12\">\(SVGText.escape(unitText))</text>"
      x = Double(DisplayWidth.of(unitText)) * Self.column + 14
    }
    // One series that is called as its unit is named once.
    let isPlain = entries.count == 1 && entries[0].label.lowercased() == unit.lowercased()
    for entry in isPlain ? [] : entries.prefix(Self.most) {
      let label = SVGText.label(entry.label, columns: 32)
      let width = Double(DisplayWidth.of(label)) * Self.column + 40
      if x > 0, x + width > ChartFrame.width {
        x = 0
        height += 20
      }
      svg += mark(entry, x) + "<text x=\"\(n(x + 26))\" y=\"\(n(height - 4))\">\(SVGText.escape(label))</text>"
      x += width
    }
    if entries.count > Self.most {
      height += 20
      svg += "<text y=\"\(n(height - 4))\">and \(entries.count - Self.most) more</text>"
    }
    svg = "<g class=\"k\">" + svg + "</g>"
  }

  /// Entries that are named; more could not be told apart.
  private static let most = 12
  /// Room for a column of text in the larger letters of a narrow screen.
  private static let column = 7.7

  private func mark(_ entry: Entry, _ x: Double) -> String {
    entry.isLine
      ? "<path class=\"\(entry.mark)\" d=\"M\(n(x)) \(n(height - 8))h20\"/>"
      : "<rect class=\"\(entry.mark)\" x=\"\(n(x + 6))\" y=\"\(n(height - 14))\" width=\"12\" height=\"12\"/>"
  }

  private func n(_ value: Double) -> String { SVGText.number(value) }
}
