import Analysis
import Reporting
import Traffic

/// `show protocols`: what clients speak, by protocol and by method.
struct ShowProtocols: ShowCommand {
  let what = "protocols"
  let summary = "protocols and methods: requests, errors, bytes and percentiles"
  let examples = [
    Example("headroom show protocols", "HTTP versions, gRPC, WebSocket, and methods"),
    Example("headroom show protocols --where 'route=/v1/*' --format json", "of one part of the API"),
  ]
  let remarks = [
    "Upgraded connections (WebSocket) last as long as somebody stays: they count everywhere but in percentiles."
  ]

  func document(_ view: StoreView) async throws -> Document {
    Self.document(try await ProtocolUse(scope: view.scope).answer(from: view.traffic))
  }

  static func document(_ answer: ProtocolUse.Answer) -> Document {
    let reasons = Table(
      key: "left_out_of_latency", title: "Left out of latency",
      columns: [Column("reason", "Reason", .text), Column("requests", "Requests", .integer)],
      rows: answer.leftOut.map { [.text($0.reason.name), .integer($0.requests)] }, noun: "reasons")
    return Document(
      name: "protocols", title: "Protocols and methods",
      blocks: [
        .table(table("protocols", Column("protocol", "Protocol", .text), answer.protocols, answer.totals)),
        .table(table("methods", Column("method", "Method", .text), answer.methods, answer.totals)), .table(reasons),
        .note(LatencyCells.boundedNote),
      ])
  }

  private static func table(_ key: String, _ name: Column, _ rows: [ProtocolUse.Row], _ totals: RequestTotals) -> Table {
    Table(
      key: key, title: name.label + "s",
      columns: [
        name, Column("requests", "Requests", .integer), Column("share", "Share", .ratio),
        Column("errors", "5xx", .ratio), Column("sent", "Sent", .bytes), Column("samples", "Timed", .integer),
      ] + LatencyCells.columns,
      rows: rows.map { row in
        [
          .words(row.name), .integer(row.totals.requests), .ratio(row.totals.requests, of: totals.requests),
          row.totals.errorCell, row.withBytes > 0 ? .bytes(row.bytesOut) : .absent, .integer(row.latency.samples),
        ] + LatencyCells.cells(row.latency)
      })
  }
}
