import Analysis
import Traffic

/// Statements and findings as JSON objects on one line, keys sorted.
enum JSONFacts {
  static func object(_ statement: Statement) -> String {
    let members = [
      ("key", JSONText.string(statement.key)), ("tone", JSONText.string(statement.tone.rawValue)),
      ("text", text(statement.sentence)), ("values", array(statement.sentence.values.map(value))),
    ]
    return JSONText.object(members + self.members(statement.derivation))
  }

  static func object(_ finding: Finding) -> String {
    JSONText.object([
      ("id", JSONText.string(finding.id)), ("kind", JSONText.string(finding.kind)),
      ("subject", JSONText.string(finding.subject)), ("severity", JSONText.string(finding.severity.name)),
      ("impact", JSONText.number(finding.impact)), ("confidence", JSONText.number(finding.confidence)),
      ("headline", text(finding.headline)), ("evidence", array(finding.evidence.map(object))),
      ("cost", text(finding.cost)), ("action", text(finding.action)), ("command", JSONText.string(finding.command)),
    ])
  }

  /// `"query":"SELECT …"` or `"command":"headroom …"`.
  static func members(_ derivation: Derivation?, prefix: String = "") -> [(key: String, value: String)] {
    switch derivation {
    case .query(let sql): [(prefix + "query", JSONText.string(sql))]
    case .command(let line): [(prefix + "command", JSONText.string(line))]
    case nil: []
    }
  }

  private static func object(_ evidence: Finding.Evidence) -> String {
    let members = [("key", JSONText.string(evidence.key)), ("label", JSONText.string(evidence.label))]
    return JSONText.object(members + named(evidence.value) + self.members(evidence.derivation))
  }

  private static func value(_ cell: Cell) -> String { JSONText.object(named(cell)) }

  /// `value`, with the unit in its name; a share and a rate bring their parts along.
  private static func named(_ cell: Cell) -> [(key: String, value: String)] {
    let members = JSONText.members("value", cell.kind, cell)
    guard case .rate(let count, let length) = cell else { return members }
    return members + [("value_count", String(count)), ("value_over_us", String(length.count))]
  }

  private static func text(_ sentence: Sentence) -> String {
    JSONText.string(SentenceText.plain(sentence, clock: .utc))
  }

  private static func array(_ items: [String]) -> String { "[" + items.joined(separator: ",") + "]" }
}
