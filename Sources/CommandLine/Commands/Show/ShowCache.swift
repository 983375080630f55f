import Analysis
import Reporting
import Traffic

/// `show cache`: what the response cache answered, and why the rest missed.
struct ShowCache: ShowCommand {
  let what = "cache"
  let summary = "cache hits by requests, bytes and time saved, and why the rest missed"
  let examples = [
    Example("headroom show cache", "routes with most lookups first"),
    Example("headroom show cache --sort cache_hits:asc", "where the cache helps least"),
  ]
  let remarks = [
    "Hits are served (hit, stale, updating, revalidated) over lookups (those, miss and expired). Time saved is an"
      + " estimate: requests served × (mean duration of a miss − mean duration of a request served)."
  ]

  private static let statuses: [CacheStatus] = [
    .hit, .miss, .expired, .stale, .updating, .revalidated, .bypass, .pass, .synthetic, .error,
  ]

  func document(_ view: StoreView) async throws -> Document {
    Self.document(try await CacheUse(scope: view.scope).answer(from: view.traffic))
  }

  static func document(_ answer: CacheUse.Answer) -> Document {
    var columns = [
      Column("method", "Method", .text), Column("route", "Route", .text), Column("requests", "Requests", .integer),
      Column("lookups", "Lookups", .integer), Column("cache_hits", "Hits", .ratio),
      Column("byte_hits", "Byte hits", .ratio), Column("saved", "Time saved", .duration),
      Column("served_p50", "p50 served", .duration), Column("miss_p50", "p50 missed", .duration),
    ]
    columns += statuses.map { Column($0.name, $0.name, .integer) }
    let table = Table(
      key: "cache", columns: columns,
      rows: answer.rows.map { [.words($0.method), .text($0.route ?? "(no route)")] + cells($0) },
      total: [.absent, .text("all")] + cells(answer.total), noun: "routes with a cache status")
    let isUnused = answer.rows.isEmpty
    return Document(
      name: "cache", title: "Response cache",
      blocks: [.table(table), .note(isUnused ? "No log here says what the cache did." : LatencyCells.boundedNote)])
  }

  private static func cells(_ row: CacheUse.Row) -> [Cell] {
    let head: [Cell] = [
      .integer(row.requests), .integer(row.lookups), .ratio(row.served, of: row.lookups),
      .ratio(row.servedBytes, of: row.lookupBytes), .length(row.timeSaved), LatencyCells.cells(row.servedLatency)[0],
      LatencyCells.cells(row.missLatency)[0],
    ]
    return head + statuses.map { .integer(row.byStatus[Int($0.rawValue)]) }
  }
}
