internal import Traffic

/// The views that a SQL session has beside the table `requests`.
///
///     sources      the import ledger
///     rejections   lines that gave no request, by source and reason
///     rollups      what stays of requests that `store retain` dropped: counts, sums and sketches of durations
///     history      single requests and rollups as one table: `sum(requests)` counts
enum SQLViews {
  static let statements = [sources, rejections, rollups, history].joined(separator: "\n")

  private static let sources = """
    CREATE TEMP VIEW sources AS SELECT id, path, node, format, bytes, lines, requests, blank, rejected,
      first_arrival, last_arrival, complete, imported_at, resolution FROM main.source;
    """

  private static let rejections = """
    CREATE TEMP VIEW rejections AS SELECT source, path, \(names("reason", RejectReason.allCases.map {
      (Int64($0.rawValue), $0.name)
    })) AS reason, rejection.lines AS lines
      FROM main.rejection JOIN main.source ON source.id = rejection.source;
    """

  /// A rollup has a status class only: its status is the first of the class, or 101.
  private static let rollups = """
    CREATE TEMP VIEW rollups AS SELECT start AS arrival, grain AS length, source.path AS source, source.node AS node,
      coalesce(\(text("(SELECT route FROM main.template_route WHERE template_route.template = rollup.template)")),
        \(text("rollup.route_name"))) AS route,
      \(text("rollup.template")) AS template, \(text("method")) AS method,
      CASE status_class WHEN 0 THEN NULL WHEN 1 THEN 101 ELSE status_class * 100 END AS status,
      \(codes("outcome", Outcome.self)) AS outcome, \(codes("cache", CacheStatus.self)) AS cache,
      rollup.requests AS requests, sketch AS duration,
      CASE WHEN \(counts) THEN sketch END AS latency, CASE WHEN status_class <> 1 THEN sketch END AS busy,
      CASE WHEN bytes_in_count > 0 THEN bytes_in END AS bytes_in,
      CASE WHEN bytes_out_count > 0 THEN bytes_out END AS bytes_out,
      CASE WHEN upstream_count > 0 THEN upstream END AS upstream_duration,
      CASE WHEN status_class = 5 THEN 'server error' WHEN status_class = 4 THEN 'client error'
        WHEN status_class NOT IN (2, 3) THEN 'other' WHEN cache IN \(served) THEN 'cache hit' ELSE 'success' END AS class,
      0 AS limited, cache IN \(lookups) AS lookup, cache IN \(served) AS served
      FROM main.rollup JOIN main.source ON source.id = rollup.source;
    """

  private static let shared = """
    arrival, source, node, route, template, method, status, outcome, cache, class, limited, lookup, served,
      duration, latency, busy, bytes_in, bytes_out, upstream_duration
    """

  private static let history = """
    CREATE TEMP VIEW history AS SELECT 1 AS requests, \(shared) FROM requests
      UNION ALL SELECT requests, \(shared) FROM rollups;
    """

  // MARK: Parts

  /// Whether a rollup's durations say something about the gateway, as `StatusRule.countsForLatency` does for a row.
  private static let counts =
    "status_class <> 1 AND outcome NOT IN (\(Outcome.clientAbort.rawValue), \(Outcome.clientProtocol.rawValue))"

  private static let served = list { $0.isServedFromCache }
  private static let lookups = list { $0.isLookup }

  private static func list(_ isIn: (CacheStatus) -> Bool) -> String {
    "(" + CacheStatus.allCases.filter(isIn).map { String($0.rawValue) }.joined(separator: ", ") + ")"
  }

  private static func text(_ symbol: String) -> String {
    "(SELECT CAST(text AS TEXT) FROM main.symbol WHERE symbol.id = \(symbol))"
  }

  private static func codes<Code: ColumnCode>(_ column: String, _: Code.Type) -> String {
    names(column, Code.allCases.map { ($0.rawValue, $0.name) })
  }

  private static func names(_ column: String, _ names: [(Int64, String)]) -> String {
    "CASE \(column) " + names.map { "WHEN \($0) THEN '\($1)' " }.joined() + "END"
  }
}
