import Analysis
import Reporting
import Traffic

/// `show upstreams`: load, errors, retries and latency of the endpoints behind the gateway.
struct ShowUpstreams: ShowCommand {
  let what = "upstreams"
  let summary = "load, skew, errors, retries and latency of every upstream endpoint"
  let examples = [
    Example("headroom show upstreams", "endpoints by service"),
    Example("headroom show upstreams --sort errors --top 5", "the least healthy five"),
  ]
  let remarks = [
    "A request counts for the last endpoint tried; its time is the sum over all attempts. Skew is the endpoint's"
      + " requests over the mean of its service's endpoints: 1.00 is an even share. Errors are upstream status 5xx or"
      + " an outcome that blames the upstream (connect, timeout, reset, protocol)."
  ]

  func document(_ view: StoreView) async throws -> Document {
    var document = Self.document(try await UpstreamHealth(scope: view.scope).answer(from: view.traffic))
    let load = try await EndpointLoad(scope: view.scope, ledger: view.ledger).answer(from: view.traffic)
    document.blocks.append(.table(Self.outages(EndpointOutages(load))))
    return document
  }

  private static func outages(_ answer: EndpointOutages) -> Table {
    Table(
      key: "upstream_outages", title: "When endpoints failed or got nothing",
      columns: [
        Column("upstream", "Upstream", .text), Column("state", "State", .text), Column("from", "From", .timestamp),
        Column("until", "Until", .timestamp), Column("requests", "Requests", .integer),
        Column("unserved", "Not served", .ratio),
      ],
      rows: answer.outages.map {
        [
          .text($0.upstream), .text($0.state.rawValue), .timestamp($0.from), .timestamp($0.until),
          .integer($0.requests), .ratio($0.unserved, of: $0.requests),
        ]
      }, noun: "stretches")
  }

  static func document(_ answer: UpstreamHealth.Answer) -> Document {
    let columns =
      [
        Column("service", "Service", .text), Column("upstream", "Upstream", .text),
        Column("requests", "Requests", .integer),
        Column("skew", "Skew", .integer), Column("errors", "Errors", .ratio), Column("retries", "Retries", .ratio),
        Column("samples", "Timed", .integer),
      ] + LatencyCells.columns
    let rows = answer.rows.map { row -> [Cell] in
      let head: [Cell] = [
        .words(row.service), .text(row.upstream ?? "(unnamed)"), .integer(row.requests),
        skew(row), .ratio(row.errors, of: row.requests),
        .ratio(row.retries, of: row.withAttempts), .integer(row.latency.samples),
      ]
      return head + LatencyCells.cells(row.latency)
    }
    let facts = [
      Fact("requests", "Requests", .integer(answer.requests)),
      Fact("without_upstream", "Without an upstream", .ratio(answer.withoutUpstream, of: answer.requests)),
    ]
    return Document(
      name: "upstreams", title: "Upstreams",
      blocks: [
        .facts(facts), .table(Table(key: "upstreams", columns: columns, rows: rows)),
        .note(LatencyCells.boundedNote),
      ])
  }

  /// Two digits are enough for a comparison.
  private static func skew(_ row: UpstreamHealth.Row) -> Cell {
    guard row.skewOf > 0 else { return .absent }
    return .real((Double(row.skewPart) / Double(row.skewOf) * 100).rounded() / 100)
  }
}
