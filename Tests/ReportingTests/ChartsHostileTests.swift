import Testing
import Traffic

@testable import Reporting

private let texts: [String] = [
  "<script>alert(1)</script>", "\"><svg onload=alert(1)>", "' onclick='x", "&lt;&amp;&", "\u{202E}evil", "שלום", "a\u{0}b\u{1B}[31m\n\r\t",
  "]]>", "<!--", "\u{FFFE}\u{FFFF}", "日本語テキスト", "👩‍👩‍👧e\u{301}", "", String(repeating: "A<", count: 200_000), "javascript:alert(1)", "${x}`",
]

@Suite("Charts of anything") struct ChartsHostileTests {
  private let allowed: Set<String> = ["svg", "title", "desc", "g", "path", "rect", "text", "tspan"]

  /// Well-formed, of our own elements only, without style, script or link, with a name.
  private func check(_ svg: String, _ note: String) throws {
    let root = try SVGReader.read(svg)
    #expect(root.attributes["role"] == "img", "\(note)")
    #expect(root.children.first?.name == "title", "\(note)")
    for node in root.all {
      #expect(allowed.contains(node.name), "\(note): \(node.name)")
      for key in node.attributes.keys {
        #expect(!key.hasPrefix("on") && key != "style" && key != "href" && key != "id", "\(note): \(key)")
      }
      if let path = node.attributes["d"] { _ = try SVGPath(path) }
      #expect(!node.text.unicodeScalars.contains { VisibleText.acts($0) && !(0x2068...0x2069).contains($0.value) }, "\(note)")
    }
    for word in ["nan", "inf"] {
      let numbers = root.all.flatMap { node in ["d", "x", "y", "width", "height", "viewBox"].compactMap { node.attributes[$0] } }
      #expect(!numbers.contains { $0.contains(word) }, "\(note)")
    }
  }

  @Test("are well-formed for every degenerate input", arguments: ChartsSamples.charts.indices, ChartsSamples.degenerate.indices)
  func degenerate(chart: Int, input: Int) throws {
    let (name, rows) = ChartsSamples.degenerate[input]
    let figure = ChartsSamples.figure(ChartsSamples.charts[chart], rows)
    let svg = FigureDrawing.svg(figure, clock: .utc)
    try check(svg, "\(figure.chart): \(name)")
    #expect(svg.utf8.count < 200_000, "\(figure.chart): \(name)")
    #expect(svg == FigureDrawing.svg(figure, clock: .utc))
    _ = FigureText.text(figure)
  }

  @Test("keep hostile text as text, in every place that has text", arguments: ChartsSamples.charts.indices)
  func hostile(chart: Int) throws {
    for text in texts {
      var rows = [ChartsSamples.row(1, name: text), ChartsSamples.row(2, name: "plain"), ChartsSamples.row(3, name: text)]
      rows[0].other = .text(text)
      let figure = ChartsSamples.figure(ChartsSamples.charts[chart], rows, label: text)
      let clock = DisplayClock(name: text) { _ in 3_600 }
      let svg = FigureDrawing.svg(figure, clock: clock)
      try check(svg, "\(figure.chart)")
      #expect(svg.utf8.count < 50_000)
      let drawn = FigureText.text(figure) ?? ""
      #expect(!drawn.unicodeScalars.contains { VisibleText.acts($0) && $0 != "\n" })
    }
  }

  @Test("a clock whose offsets are absurd draws as well", arguments: [Int64.min / 4, -50_400, 50_400, Int64.max / 4])
  func clocks(offset: Int64) throws {
    let clock = DisplayClock(name: "x") { _ in min(max(offset, -100_000_000), 100_000_000) }
    for chart in ChartsSamples.charts {
      try check(FigureDrawing.svg(ChartsSamples.figure(chart, (0..<9).map { ChartsSamples.row($0) }), clock: clock), "\(chart)")
    }
  }

  @Test("cells of tables draw anything", arguments: [
    [], [.min], [0], [0, 0, 0], [.max, .min + 1], [1, .min, 3], [5], Array(repeating: 7, count: 5_000),
  ] as [[Int64]])
  func sparklines(counts: [Int64]) throws {
    let svg = CellDrawing.svg(.series(counts), in: [])
    try check(svg, "\(counts.count)")
    #expect(svg.utf8.count < 60_000)
    #expect(FigureText.cell(.series(counts)).unicodeScalars.count <= 24)
    let lengths = counts.prefix(6).map { $0 == .absent ? nil : Microseconds($0) }
    let column: [Cell] = [.spread(lengths), .absent, .spread([Microseconds(1_000)]), .text("x")]
    for cell in column where CellDrawing.svg(cell, in: column) != "" {
      try check(CellDrawing.svg(cell, in: column), "\(counts)")
    }
    _ = FigureText.cell(.spread(lengths))
  }

  @Test("the script and the style do nothing that a strict policy forbids")
  func policy() {
    for word in ["eval(", "innerHTML", "outerHTML", "insertAdjacent", ".style", "document.write", "Function(", "</", "<!--", "fetch(", "import", "http:", "url("] {
      #expect(!ChartScript.source.replacing("http://www.w3.org/2000/svg", with: "").contains(word), "\(word)")
      #expect(!ChartStyle.source.contains(word), "\(word)")
    }
    #expect(ChartScript.source.utf8.count + ChartStyle.source.utf8.count < 24_000)
  }
}
