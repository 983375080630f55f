import Traffic

extension Scope {
  /// Without rows that live on in rollups, which no query on `requests` sees: rollups keep no line, so that a
  /// condition on it never holds for them.
  var ofSingleRows: Scope {
    var part = self
    part.onlyRows = true
    return part
  }
}

/// Evidence and the one query whose one row holds it, so that a number and its SQL are written down together.
///
/// Columns are named as in JSON: a duration's ends in `_us`; a ratio has two, `<key>_part` and `<key>_of`.
struct EvidenceQuery {
  private var columns: [String] = []
  private var evidence: [Finding.Evidence] = []

  mutating func add(_ key: String, _ label: String, _ value: Int64, _ expression: String) {
    append(key, label, .integer(value), ["\(expression) AS \(key)"])
  }

  mutating func add(_ key: String, _ label: String, _ value: Microseconds, _ expression: String) {
    append(key, label, .duration(value), ["\(expression) AS \(key)_us"])
  }

  /// A share; `expression` counts the part, `all` the whole.
  mutating func add(
    _ key: String, _ label: String, _ part: Int64, of whole: Int64, _ expression: String, of all: String = "count(*)"
  ) {
    append(key, label, .ratio(part, of: whole), ["\(expression) AS \(key)_part", "\(all) AS \(key)_of"])
  }

  private mutating func append(_ key: String, _ label: String, _ value: Cell, _ columns: [String]) {
    evidence.append(Finding.Evidence(key, label, value))
    self.columns += columns
  }

  func sql(_ filter: TrafficFilter, and conditions: [String] = []) -> String {
    sql(from: "requests" + SQLWhere.clause(filter, and: conditions))
  }

  /// - Parameter source: what follows FROM: a table with its conditions, or a query in parentheses.
  func sql(from source: String) -> String { "SELECT \(columns.joined(separator: ", ")) FROM \(source)" }

  /// The evidence, each piece with the query over the requests that meet the conditions.
  func evidence(_ filter: TrafficFilter, and conditions: [String] = []) -> [Finding.Evidence] {
    evidence(from: "requests" + SQLWhere.clause(filter, and: conditions))
  }

  func evidence(from source: String) -> [Finding.Evidence] {
    let derivation = Derivation.query(sql(from: source))
    return evidence.map { piece in
      var piece = piece
      piece.derivation = derivation
      return piece
    }
  }
}
