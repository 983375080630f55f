import Analysis
import Reporting
import Traffic

/// `show consumers`: who uses the API, and how hard.
struct ShowConsumers: ShowCommand {
  let what = "consumers"
  let summary = "requests, worst second, refusals and errors of every consumer"
  let examples = [
    Example("headroom show consumers", "heaviest users first"),
    Example("headroom show consumers --sort peak --top 10", "the ten with the sharpest bursts"),
    Example("headroom show consumers --where 'route=/checkout*'", "who uses one part of the API"),
  ]
  let remarks = [
    "The peak is the largest number of requests in one second of the clock. Limited are refusals by a rate limiter:"
      + " a logged verdict, or status 429."
  ]

  func document(_ view: StoreView) async throws -> Document {
    Self.document(try await ConsumerUsage(scope: view.scope).answer(from: view.traffic))
  }

  static func document(_ answer: ConsumerUsage.Answer) -> Document {
    let columns =
      [
        Column("consumer", "Consumer", .text), Column("requests", "Requests", .integer),
        Column("share", "Share", .ratio),
        Column("mean_rate", "Mean", .rate), Column("peak", "Peak/s", .integer),
        Column("limited", "Limited", .ratio),
        Column("client_errors", "4xx", .ratio), Column("errors", "5xx", .ratio),
        Column("sent_bytes", "Sent", .bytes),
      ] + LatencyCells.columns
    let table = Table(
      key: "consumers", columns: columns,
      rows: answer.rows.map { [.text($0.consumer ?? "(none)")] + cells($0, of: answer) },
      total: [.text("all")] + cells(answer.total, of: answer))
    return Document(
      name: "consumers", title: "Consumers",
      blocks: [
        .facts(answer.window.facts), .table(table), .note(LatencyCells.excluded(answer.total.totals)),
        .note(LatencyCells.boundedNote),
      ])
  }

  private static func cells(_ row: ConsumerUsage.Row, of answer: ConsumerUsage.Answer) -> [Cell] {
    let totals = row.totals
    let head: [Cell] = [
      .integer(totals.requests), .ratio(totals.requests, of: answer.total.totals.requests),
      .rate(totals.requests, over: answer.window.span), .count(row.peakPerSecond),
      .ratio(totals.limited, of: totals.requests), .ratio(totals.clientErrors, of: totals.withStatus),
      totals.errorCell, row.withBytes > 0 ? .bytes(row.bytesOut) : .absent,
    ]
    return head + LatencyCells.cells(row.latency)
  }
}
