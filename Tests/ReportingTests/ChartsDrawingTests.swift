import Testing
import Traffic

@testable import Reporting

private func time(_ second: Int64) -> Cell { .timestamp(Timestamp(microseconds: second * 1_000_000)) }

private func figure(_ chart: Chart, _ columns: [Column], _ rows: [[Cell]]) -> Figure {
  Figure(
    id: "f", title: "Figure", chart: chart, unit: "requests", first: nil, last: nil, samples: 10,
    table: Table(key: "t", columns: columns, rows: rows))
}

private let xy = [Column("x", "X", .timestamp), Column("v", "V", .integer), Column("w", "W", .integer)]

private func line(_ rows: [[Cell]]) -> Figure { figure(.line(x: "x", series: ["v"], band: nil), xy, rows) }

/// Width and height of the plot, from the attribute that the script reads.
private func size(_ root: SVGNode) -> (width: Double, height: Double) {
  let numbers = (root.attributes["data-plot"] ?? "").split(separator: " ").compactMap { Double($0) }
  return numbers.count == 4 ? (numbers[2], numbers[3]) : (0, 0)
}

private func path(_ figure: Figure, _ kind: String) throws -> (SVGPath, SVGNode) {
  let root = try SVGReader.read(FigureDrawing.svg(figure, clock: .utc))
  let plot = try #require(root.all("svg", class: "plot").first)
  let found = plot.all("path", class: kind).first?.attributes["d"] ?? ""
  return (try SVGPath(found), root)
}

@Suite("Drawings of charts") struct ChartsDrawingTests {
  @Test("points of a line lie exactly where their values belong")
  func exact() throws {
    let (path, root) = try path(line((0...4).map { [time($0 * 10), .integer($0 * 25), .absent] }), "l s1")
    let (width, height) = size(root)
    #expect(path.pieces == [(0...4).map { SVGPath.Place(width * Double($0) / 4, height * (1 - Double($0) / 4)) }])
  }

  @Test("rows are drawn in the order of x, whatever the table's order")
  func order() throws {
    let rows: [[Cell]] = [[time(20), .integer(4), .absent], [time(0), .integer(0), .absent], [time(10), .integer(2), .absent]]
    let (path, root) = try path(line(rows), "l s1")
    #expect(path.pieces.map { $0.map(\.x) } == [[0, SVGPath.Place(size(root).width / 2, 0).x, SVGPath.Place(size(root).width, 0).x]])
  }

  @Test("an absent value breaks the line; a value between two gaps is a dot")
  func gaps() throws {
    let values: [Cell] = [.integer(1), .integer(2), .absent, .integer(3), .tooFew(samples: 1, needed: 2), .integer(0), .integer(4)]
    let (path, _) = try path(line(values.enumerated().map { [time(Int64($0) * 60), $1, .absent] }), "l s1")
    #expect(path.pieces.map(\.count) == [2, 2, 2])
    #expect(path.pieces[1][0] == path.pieces[1][1])
    #expect(path.pieces[2][0].y == 200)
  }

  @Test("a missing row breaks the line when the others are equally far apart")
  func missingRows() throws {
    let even = [0, 1, 2, 3, 7, 8, 9].map { [time($0 * 60), .integer(1), .absent] }
    #expect(try path(line(even), "l s1").0.pieces.map(\.count) == [4, 3])
    let uneven = [0, 1, 3, 7, 15, 31].map { [time($0 * 60), .integer(1), .absent] }
    #expect(try path(line(uneven), "l s1").0.pieces.map(\.count) == [6])
  }

  @Test("many points keep every extreme in every unit of width")
  func manyPoints() throws {
    var values = (0..<5_000).map { Int64($0 % 10 + 50) }
    values[3_210] = 100
    values[4_444] = 0
    let (path, root) = try path(line(values.enumerated().map { [time(Int64($0)), .integer($1), .absent] }), "l s1")
    let places = try #require(path.pieces.first)
    let (width, height) = size(root)
    #expect(path.pieces.count == 1 && places.count <= 4 * 650)
    #expect(places.contains(SVGPath.Place(width * 3_210 / 4_999, 0)))
    #expect(places.contains(SVGPath.Place(width * 4_444 / 4_999, height)))
    #expect(places.first?.x == 0 && places.last == SVGPath.Place(width, height * (1 - Double(values[4_999]) / 100)))
  }

  @Test("areas stand on each other, and a row with an unknown part has none")
  func stacks() throws {
    let rows: [[Cell]] = [
      [time(0), .integer(20), .integer(20)], [time(1), .integer(50), .integer(50)], [time(2), .integer(10), .absent],
      [time(3), .integer(0), .integer(100)], [time(4), .integer(100), .integer(0)],
    ]
    let upper = try path(figure(.stackedArea(x: "x", series: ["v", "w"]), xy, rows), "e f2").0
    #expect(upper.pieces.map { $0.map(\.y) } == [[120, 0, 100, 160], [0, 0, 0, 200]])
    let lower = try path(figure(.stackedArea(x: "x", series: ["v", "w"]), xy, rows), "e f1").0
    #expect(lower.pieces.map { $0.map(\.y) } == [[160, 100, 200, 200], [200, 0, 200, 200]])
  }

  @Test("a band is drawn only where both of its edges are known")
  func bands() throws {
    let rows: [[Cell]] = [
      [time(0), .integer(0), .integer(100)], [time(1), .integer(50), .integer(50)], [time(2), .absent, .integer(60)],
      [time(3), .integer(10), .integer(20)], [time(4), .integer(10), .integer(20)],
    ]
    let chart = Chart.line(x: "x", series: [], band: Chart.Band(low: "v", high: "w"))
    let band = try path(figure(chart, xy, rows), "b").0
    #expect(band.pieces.map { $0.map(\.y) } == [[0, 100, 100, 200], [160, 160, 180, 180]])
  }

  @Test("a heat map has one rectangle per place, and its shades have round bounds")
  func heat() throws {
    let columns = [Column("x", "X", .text), Column("y", "Y", .text), Column("v", "V", .integer)]
    let rows: [[Cell]] = [
      [.text("a"), .text("one"), .integer(0)], [.text("b"), .text("one"), .integer(100)], [.text("a"), .text("two"), .absent],
    ]
    let chart = Chart.heatMap(x: "x", y: "y", value: "v")
    let (low, root) = try path(figure(chart, columns, rows), "h0")
    let width = size(root).width
    #expect(low.pieces.map(\.first) == [SVGPath.Place(0.5, 0.5)])
    #expect(try path(figure(chart, columns, rows), "h4").0.pieces.map(\.first) == [SVGPath.Place(width / 2 + 0.5, 0.5)])
    #expect(try path(figure(chart, columns, rows), "hx").0.pieces.map(\.first) == [SVGPath.Place(0.5, 22.5), SVGPath.Place(width / 2 + 0.5, 22.5)])
    let steps = HeatSteps([0, 100], unit: .count)
    #expect(steps.labels == ["0 – 20", "20 – 40", "40 – 60", "60 – 80", "≥ 80"])
    #expect([0, 19, 20, 99, 100].map { steps.step($0) } == [0, 0, 1, 4, 4])
    #expect(HeatSteps([0, 109_976], unit: .count).labels == ["0 – 25,000", "25,000 – 50,000", "50,000 – 75,000", "75,000 – 100,000", "≥ 100,000"])
    #expect(HeatSteps([7, 7], unit: .count).labels == ["7"])
    #expect(HeatSteps([], unit: .count).labels.isEmpty)
  }

  @Test("bars of a histogram begin and end at their bounds on the logarithmic axis")
  func histogram() throws {
    let columns = [Column("a", "A", .duration), Column("b", "B", .duration), Column("v", "V", .integer), Column("w", "W", .integer)]
    func us(_ count: Int64) -> Cell { .duration(Microseconds(count)) }
    let rows: [[Cell]] = [
      [us(100), us(1_000), .integer(50), .integer(1)], [us(1_000), us(10_000), .integer(100), .integer(100)],
      [us(10_000), us(100_000), .absent, .integer(0)],
    ]
    let (single, root) = try path(figure(.logHistogram(from: "a", until: "b", series: ["v"]), columns, rows), "f1")
    let third = size(root).width / 3
    #expect(single.pieces == [
      [.init(0.5, 200), .init(0.5, 100), .init(third - 0.5, 100), .init(third - 0.5, 200)],
      [.init(third + 0.5, 200), .init(third + 0.5, 0), .init(2 * third - 0.5, 0), .init(2 * third - 0.5, 200)],
    ])
    let outline = try path(figure(.logHistogram(from: "a", until: "b", series: ["v", "w"]), columns, rows), "l s2").0
    #expect(outline.pieces.map { $0.map(\.y) } == [[200, 198, 198, 0, 0, 200, 200, 200]])
  }

  @Test("every further nine of a percentile curve takes the same room, the maximum half of it")
  func percentiles() throws {
    let columns = [Column("q", "Q", .integer), Column("v", "V", .duration)]
    let rows: [[Cell]] = zip([0, 0.9, 0.99, 1], [1, 10, 100, 1_000]).map { [.real($0), .duration(Microseconds($1))] }
    let (path, root) = try path(figure(.percentileCurve(quantile: "q", series: ["v"]), columns, rows), "l s1")
    let (width, height) = size(root)
    #expect(path.pieces == [[
      .init(0, height), .init(width / 2.5, height * 2 / 3), .init(width * 2 / 2.5, height / 3), .init(width, 0),
    ]])
    #expect(root.all("text").map(\.text).filter { $0.hasPrefix("p") || $0 == "max" || $0 == "min" } == ["min", "p50", "p75", "p90", "p95", "p99", "max"])
  }

  @Test("a timeline has a bar per row, and a hair where the end is unknown")
  func timeline() throws {
    let columns = [Column("l", "L", .text), Column("a", "A", .timestamp), Column("b", "B", .timestamp), Column("s", "S", .text)]
    let rows: [[Cell]] = [
      [.text("one"), time(0), time(50), .text("up")], [.text("two"), time(50), time(100), .text("up")], [.text("one"), time(50), .absent, .text("down")],
    ]
    let chart = Chart.timeline(lane: "l", from: "a", until: "b", state: "s")
    let (up, root) = try path(figure(chart, columns, rows), "e f1")
    let half = size(root).width / 2
    #expect(up.pieces.map { [$0[0], $0[2]] } == [[.init(0, 19), .init(half, 30)], [.init(half, 53), .init(2 * half, 64)]])
    let down = try path(figure(chart, columns, rows), "e f2").0
    #expect(down.pieces.map { [$0[0], $0[2]] } == [[.init(half, 19), .init(half + 0.5, 30)]])
  }

  @Test("labels along an axis never touch")
  func labels() {
    let frame = ChartFrame(legend: ChartLegend(unit: "u", entries: []), labels: [])
    for count in [2, 20, 200] {
      let labels = (0..<count).map { ChartAxis.Label(frame.width * Double($0) / Double(count), "label \($0)") }
      let kept = ChartAxis.thinned(labels, frame)
      func half(_ label: ChartAxis.Label) -> Double { Double(label.text.count) * ChartFrame.column / 2 }
      #expect(zip(kept, kept.dropFirst()).allSatisfy { $0.center + half($0) < $1.center - half($1) })
      let wide = kept.filter { !$0.isMinor }
      #expect(zip(wide, wide.dropFirst()).allSatisfy { $0.center + half($0) * 1.5 < $1.center - half($1) * 1.5 })
    }
  }

  @Test("steps of a path are differences of rounded places")
  func rounding() throws {
    var writer = PathWriter()
    writer.move(0, 0)
    for index in 1...1_000 { writer.line(Double(index) / 3, Double(index) / 7) }
    let places = try SVGPath(writer.text).pieces[0]
    #expect(places.last == SVGPath.Place(1_000.0 / 3, 1_000.0 / 7))
  }

  @Test("numbers are as short as they can be", arguments: [
    (0, "0"), (12, "12"), (12.5, "12.5"), (0.25, ".25"), (-0.5, "-.5"), (0.004, "0"), (-0.004, "0"), (1.006, "1.01"), (3.1, "3.1"), (.nan, "0"), (.infinity, "0"),
  ] as [(Double, String)])
  func numbers(value: Double, text: String) { #expect(SVGText.number(value) == text) }

  @Test("the description names range, highest value, its place and what is missing")
  func description() throws {
    let rows: [[Cell]] = [[time(0), .integer(5), .absent], [time(60), .integer(1_500), .absent], [time(120), .absent, .absent]]
    let root = try SVGReader.read(FigureDrawing.svg(line(rows), clock: .utc))
    #expect(root.all("desc").first?.text
      == "requests, 10 samples, 3 rows. V: highest 1,500 at 1970-01-01 00:01:00Z, lowest 5 at 1970-01-01 00:00:00Z, 1 missing.")
  }
}
