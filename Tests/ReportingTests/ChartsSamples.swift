import Traffic

@testable import Reporting

/// Figures of every kind over the same rows, for tests that hold for all of them.
enum ChartsSamples {
  /// Cells that a row may hold where a number or a text is expected.
  struct Row {
    var time: Cell
    var name: Cell
    var other: Cell
    var from: Cell
    var until: Cell
    var value: Cell
    var share: Cell
  }

  static func table(_ rows: [Row], label: String = "Label") -> Table {
    Table(
      key: "rows",
      columns: [
        Column("time", label, .timestamp), Column("name", label, .text), Column("other", label, .text),
        Column("from", label, .duration), Column("until", label, .duration), Column("value", label, .integer),
        Column("share", label, .ratio),
      ], rows: rows.map { [$0.time, $0.name, $0.other, $0.from, $0.until, $0.value, $0.share] })
  }

  static let charts: [Chart] = [
    .line(x: "time", series: ["value"], band: nil),
    .line(x: "time", series: ["value", "share"], band: Chart.Band(low: "from", high: "until")),
    .line(x: "value", series: ["from"], band: nil), .stackedArea(x: "time", series: ["value", "share"]),
    .heatMap(x: "name", y: "other", value: "value"), .heatMap(x: "time", y: "name", value: "share"),
    .logHistogram(from: "from", until: "until", series: ["value"]),
    .logHistogram(from: "from", until: "until", series: ["value", "share"]),
    .percentileCurve(quantile: "share", series: ["from", "until"]), .frontier(rate: "value", series: ["value", "from"]),
    .timeline(lane: "name", from: "time", until: "time", state: "other"),
    .waterfall(label: "name", depth: "value", start: "from", length: "until"),
    .line(x: "missing", series: ["missing"], band: Chart.Band(low: "missing", high: "value")), .line(x: "time", series: [], band: nil),
    .stackedArea(x: "name", series: []), .logHistogram(from: "name", until: "other", series: ["name"]),
    .percentileCurve(quantile: "name", series: ["other"]), .timeline(lane: "missing", from: "time", until: "missing", state: "missing"),
    .waterfall(label: "missing", depth: "missing", start: "value", length: "missing"),
  ]

  static func figure(_ chart: Chart, _ rows: [Row], label: String = "Label") -> Figure {
    Figure(
      id: "figure", title: label, chart: chart, unit: label, first: Timestamp(microseconds: .min), last: Timestamp(microseconds: .max),
      samples: .max, table: table(rows, label: label))
  }

  static func row(_ number: Int64, name: String = "a") -> Row {
    Row(
      time: .timestamp(Timestamp(microseconds: number &* 1_000_000)), name: .text(name), other: .text("b\(number % 7)"),
      from: .duration(Microseconds(number)), until: .duration(Microseconds(number &+ 1)), value: .integer(number), share: .ratio(number, of: 5_000))
  }

  static let absent = Row(time: .absent, name: .absent, other: .absent, from: .absent, until: .absent, value: .absent, share: .absent)

  /// A row whose every number is `value`.
  static func extreme(_ value: Int64) -> Row {
    Row(
      time: .timestamp(Timestamp(microseconds: value)), name: .text(String(value)), other: .text("x"), from: .duration(Microseconds(value)),
      until: .duration(Microseconds(value &- 1)), value: .integer(value), share: .ratio(value, of: 1))
  }

  /// Named inputs that leave a chart little or too much to draw.
  static let degenerate: [(name: String, rows: [Row])] = [
    ("no rows", []), ("one row", [row(3)]), ("one row at zero", [row(0)]), ("all equal", [row(3), row(3), row(3)]),
    ("all absent", [absent, absent]), ("absent in between", [row(1), absent, row(3), row(4)]), ("negative", [row(-5), row(-3)]),
    ("extremes", [extreme(.max), extreme(.min + 1), extreme(0)]), ("absent marks", [extreme(.min), row(1)]), ("highest twice", [extreme(.max), extreme(.max)]),
    ("too few", [Row(time: .timestamp(Timestamp(microseconds: 0)), name: .flag(true), other: .series([1]), from: .tooFew(samples: 1, needed: 2), until: .spread([nil]), value: .real(.nan), share: .real(.infinity))]),
    ("real extremes", [Row(time: .real(1e300), name: .real(-1e300), other: .bytes(.max), from: .rate(.max, over: Microseconds(1)), until: .bytes(.max), value: .real(1e308), share: .real(-1e308)), row(1)]),
    ("unordered", [row(9), row(2), row(5), row(2)]), ("5,000 rows", (0..<5_000).map { row($0, name: "n\($0)") }),
  ]
}
