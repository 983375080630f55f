import Analysis
import Traffic

/// Which routes keep the gateway busy, which are slow, which are asked most, and single requests that show it.
struct RoutesPage: ReportPage {
  let id = "routes"
  let title = "Routes"

  static let shown = 40
  static let ranked = 10
  static let outlierRoutes = 3
  static let outliers = 3
  static let trendSteps: Int64 = 26

  func blocks(of report: Report) async throws -> [Document.Block]? {
    let night = report.night
    let isExact = night.rolledUp == 0
    let latency =
      isExact
      ? try await night.answer(RouteLatency(scope: night.scope))
      : try await night.answer(RouteHistory(scope: night.scope))
    guard !latency.rows.isEmpty else { return nil }
    let step = TimeStep.fitting(night.span, most: Self.trendSteps)
    let course = try await night.answer(RouteCourse(scope: night.scope, step: isExact ? step : max(step, .hour)))
    let page = RouteTables(query: ReportQuery(night), latency: latency, course: course, step: isExact ? step : max(step, .hour))
    var blocks: [Document.Block] = [.table(page.busiest), .table(page.slowest), .table(page.mostAsked)]
    if isExact, let outliers = try await outliers(page.slowestRoutes, night) { blocks.append(.table(outliers)) }
    return blocks + [
      .note(
        "Busy time is the sum of all durations but those of upgraded connections. Errors are answers 5xx, of requests"
          + " with a status; cache hits are of requests for which the cache was asked."),
      .note(
        isExact
          ? "Percentiles are values of the data (nearest rank) of requests whose duration counts for latency."
          : "Percentiles are within 0.4 % of a value of the data (nearest rank over log-linear buckets)."),
    ]
  }

  // MARK: Outliers

  private func outliers(_ routes: [RouteLatency.Row], _ night: Night) async throws -> Table? {
    let named = routes.filter { $0.route != nil }.prefix(Self.outlierRoutes)
    let names = named.map { RouteCourse.Name(method: $0.method, route: $0.route) }
    guard !names.isEmpty else { return nil }
    // At least ten requests of every route are as slow as its highest percentile that is shown.
    let atLeast = named.map { $0.latency.quantiles.last { $0 != nil } ?? nil }.map { $0?.count ?? 0 }.min() ?? 0
    let slowest = try await night.answer(
      SlowestRequests(scope: night.scope, routes: names, most: Self.outliers, atLeast: Microseconds(atLeast)))
    let paths = night.ledger.reduce(into: [Int64: String]()) { $0[$1.number] = $1.path }
    let rows: [[Cell]] = names.flatMap { name in
      (slowest[name] ?? []).map { request in
        [
          .words(name.method), .words(name.route), .duration(request.duration), .count(request.status),
          .timestamp(request.arrival), .text("\(paths[request.source] ?? "source \(request.source)"):\(request.line)"),
        ]
      }
    }
    return Table(
      key: "outliers", title: "Slowest requests of the slowest routes",
      columns: [
        Column("method", "Method", .text), Column("route", "Route", .text), Column("duration", "Took", .duration),
        Column("status", "Status", .integer), Column("arrival", "Arrived", .timestamp), Column("log", "Log line", .text),
      ], rows: rows, noun: "requests", derivation: .query(Self.sql(names, night)))
  }

  private static func sql(_ names: [RouteCourse.Name], _ night: Night) -> String {
    names.map { name in
      let conditions = [SQLWhere.equal("method", name.method), SQLWhere.equal("route", name.route), "latency IS NOT NULL"]
      return "SELECT * FROM (SELECT method, route, latency AS duration_us, status, arrival,"
        + " source || ':' || line AS log FROM requests" + SQLWhere.clause(night.scope.filter, and: conditions)
        + " ORDER BY latency DESC, arrival, line LIMIT \(outliers))"
    }.joined(separator: " UNION ALL ")
  }
}

/// The three rankings of the routes.
private struct RouteTables {
  let query: ReportQuery
  let latency: RouteLatency.Answer
  let course: RouteCourse.Answer
  let step: Microseconds

  /// Routes whose p99 may be told, the slowest first; without any, by their slowest request.
  var slowestRoutes: [RouteLatency.Row] {
    let told = latency.rows.filter { p99($0) != nil }
    return told.isEmpty
      ? sorted(latency.rows) { $0.latency.maximum?.count ?? -1 } : sorted(told) { p99($0)?.count ?? -1 }
  }

  private func p99(_ row: RouteLatency.Row) -> Microseconds? { row.latency.quantiles[3] }

  private func sorted(_ rows: [RouteLatency.Row], by value: (RouteLatency.Row) -> Int64) -> [RouteLatency.Row] {
    rows.sorted { a, b in
      let (left, right) = (value(a), value(b))
      if left != right { return left > right }
      return (a.route ?? "", a.method ?? "") < (b.route ?? "", b.method ?? "")
    }
  }

  private static let names = [Column("method", "Method", .text), Column("route", "Route", .text)]
  private static let byName = "coalesce(route, ''), coalesce(method, '')"

  private func ranking(
    _ key: String, _ title: String, _ columns: [Column], _ rows: [[Cell]], _ sql: [String], _ rest: String
  ) -> Table {
    Table(
      key: key, title: title, columns: Self.names + columns, rows: rows, noun: "routes",
      derivation: .query(query.select(["method", "route"] + sql, where: [], "GROUP BY method, route " + rest)))
  }

  // MARK: By time

  var busiest: Table {
    let exact = !query.isHistory
    let marks = course.starts.map { query.count(where: "arrival / \(step.count) = \($0 / step.count)") }
    let spread = ReportQuery.percentiles.map { query.exact("latency", $0.1) } + [query.maximum("latency")]
    let sql = [
      query.count + " AS requests", query.sum("busy") + " AS busy_part",
      "sum(\(query.sum("busy"))) OVER () AS busy_of",
    ] + query.latency("latency", isExact: exact) + [
      query.count(where: "status BETWEEN 500 AND 599") + " AS errors_part",
      query.count(where: "status IS NOT NULL") + " AS errors_of", "sum(bytes_out) AS bytes",
      query.count(where: "served = 1") + " AS cache_hits_part", query.count(where: "lookup = 1") + " AS cache_hits_of",
      "json_array(\(marks.joined(separator: ", "))) AS trend", "json_array(\(spread.joined(separator: ", "))) AS spread",
    ]
    let columns = [
      Column("requests", "Requests", .integer), Column("busy", "Busy time", .ratio),
    ] + LatencySummary.columns + [
      Column("errors", "Errors", .ratio), Column("bytes", "Bytes", .bytes), Column("cache_hits", "Cache hits", .ratio),
      Column("trend", "Trend", .series), Column("spread", "Distribution", .spread),
    ]
    let rows = sorted(latency.rows) { $0.totals.busy }.map(cells)
    return ranking(
      "routes", "Most total time: routes by share of the busy time", columns, rows, sql,
      "ORDER BY \(query.sum("busy")) DESC, \(Self.byName) LIMIT \(RoutesPage.shown)"
    ).cut(to: RoutesPage.shown)
  }

  private func cells(_ row: RouteLatency.Row) -> [Cell] {
    let totals = row.totals
    let course = course.routes[RouteCourse.Name(method: row.method, route: row.route)]
    return [
      .words(row.method), .words(row.route), .integer(totals.requests), .ratio(totals.busy, of: latency.totals.busy),
    ] + row.latency.cells + [
      .ratio(totals.serverErrors, of: totals.withStatus), course?.bytesOut.map(Cell.bytes) ?? .absent,
      .ratio(totals.servedFromCache, of: totals.cacheLookups), .series(course?.requests ?? []), row.latency.spread,
    ]
  }

  // MARK: By latency

  var slowest: Table {
    let rows = slowestRoutes.prefix(RoutesPage.ranked).filter { p99($0) != nil }.map { row -> [Cell] in
      [.words(row.method), .words(row.route), .integer(row.latency.samples)] + row.latency.cells
    }
    let sql = [query.samples("latency") + " AS samples"] + query.latency("latency", isExact: !query.isHistory)
    return ranking(
      "slowest_routes", "Slowest: routes by p99, of those with 1,000 samples or more",
      [Column("samples", "Samples", .integer)] + LatencySummary.columns, rows, sql,
      "HAVING \(query.samples("latency")) >= 1000 ORDER BY \(query.exact("latency", "99")) DESC, \(Self.byName)"
        + " LIMIT \(RoutesPage.ranked)")
  }

  // MARK: By requests

  var mostAsked: Table {
    let rows = sorted(latency.rows) { $0.totals.requests }.prefix(RoutesPage.ranked).map { row -> [Cell] in
      [
        .words(row.method), .words(row.route), .integer(row.totals.requests),
        .ratio(row.totals.requests, of: latency.totals.requests), .ratio(row.totals.limited, of: row.totals.requests),
      ]
    }
    let sql = [
      query.count + " AS requests", query.count + " AS share_part", "sum(\(query.count)) OVER () AS share_of",
      query.count(where: "limited = 1") + " AS limited_part", query.count + " AS limited_of",
    ]
    return ranking(
      "busiest_routes", "Busiest: routes by requests",
      [
        Column("requests", "Requests", .integer), Column("share", "Share", .ratio), Column("limited", "Limited", .ratio),
      ], rows, sql, "ORDER BY \(query.count) DESC, \(Self.byName) LIMIT \(RoutesPage.ranked)")
  }
}
