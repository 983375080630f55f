import Analysis
import Traffic

/// SQL that counts what a report counts: single requests, or where a part of them lives on in rollups, both.
struct ReportQuery {
  let filter: TrafficFilter
  /// Of single requests, and of rollups beside them.
  let isHistory: Bool

  init(_ night: Night) {
    filter = night.scope.filter
    isHistory = night.rolledUp > 0
  }

  private var table: String { isHistory ? "history" : "requests" }

  /// `SELECT` … of the report's requests.
  func select(_ columns: [String], where conditions: [String] = [], _ rest: String = "") -> String {
    "SELECT \(columns.joined(separator: ", ")) FROM \(table)" + SQLWhere.clause(filter, and: conditions)
      + (rest.isEmpty ? "" : " " + rest)
  }

  // MARK: Expressions

  /// Requests of a group.
  var count: String { isHistory ? "sum(requests)" : "count(*)" }

  /// Requests of a group for which a condition holds; 0 without any.
  func count(where condition: String) -> String {
    isHistory
      ? "coalesce(sum(requests) FILTER (WHERE \(condition)), 0)" : "count(*) FILTER (WHERE \(condition))"
  }

  /// Values of a column of durations.
  func samples(_ column: String) -> String { isHistory ? "sample_count(\(column))" : "count(\(column))" }

  /// Sum of a column of durations; 0 without any.
  func sum(_ column: String) -> String {
    isHistory ? "sample_sum(\(column))" : "coalesce(sum(\(column)), 0)"
  }

  /// A percentile as bucket counts give it.
  func approximate(_ column: String, _ percentile: String) -> String {
    "approximate_percentile(\(column), \(percentile))"
  }

  /// A percentile by nearest rank; rollups know bucket counts only.
  func exact(_ column: String, _ percentile: String) -> String {
    isHistory ? approximate(column, percentile) : "percentile(\(column), \(percentile))"
  }

  func maximum(_ column: String) -> String { isHistory ? approximate(column, "100") : "max(\(column))" }

  /// The percentiles that tables show, in their columns, and the largest value.
  func latency(_ column: String, isExact: Bool) -> [String] {
    Self.percentiles.map { key, percentile in
      (isExact ? exact(column, percentile) : approximate(column, percentile)) + " AS \(key)_us"
    } + [maximum(column) + " AS max_us"]
  }

  static let percentiles = [("p50", "50"), ("p90", "90"), ("p95", "95"), ("p99", "99"), ("p999", "99.9")]

  // MARK: Steps of time

  /// One row per step from the first to the last, steps without a request too: `from`, then the columns, 0 where there
  /// is none.
  /// - Parameter columns: name and expression over the requests of a step.
  func steps(
    _ step: Microseconds, from first: Int64, through last: Int64, _ columns: [(name: String, sql: String)]
  ) -> String {
    let counted = select(
      ["arrival / \(step.count) * \(step.count) AS at"] + columns.map { "\($0.sql) AS \($0.name)" }, "GROUP BY 1")
    let shown = columns.map { "coalesce(\($0.name), 0) AS \($0.name)" }
    return "WITH RECURSIVE steps(at) AS (SELECT \(first) UNION ALL SELECT at + \(step.count) FROM steps WHERE at <"
      + " \(last)), counted AS (\(counted)) SELECT at AS \"from\", \(shown.joined(separator: ", ")) FROM steps"
      + " LEFT JOIN counted USING (at) ORDER BY at"
  }

  private func select(_ columns: [String], _ rest: String) -> String { select(columns, where: [], rest) }
}

extension LatencySummary {
  /// Columns of the percentiles that tables show, and of the largest value.
  static let columns =
    ReportedQuantile.all.map { Column($0.key, $0.label, .duration) } + [Column("max", "max", .duration)]

  /// Cells of these columns.
  var cells: [Cell] { ReportedQuantile.all.map { percentile($0.key) } + [.length(maximum)] }

  /// The same as one distribution.
  var spread: Cell { .spread(quantiles + [maximum]) }
}

extension RequestClass {
  /// JSON key: `server_error`.
  var key: String { String(name.map { $0 == " " ? "_" : $0 }) }
}
