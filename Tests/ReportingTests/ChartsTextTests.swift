import Testing
import Traffic

@testable import Reporting

private func figure(_ chart: Chart, _ columns: [Column], _ rows: [[Cell]]) -> Figure {
  Figure(
    id: "f", title: "Figure", chart: chart, unit: "requests", first: nil, last: nil, samples: 10,
    table: Table(key: "t", columns: columns, rows: rows))
}

private func time(_ second: Int64) -> Cell { .timestamp(Timestamp(microseconds: second * 1_000_000)) }

@Suite("Charts as text") struct ChartsTextTests {
  @Test("a trend has a step per value, and a space where there is none")
  func trends() {
    #expect(FigureText.cell(.series([0, 1, 2, 3, 4, 5, 6, 7])) == "▁▂▃▄▅▆▇█")
    #expect(FigureText.cell(.series([7, .absent, 0])) == "█ ▁")
    #expect(FigureText.cell(.series([0, 0])) == "▁▁")
    #expect(FigureText.cell(.series([])) == "")
    #expect(FigureText.cell(.series((0..<48).map { $0 == 30 ? 9 : 1 })) == "▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂█▂▂▂▂▂▂▂▂")
  }

  @Test("a distribution names its median and its maximum", arguments: [
    ([4_000, 9_000, 15_000, 60_000, 200_000, 1_200_000], "4.00 ms ├─────┤ 1.20 s"), ([4_000, nil, nil, nil, nil, 8_000], "4.00 ms ├─┤ 8.00 ms"),
    ([nil, nil, nil, nil, nil, 8_000], "8.00 ms"), ([nil], "–"), ([], "–"), ([0, .max], "0 µs ├────────────┤ 106,751,991d 04h"),
  ] as [([Int64?], String)])
  func spreads(lengths: [Int64?], text: String) {
    #expect(FigureText.cell(.spread(lengths.map { $0.map { Microseconds($0) } })) == text)
  }

  @Test("a line chart is a trend per series with its lowest and highest value")
  func lines() {
    let columns = [Column("x", "Time", .timestamp), Column("a", "Served", .integer), Column("b", "p99", .duration)]
    let rows: [[Cell]] = [
      [time(0), .integer(0), .duration(Microseconds(7_000))], [time(1), .integer(1_400), .absent],
      [time(2), .integer(700), .duration(Microseconds(3_000))],
    ]
    #expect(FigureText.text(figure(.line(x: "x", series: ["a", "b"], band: nil), columns, rows)) == """
      Served  ▁█▅  0 – 1,400
      p99     █ ▄  3.00 ms – 7.00 ms
      """)
  }

  @Test("a heat map is a line of shades per row, with its bounds")
  func heat() {
    let columns = [Column("x", "Hour", .text), Column("y", "Day", .text), Column("v", "Requests", .integer)]
    let rows: [[Cell]] = [
      [.text("0"), .text("Mon"), .integer(0)], [.text("1"), .text("Mon"), .integer(30)], [.text("2"), .text("Mon"), .integer(100)],
      [.text("0"), .text("Tuesday"), .integer(70)], [.text("2"), .text("Tuesday"), .absent],
    ]
    #expect(FigureText.text(figure(.heatMap(x: "x", y: "y", value: "v"), columns, rows)) == """
      Mon      ··░░██
      Tuesday  ▓▓    
               · 0 – 20   ░ 20 – 40   ▒ 40 – 60   ▓ 60 – 80   █ ≥ 80
      """)
  }

  @Test("a histogram is a bar per range, from the first to the last that holds something")
  func histogram() {
    let columns = [Column("a", "From", .duration), Column("b", "Until", .duration), Column("v", "Requests", .integer)]
    let rows: [[Cell]] = [(1, 10, 0), (10, 100, 80), (100, 1_000, 0), (1_000, 10_000, 1), (10_000, 100_000, 0)].map {
      [.duration(Microseconds($0)), .duration(Microseconds($1)), .integer($2)]
    }
    #expect(FigureText.text(figure(.logHistogram(from: "a", until: "b", series: ["v"]), columns, rows)) == """
        10 µs  ████████████████████████████████████████ 80
       100 µs   0
      1.00 ms  ▌ 1
      """)
  }

  @Test("what a table says better has no text")
  func tables() {
    let columns = [Column("q", "Q", .integer), Column("v", "V", .duration)]
    let rows: [[Cell]] = [[.real(0.5), .duration(Microseconds(5))]]
    #expect(FigureText.text(figure(.percentileCurve(quantile: "q", series: ["v"]), columns, rows)) == nil)
    #expect(FigureText.text(figure(.line(x: "q", series: ["v"], band: nil), columns, [])) == nil)
    #expect(FigureText.cell(.integer(5)) == "")
  }
}
