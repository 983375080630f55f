import Analysis
import Reporting
import Traffic

/// `show hours`: requests, errors and percentiles hour by hour.
struct ShowHours: ShowCommand {
  let what = "hours"
  let summary = "requests, errors and percentiles hour by hour"
  let examples = [
    Example("headroom show hours --since 1d --tz local", "the last day in the clock on the wall"),
    Example("headroom show hours --where 'status=5xx' --format csv", "when it failed, for a spreadsheet"),
  ]
  let remarks = ["Hours are those of UTC; --tz changes how they are written, not where they begin."]

  func document(_ view: StoreView) async throws -> Document {
    Self.document(try await HourlyTraffic(scope: view.scope).answer(from: view.traffic))
  }

  static func document(_ answer: HourlyTraffic.Answer) -> Document {
    let columns =
      [
        Column("hour", "Hour", .timestamp), Column("requests", "Requests", .integer),
        Column("mean_rate", "Mean", .rate),
        Column("errors", "Errors", .ratio), Column("limited", "Limited", .ratio),
        Column("samples", "Timed", .integer),
      ] + LatencyCells.columns
    let table = Table(
      key: "hours", columns: columns,
      rows: answer.rows.map { row in
        [.timestamp(row.hour), .integer(row.totals.requests), .rate(row.totals.requests, over: .hour)]
          + cells(row.totals, row.latency)
      },
      total: [
        .absent, .integer(answer.totals.requests),
        .rate(answer.totals.requests, over: Microseconds(Microseconds.hour.count * Int64(answer.rows.count))),
      ] + cells(answer.totals, answer.latency))
    var notes = [LatencyCells.excluded(answer.totals), LatencyCells.boundedNote]
    if !answer.isGapless {
      notes.append("Hours without traffic are left out: the time stamps span more than a year.")
    }
    return Document(name: "hours", title: "Hours", blocks: [.table(table)] + notes.map { .note($0) })
  }

  private static func cells(_ totals: RequestTotals, _ latency: LatencySummary) -> [Cell] {
    [totals.errorCell, .ratio(totals.limited, of: totals.requests), .integer(latency.samples)]
      + LatencyCells.cells(latency)
  }
}
