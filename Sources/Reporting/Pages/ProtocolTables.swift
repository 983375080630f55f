import Analysis
import Traffic

/// Protocols and methods, and the durations that latency leaves out.
struct ProtocolTables {
  let answer: ProtocolUse.Answer
  let report: Report

  private static let command = "headroom show protocols"
  private static let shown = 20

  var blocks: [Document.Block] {
    var blocks: [Document.Block] = []
    if answer.protocols.contains(where: { $0.name != nil }) {
      blocks.append(.table(table("protocols", "protocol", "Protocol", answer.protocols, "coalesce(protocol, '')")))
    }
    if answer.methods.contains(where: { $0.name != nil }) {
      blocks.append(.table(table("methods", "method", "Method", answer.methods, "coalesce(method, '')")))
    }
    guard !blocks.isEmpty else { return [] }
    if !answer.leftOut.isEmpty { blocks.append(.table(leftOut)) }
    blocks.append(.note(Self.note))
    return blocks
  }

  private static let note =
    "Percentiles are of requests whose duration measures the gateway: upgraded connections (WebSocket) last as long as"
    + " somebody stays, and exchanges that a client broke off say how long it waited. They count in every other number."

  private func table(_ key: String, _ column: String, _ label: String, _ rows: [ProtocolUse.Row], _ order: String)
    -> Table
  {
    Table(
      key: key, title: label + "s",
      columns: [
        Column(column, label, .text), Column("requests", "Requests", .integer), Column("share", "Share", .ratio),
        Column("errors", "5xx", .ratio), Column("sent", "Sent", .bytes), Column("samples", "Timed", .integer),
        Column("p50", "p50", .duration), Column("p99", "p99", .duration),
      ],
      rows: rows.map { row in
        [
          .words(row.name), .integer(row.totals.requests), .ratio(row.totals.requests, of: answer.totals.requests),
          .ratio(row.totals.serverErrors, of: row.totals.withStatus),
          row.withBytes > 0 ? .bytes(row.bytesOut) : .absent, .integer(row.latency.samples),
          row.latency.percentile("p50"), row.latency.percentile("p99"),
        ]
      }, noun: key,
      derivation: report.follow(
        """
        \(column), count(*) AS requests, count(*) AS share_part, sum(count(*)) OVER () AS share_of, \
        count(CASE WHEN status BETWEEN 500 AND 599 THEN 1 END) AS errors_part, count(status) AS errors_of, \
        sum(bytes_out) AS sent_bytes, count(latency) AS samples, approximate_percentile(latency, 50) AS p50_us, \
        approximate_percentile(latency, 99) AS p99_us
        """, where: [], "GROUP BY \(column) ORDER BY count(*) DESC, \(order) LIMIT \(Self.shown)", or: Self.command)
    ).cut(to: Self.shown)
  }

  private var leftOut: Table {
    let cases = [
      ("status = 101", ProtocolUse.LeftOut.Reason.upgraded), ("status = 408", .timedOut), ("status = 0", .nothingSent),
    ]
    let reason = "CASE " + cases.map { "WHEN \($0.0) THEN \(SQLWhere.literal($0.1.name))" }.joined(separator: " ")
      + " ELSE \(SQLWhere.literal(ProtocolUse.LeftOut.Reason.clientLeft.name)) END"
    let rows = answer.leftOut.sorted { ($1.requests, $0.reason.name) < ($0.requests, $1.reason.name) }
    return Table(
      key: "left_out_of_latency", title: "Left out of latency",
      columns: [
        Column("reason", "Reason", .text), Column("requests", "Requests", .integer), Column("share", "Share", .ratio),
      ],
      rows: rows.map {
        [.text($0.reason.name), .integer($0.requests), .ratio($0.requests, of: answer.totals.requests)]
      }, noun: "reasons",
      derivation: report.follow(
        "\(reason) AS reason, count(*) AS requests, count(*) AS share_part, (SELECT count(*) FROM requests"
          + SQLWhere.clause(report.night.scope.filter) + ") AS share_of",
        where: [
          "(status IN (0, 101, 408, 499) OR coalesce(outcome, '') IN ('client_abort', 'client_protocol'))"
        ], "GROUP BY 1 ORDER BY count(*) DESC, 1", or: Self.command))
  }
}
