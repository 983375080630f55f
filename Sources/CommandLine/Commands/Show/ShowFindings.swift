import Analysis
import Reporting
import Traffic

/// `show findings`: what somebody should act on, one line each.
struct ShowFindings: ShowCommand {
  let what = "findings"
  let rollups = RollupUse.told
  let summary = "what somebody should act on, ranked"
  let examples = [
    Example("headroom show findings --since 1d", "of the last day"),
    Example("headroom show findings -c nginx.conf", "with what the configuration in force says"),
  ]
  let remarks = [
    "Ranked by severity, then by impact times confidence. 'headroom report' tells the evidence, the cost and what to do."
  ]
  var moreOptions: [Option] { ReplayArguments.options.filter { $0.name.hasPrefix("config") } }

  func document(_ view: StoreView) async throws -> Document {
    let model = view.invocation.has("config")
      ? try ReplayArguments(invocation: view.invocation).readings().first?.reading.model : nil
    let night = Night(traffic: view.traffic, ledger: view.ledger, scope: view.scope, model: model)
    return Self.document(try await FindingRules.findings(in: night))
  }

  static func document(_ findings: [Finding]) -> Document {
    let columns = [
      Column("id", "Id", .text), Column("severity", "Severity", .text), Column("impact", "Impact", .real),
      Column("confidence", "Confidence", .real), Column("headline", "Headline", .text),
    ]
    let rows = findings.map { finding -> [Cell] in
      [
        .text(finding.id), .text(finding.severity.name), .real(finding.impact), .real(finding.confidence),
        .text(finding.headline.plainText),
      ]
    }
    return Document(
      name: "findings", title: "Findings",
      blocks: findings.isEmpty
        ? [.table(Table(key: "findings", columns: columns, rows: [])), .note("No rule found anything to act on.")]
        : [.table(Table(key: "findings", columns: columns, rows: rows))])
  }
}

extension Sentence {
  /// Words and values one after another.
  fileprivate var plainText: String {
    parts.map { part in
      switch part {
      case .words(let words): words
      case .value(let value): ReadableCell.text(value)
      }
    }.joined()
  }
}
