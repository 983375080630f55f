import Traffic

/// Parts of a night: a scope to ask questions of, and the query that counts the same rows.
extension Scope {
  /// Rows that arrived in [from, until), as far as they are in this scope.
  func within(_ from: Int64, _ until: Int64) -> Scope {
    var part = self
    part.filter.since = Timestamp(microseconds: max(from, filter.since?.microseconds ?? .min))
    part.filter.until = Timestamp(microseconds: min(until, filter.until?.microseconds ?? .max))
    return part
  }

  /// Rows with one of some texts in a column.
  func matching(_ column: ScanColumn, _ texts: [String]) -> Scope {
    var part = self
    part.filter.conditions.append(.init(column, .matches(texts)))
    return part
  }

  /// Rows of a route, and of a method where one is known.
  func of(route: String, method: String?) -> Scope {
    let part = matching(.route, [route])
    return method.map { part.matching(.stored(.method), [$0]) } ?? part
  }

  func with(_ column: RequestColumn, _ comparison: TrafficFilter.Condition.Comparison, _ value: Int64) -> Scope {
    var part = self
    part.filter.conditions.append(.init(.stored(column), .number(comparison, value)))
    return part
  }

  /// `SELECT … FROM requests WHERE …` over the rows of this scope.
  func select(_ columns: String, and conditions: [String] = []) -> String {
    "SELECT \(columns) FROM requests" + SQLWhere.clause(filter, and: conditions)
  }
}

/// What rows count as, in SQL; `StatusRule` and `RequestClass` in another language.
enum RowSQL {
  static let isLimited =
    "(coalesce(\"limit\", 'none') IN ('rejected', 'inferred_rejected')"
    + " OR (status = 429 AND coalesce(\"limit\", 'none') = 'none'))"
  static let isServerError = "status BETWEEN 500 AND 599"
  /// Answered by an upstream with success, by the duration of a complete exchange that no limiter made wait.
  static let isPlainSuccess =
    "status BETWEEN 200 AND 399 AND coalesce(\"limit\", 'none') NOT IN ('rejected', 'inferred_rejected', 'delayed')"
    + " AND coalesce(cache, 'none') NOT IN ('hit', 'stale', 'updating', 'revalidated')"
    + " AND coalesce(outcome, 'ok') NOT IN ('client_abort', 'client_protocol') AND duration IS NOT NULL"
  /// Callers: the consumer, else the client address.
  static let caller = "consumer, CASE WHEN consumer IS NULL THEN client END"
}

/// A command line that can be pasted into a shell, whatever the log wrote into its words.
enum ShellLine {
  static func sql(_ query: String) -> String { "headroom sql " + quoted(query) }

  /// In single quotes, inside which nothing means anything to a shell.
  static func quoted(_ word: String) -> String {
    "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
