public import Traffic

/// A filter as the condition of a SQL statement on the table `requests`.
public enum SQLWhere {
  /// ` WHERE …` with the filter and further conditions, or nothing.
  public static func clause(_ filter: TrafficFilter, and conditions: [String] = []) -> String {
    let all = terms(filter) + conditions
    return all.isEmpty ? "" : " WHERE " + all.joined(separator: " AND ")
  }

  /// A text as SQL writes it.
  public static func literal(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }

  /// `column = 'text'`, or `column IS NULL`.
  public static func equal(_ column: String, _ text: String?) -> String {
    text.map { "\(name(column)) = \(literal($0))" } ?? "\(name(column)) IS NULL"
  }

  private static func terms(_ filter: TrafficFilter) -> [String] {
    var terms: [String] = []
    if let since = filter.since { terms.append("arrival >= \(since.microseconds)") }
    if let until = filter.until { terms.append("arrival < \(until.microseconds)") }
    return terms + filter.conditions.map(term)
  }

  private static func term(_ condition: TrafficFilter.Condition) -> String {
    let column = name(condition.column.name)
    switch condition.test {
    case .number(let comparison, let value): return number(condition.column, comparison, value)
    case .matches(let globs): return "(" + globs.map { matching(column, $0) }.joined(separator: " OR ") + ")"
    case .matchesNone(let globs):
      return globs.map { "NOT " + matching(column, $0) }.joined(separator: " AND ")
    }
  }

  private static func number(
    _ column: ScanColumn, _ comparison: TrafficFilter.Condition.Comparison, _ value: Int64
  ) -> String {
    if case .stored(let stored) = column, stored.kind == .code, let index = Int(exactly: value),
      stored.codeNames.indices.contains(index)
    {
      return name(column.name) + " " + sign(comparison) + " " + literal(stored.codeNames[index])
    }
    return "\(name(column.name)) \(sign(comparison)) \(value)"
  }

  private static func sign(_ comparison: TrafficFilter.Condition.Comparison) -> String {
    switch comparison {
    case .equal: "="
    case .notEqual: "<>"
    case .less: "<"
    case .lessOrEqual: "<="
    case .greater: ">"
    case .greaterOrEqual: ">="
    }
  }

  /// SQLite's GLOB knows `[…]` too, which here is plain text.
  private static func matching(_ column: String, _ glob: String) -> String {
    guard glob.contains(where: { $0 == "*" || $0 == "?" }) else { return "\(column) = \(literal(glob))" }
    let plain = glob.split(separator: "[", omittingEmptySubsequences: false).joined(separator: "[[]")
    return "\(column) GLOB \(literal(plain))"
  }

  /// `limit` is a word of SQL.
  private static func name(_ column: String) -> String { column == "limit" ? "\"limit\"" : column }
}
