import Analysis
import Traffic

/// What the response cache answered, why it did not answer the rest, and how much more it could.
struct CachePage: ReportPage {
  let id = "cache"
  let title = "Cache"

  static let shownRoutes = 20
  private static let command = "headroom show cache"

  func blocks(of report: Report) async throws -> [Document.Block]? {
    let scope = report.night.scope
    let use = try await report.night.answer(CacheUse(scope: scope))
    guard use.total.lookups > 0 else { return nil }
    let course = try await report.night.answer(CacheByTime(scope: scope))
    return [
      .facts(facts(use.total, report)), .figure(figure(course, use.total, report)),
      .table(reasons(use.total, report)), .table(routes(use.rows, report)),
    ] + Self.notes.map(Document.Block.note)
  }

  private static let notes = [
    "Hits are requests that waited for no upstream (hit, stale, updating, revalidated), over the requests for which the"
      + " cache was asked. Time saved is hits × (mean duration of a miss − mean duration of a hit).",
    "The ceiling is what a cache that keeps every answer for ever would have served: hits, and what had been stored but"
      + " was expired. A miss had never been stored, or had been thrown out; at least one per object cannot be avoided."
      + " Bypassed requests were never looked up and are in neither.",
    "Percentiles by route are within 0.4 % of a value of the data (nearest rank over log-linear buckets).",
  ]

  // MARK: Facts

  private func facts(_ total: CacheUse.Row, _ report: Report) -> [Fact] {
    func fact(_ key: String, _ label: String, _ value: Cell, _ select: String) -> Fact {
      Fact(key, label, value, report.follow(select, where: ["lookup = 1"], or: Self.command))
    }
    return [
      fact(
        "cache_hits", "Served from cache", .ratio(total.served, of: total.lookups),
        "sum(served) AS cache_hits_part, count(*) AS cache_hits_of"),
      fact(
        "cache_byte_hits", "Bytes served from cache", .ratio(total.servedBytes, of: total.lookupBytes),
        "sum(CASE WHEN served = 1 THEN bytes_out END) AS cache_byte_hits_part, sum(bytes_out) AS cache_byte_hits_of"),
      fact("cache_saved", "Time saved", .length(total.timeSaved), Self.saved + " AS cache_saved_us"),
      fact(
        "cache_ceiling", "Ceiling: nothing ever expires", .ratio(total.ceiling, of: total.lookups),
        "sum(served = 1 OR cache = 'expired') AS cache_ceiling_part, count(*) AS cache_ceiling_of"),
    ]
  }

  /// Hits × mean miss − all hits, never below 0, in the order of operations of `CacheUse`.
  private static let saved = """
    CAST(round(max(0, count(CASE WHEN served = 1 THEN duration END) \
    * (1.0 * sum(CASE WHEN served = 0 THEN duration END) / count(CASE WHEN served = 0 THEN duration END)) \
    - sum(CASE WHEN served = 1 THEN duration END))) AS INTEGER)
    """

  // MARK: Course

  private func figure(_ answer: CacheByTime.Answer, _ total: CacheUse.Row, _ report: Report) -> Figure {
    let step = report.night.chartStep
    let course = Self.steps(answer.minutes, of: step)
    let table = Table(
      key: "cache_over_time",
      columns: [
        Column("from", "From", .timestamp), Column("hits", "Hits", .ratio), Column("lookups", "Lookups", .integer),
      ],
      rows: course.map { [.timestamp($0.start), .ratio($0.served, of: $0.lookups), .integer($0.lookups)] },
      noun: "steps",
      derivation: report.follow(
        "arrival / \(step.count) * \(step.count) AS \"from\", sum(served) AS hits_part, count(*) AS hits_of,"
          + " count(*) AS lookups", where: ["lookup = 1"], "GROUP BY 1 ORDER BY 1", or: Self.command))
    return Figure(
      id: "cache-over-time", title: "Hit ratio over time", chart: .line(x: "from", series: ["hits"], band: nil),
      unit: "share of lookups", first: course.first?.start, last: course.last.map { $0.start + step },
      samples: total.lookups, table: table)
  }

  /// Minutes, which are in order of time, added up to longer steps.
  private static func steps(_ minutes: [CacheByTime.Minute], of step: Microseconds) -> [CacheByTime.Minute] {
    minutes.reduce(into: []) { steps, minute in
      let start = Timestamp(microseconds: minute.start.microseconds.flooredMultiple(of: step.count))
      if steps.last?.start != start { steps.append(CacheByTime.Minute(start: start, lookups: 0, served: 0)) }
      steps[steps.count - 1].lookups += minute.lookups
      steps[steps.count - 1].served += minute.served
    }
  }

  // MARK: Reasons

  private func reasons(_ total: CacheUse.Row, _ report: Report) -> Table {
    let all = total.byStatus.reduce(0, +)
    let rows = CacheStatus.allCases.map { ($0.name, total.byStatus[Int($0.rawValue)]) }
      .filter { $0.1 > 0 }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    return Table(
      key: "cache_reasons", title: "What the cache did, and why it did not answer",
      columns: [
        Column("status", "Cache status", .text), Column("requests", "Requests", .integer),
        Column("share", "Share", .ratio),
      ],
      rows: rows.map { [.text($0.0), .integer($0.1), .ratio($0.1, of: all)] }, noun: "statuses",
      derivation: report.follow(
        "cache AS status, count(*) AS requests, count(*) AS share_part, sum(count(*)) OVER () AS share_of",
        where: ["cache IS NOT NULL"], "GROUP BY cache ORDER BY count(*) DESC, cache", or: Self.command))
  }

  // MARK: Routes

  private func routes(_ rows: [CacheUse.Row], _ report: Report) -> Table {
    let asked = rows.filter { $0.lookups > 0 }
    return Table(
      key: "cache_routes", title: "By route",
      columns: [
        Column("method", "Method", .text), Column("route", "Route", .text), Column("lookups", "Lookups", .integer),
        Column("hits", "Hits", .ratio), Column("byte_hits", "Byte hits", .ratio), Column("ceiling", "Ceiling", .ratio),
        Column("saved", "Time saved", .duration), Column("hit_p50", "p50 hit", .duration),
        Column("miss_p50", "p50 miss", .duration),
      ], rows: asked.map(Self.cells), noun: "routes",
      derivation: report.follow(
        """
        method, route, count(*) AS lookups, sum(served) AS hits_part, count(*) AS hits_of, \
        coalesce(sum(CASE WHEN served = 1 THEN bytes_out END), 0) AS byte_hits_part, \
        coalesce(sum(bytes_out), 0) AS byte_hits_of, \
        sum(served = 1 OR cache = 'expired') AS ceiling_part, count(*) AS ceiling_of, \(Self.saved) AS saved_us, \
        approximate_percentile(CASE WHEN served = 1 THEN duration END, 50) AS hit_p50_us, \
        approximate_percentile(CASE WHEN served = 0 THEN duration END, 50) AS miss_p50_us
        """, where: ["lookup = 1"],
        "GROUP BY method, route ORDER BY count(*) DESC, coalesce(route, ''), coalesce(method, '')"
          + " LIMIT \(Self.shownRoutes)", or: Self.command)
    ).cut(to: Self.shownRoutes)
  }

  private static func cells(_ row: CacheUse.Row) -> [Cell] {
    [
      .words(row.method), .words(row.route), .integer(row.lookups), .ratio(row.served, of: row.lookups),
      .ratio(row.servedBytes, of: row.lookupBytes), .ratio(row.ceiling, of: row.lookups), .length(row.timeSaved),
      row.servedLatency.percentile("p50"), row.missLatency.percentile("p50"),
    ]
  }
}

extension CacheUse.Row {
  /// Lookups that an endless lifetime would have served: those served, and those whose object had expired.
  fileprivate var ceiling: Int64 { served + byStatus[Int(CacheStatus.expired.rawValue)] }
}
