import Analysis
import Traffic

@testable import Reporting

/// A small report with every block a document can have, and every kind of cell.
///
/// Each text is given to `planted` first, with the position it stands in, so that a test can put hostile text there.
struct EveryBlock {
  var planted: (_ position: String, _ text: String) -> String = { $1 }

  var document: Document {
    Document(
      name: "report", title: text("title", "Night of 21 November"),
      blocks: [
        .section(Section(id: "verdict", title: text("section", "Verdict"), blocks: statements)),
        .section(Section(id: "findings", title: "Findings", blocks: [.finding(finding), .finding(notice)])),
        .section(Section(id: text("section id", "routes"), title: "Routes", blocks: routes)),
        .section(Section(id: "traffic", title: "Traffic", blocks: [.figure(figure), .explorer(explorer)])),
        .section(Section(id: "method", title: "Method and definitions", blocks: method)),
      ])
  }

  // MARK: Blocks

  private var statements: [Document.Block] {
    [
      .statement(Statement("errors", .bad, "\(.text(text("statement", "partner-17"))) lost \(.ratio(41, of: 1_000)) of its checkout calls between 09:00 and 09:04.", query("sum(status >= 500), count(*)"))),
      .statement(Statement("latency", .attention, "p99 was \(.duration(Microseconds(812_000))) over \(.integer(4_000_000)) requests.", query("p99(duration), count(*)"))),
      .statement(Statement("headroom", .good, "The gateway peaked at \(.rate(1_240, over: .second)), and no pool was busier than 61 of 100.", nil)),
      .statement(Statement("coverage", .neutral, "All 24 hours of both nodes are there.", .command(text("derivation command", "headroom show coverage")))),
    ]
  }

  private var finding: Finding {
    Finding(
      kind: text("kind", "slow-endpoint"), subject: text("subject", "GET /api/orders/{int}"), severity: .severe,
      impact: 0.4, confidence: 0.9,
      headline: "\(.text(text("headline", "GET /api/orders/{int}"))) takes \(.duration(Microseconds(2_140_000))) at p99; \(.ratio(1_812, of: 40_112)) of its callers gave up.",
      evidence: [
        Finding.Evidence("requests", text("evidence label", "Requests"), .integer(40_112), query("count(*) AS requests")),
        Finding.Evidence("p99", "p99", .duration(Microseconds(2_140_000)), query("p99(duration) AS p99_us")),
        Finding.Evidence("upstream", "Slowest upstream", .text(text("evidence", "10.0.0.7:8080")), .command("headroom show upstreams")),
        Finding.Evidence("trend", "By hour", .series([1, 3, 8, 21, 13, 2])),
      ],
      cost: "Each night \(.integer(1_812)) orders are tried again by hand.",
      action: "Give \(.text(text("action", "orders"))) a pool of its own; \(.text("headroom simulate")) settles how large.",
      command: text("command", "headroom show latency --where 'route=GET /api/orders/{int}'"))
  }

  private var notice: Finding {
    Finding(
      kind: "health-checks", severity: .notice, impact: 0.05, confidence: 1,
      headline: "Health checks are \(.ratio(12_000, of: 240_000)) of all requests and pull p50 down.", evidence: [],
      cost: "p50 reads \(.duration(Microseconds(4_100))) instead of \(.duration(Microseconds(5_900))).",
      action: "Leave them out: \(.text("--where 'route<>/health'")).", command: "headroom show routes")
  }

  private var routes: [Document.Block] {
    [
      .paragraph(text("paragraph", "Slowest first. Percentiles are exact.")),
      .facts([
        Fact(text("fact key", "requests"), text("fact label", "Requests"), .integer(4_012_345), query("count(*) AS requests")),
        Fact("busy", "Busy", .duration(Microseconds(987_654_321)), query("count(*) AS requests")),
        Fact("sent", "Sent", .bytes(64 << 20), query("sum(bytes_out) AS sent_bytes")),
        Fact("busiest", "Busiest route", .text(text("fact", "/api/orders"))),
        Fact("first", "First arrival", .timestamp(Self.start)),
      ]),
      .table(routeTable),
      .note(text("note", "Errors are 5xx of all answers.")),
    ]
  }

  private var routeTable: Table {
    let paths = ["/api/orders/{int}", "/api/cart", "/注文", "/health", "/a", "/b", "/c", "/d", "/e", "/f"]
    let rows = paths.enumerated().map { index, path -> [Cell] in
      let n = Int64(40_112 / (index * index + 1))
      return [
        .text(index == 0 ? text("cell", path) : path), .integer(n), .rate(n, over: .hour), .ratio(Int64(index), of: n),
        .duration(Microseconds(2_140_000 / Int64(index + 1))), index > 6 ? .tooFew(samples: n, needed: 1_000) : .duration(Microseconds(4_000_000)),
        .bytes(n * 1_234), .timestamp(Self.start), .flag(index.isMultiple(of: 2)), .series([n, n / 2, n / 3, 0, n]),
        .spread([Microseconds(1_000), Microseconds(3_000), Microseconds(9_000), nil, nil, Microseconds(40_000)]), index == 3 ? .absent : .real(0.5),
      ]
    }
    var table = Table(
      key: "routes", title: text("table title", "Slowest routes"),
      columns: [
        Column("route", text("column", "Route"), .text), Column("requests", "Requests", .integer), Column("rate", "Rate", .rate),
        Column("errors", "Errors", .ratio), Column("p99", "p99", .duration), Column("p999", "p99.9", .duration), Column("bytes", "Sent", .bytes),
        Column("first", "First", .timestamp), Column("cached", "Cached", .flag), Column("trend", "By hour", .series),
        Column("spread", "Spread", .spread), Column("share", "Share", .integer),
      ],
      rows: rows,
      total: [.text(text("total", "all")), .integer(4_012_345)] + Array(repeating: .absent, count: 10),
      noun: text("noun", "routes"), derivation: query("route, count(*) AS requests"))
    table.rowsInAll = 412
    return table
  }

  private var figure: Figure {
    let table = Table(
      key: text("table key", "requests_by_hour"),
      columns: [Column("hour", "Hour", .timestamp), Column("requests", text("figure column", "Requests"), .integer)],
      rows: (0..<24).map { [.timestamp(Timestamp(microseconds: Self.start.microseconds + $0 * 3_600_000_000)), .integer(1_000 + $0 * $0 * 10)] },
      noun: "hours", derivation: query("count(*) AS requests"))
    return Figure(
      id: text("figure id", "requests-by-hour"), title: text("figure title", "Requests by hour"),
      chart: .line(x: "hour", series: ["requests"], band: nil), unit: text("unit", "requests per hour"),
      first: Self.start, last: Timestamp(microseconds: Self.start.microseconds + 86_400_000_000), samples: 4_012_345,
      table: table)
  }

  private var explorer: LimitExplorer {
    LimitExplorer(
      id: text("explorer id", "explorer"), title: text("explorer title", "Limits per key"),
      table: Table(key: "limits", columns: [Column("rate", "Rate", .integer), Column("rejected", "Rejected", .integer)], rows: [[.integer(10), .integer(214)]]))
  }

  private var method: [Document.Block] {
    [.paragraph("Percentiles are nearest rank on raw values."), .verbatim(text("verbatim", "limit_req_zone $binary_remote_addr zone=a:10m rate=10r/s;\nlimit_req zone=a burst=20;"))]
  }

  // MARK: Parts

  private static let start = Timestamp(microseconds: 1_763_683_200_000_000)

  private func text(_ position: String, _ text: String) -> String { planted(position, text) }
  private func query(_ columns: String) -> Derivation {
    .query(text("query", "SELECT \(columns) FROM requests WHERE host = 'a'"))
  }
}
