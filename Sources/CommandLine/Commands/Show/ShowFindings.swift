import Analysis
import Gateways
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
    return Self.document(try await FindingRules.findings(in: night), clock: try view.invocation.clock())
  }

  static func document(_ findings: [Finding], clock: DisplayClock) -> Document {
    let columns = [
      Column("id", "Id", .text), Column("severity", "Severity", .text), Column("impact", "Impact", .ratio),
      Column("confidence", "Confidence", .ratio), Column("headline", "Headline", .text),
    ]
    let rows = findings.map { finding -> [Cell] in
      [
        .text(finding.id), .text(finding.severity.name), share(finding.impact), share(finding.confidence),
        .text(finding.headline.text(clock: clock)),
      ]
    }
    let table = Document.Block.table(Table(key: "findings", columns: columns, rows: rows))
    return Document(
      name: "findings", title: "Findings",
      blocks: findings.isEmpty ? [table, .note("No rule found anything to act on.")] : [table])
  }

  /// A number of 0…1 in millionths.
  private static func share(_ value: Double) -> Cell { .ratio(Int64((value * 1e6).rounded()), of: 1_000_000) }
}
