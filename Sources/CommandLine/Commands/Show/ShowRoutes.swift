import Analysis
import Reporting
import Traffic

/// `show routes`: volume, errors, share of busy time and exact percentiles per route.
struct ShowRoutes: ShowCommand {
  let what = "routes"
  let rollups = RollupUse.told
  let summary = "volume, errors, busy time and exact percentiles of every route"
  let examples = [
    Example("headroom show routes", "all routes, busiest first"),
    Example("headroom show routes --by outcome", "latency of successes, cache hits, refusals and failures apart"),
    Example("headroom show routes --since 1d --sort p99 --top 5", "the slowest five of the last day"),
    Example("headroom show routes --where 'consumer=partner-17' --format json", "for one consumer, for a program"),
  ]
  let moreOptions = [
    Option(name: "by", value: "WHAT", summary: "split latency by class of answer", choices: ["outcome"])
  ]
  let remarks = [
    LatencyCells.exactNote, "Busy is the route's share of the sum of all durations. Cache is served over lookups.",
  ]

  func document(_ view: StoreView) async throws -> Document {
    let byClass = view.invocation.has("by")
    let answer = try await RouteLatency(scope: view.scope, byClass: byClass).answer(from: view.traffic)
    guard view.rolledUp > 0 else { return Self.document(answer, byClass: byClass) }
    let history = try await RouteHistory(scope: view.scope, byClass: byClass).answer(from: view.traffic)
    let older = history.totals.requests - answer.totals.requests
    // No rollup in the window: the exact answer is the whole answer.
    return older > 0
      ? Self.document(history, byClass: byClass, older: older) : Self.document(answer, byClass: byClass)
  }

  /// - Parameter older: how many of the requests live in rollups.
  static func document(_ answer: RouteLatency.Answer, byClass: Bool, older: Int64 = 0) -> Document {
    var columns = [Column("method", "Method", .text), Column("route", "Route", .text)]
    if byClass { columns.append(Column("class", "Class", .text)) }
    columns += [
      Column("requests", "Requests", .integer), Column("errors", "Errors", .ratio),
      Column("busy_share", "Busy", .ratio),
      Column("cache_hits", "Cache", .ratio), Column("samples", "Timed", .integer),
    ]
    columns += LatencyCells.columns
    let table = Table(
      key: "routes", columns: columns,
      rows: answer.rows.map { row in
        let names: [Cell] = [.words(row.method), .text(row.route ?? "(no route)")]
        return names + (byClass ? [.words(row.requestClass?.name)] : [])
          + cells(row.totals, row.latency, of: answer)
      },
      total: [.absent, .text("all")] + (byClass ? [.absent] : []) + cells(answer.totals, answer.latency, of: answer)
    )
    return Document(
      name: "routes", title: "Routes",
      blocks: [
        .facts(answer.window.facts), .table(table),
        .note(LatencyCells.excluded(answer.totals)), .note(LatencyCells.errorNote),
        .note(older == 0 ? LatencyCells.exactNote : LatencyCells.boundedNote),
      ] + (older > 0 ? [.note(olderNote(older))] : []))
  }

  private static func olderNote(_ older: Int64) -> String {
    "\(UnitText.integer(older)) of these requests are kept as totals per minute, hour or day, so percentiles are bounded"
      + " instead of exact; --since after them is exact again."
  }

  private static func cells(_ totals: RequestTotals, _ latency: LatencySummary, of answer: RouteLatency.Answer)
    -> [Cell]
  {
    [
      .integer(totals.requests), totals.errorCell, .ratio(totals.busy, of: answer.totals.busy), totals.hitCell,
      .integer(latency.samples),
    ] + LatencyCells.cells(latency)
  }
}
