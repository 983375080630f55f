import Traffic

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
    "SELECT \(columns.joined(separator: ", ")) FROM requests\(SQLWhere.clause(filter, and: conditions))"
  }

  /// The evidence, each piece with the query over the requests that meet the conditions.
  func evidence(_ filter: TrafficFilter, and conditions: [String] = []) -> [Finding.Evidence] {
    let derivation = Derivation.query(sql(filter, and: conditions))
    return evidence.map { piece in
      var piece = piece
      piece.derivation = derivation
      return piece
    }
  }
}

/// Command lines that a finding hands to its reader.
enum FindingCommand {
  /// `headroom sql '…'`, quoted for a POSIX shell.
  static func sql(_ query: String) -> String {
    "headroom sql '" + query.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}

extension [Finding] {
  /// Findings of one kind that are worth a reader's time, the weightiest first.
  static let mostOfAKind = 3

  func weightiest(_ count: Int = mostOfAKind) -> [Finding] {
    let ranked = sorted { a, b in
      if a.severity != b.severity { return a.severity > b.severity }
      let (left, right) = (a.impact * a.confidence, b.impact * b.confidence)
      return left != right ? left > right : a.id < b.id
    }
    return Array(ranked.prefix(count))
  }
}
