import Analysis
import Gateways
import Reporting
import Traffic

/// `show findings`: everything that the rules found, and not only the few that a report tells.
struct ShowFindings: ShowCommand {
  let what = "findings"
  let rollups = RollupUse.told
  let summary = "everything that somebody should act on, most important first"
  let examples = [
    Example("headroom show findings --since 1d", "all findings of the last day"),
    Example("headroom show findings --since 1d --compare-to previous", "with regressions against the day before"),
    Example("headroom show findings --mutes samples/rules.json", "without those that are muted"),
  ]
  var moreOptions: [Option] { ReplayArguments.options + [CompareToArgument.option] + MutingArguments.options }

  func document(_ view: StoreView) async throws -> Document {
    let arguments = ReplayArguments(invocation: view.invocation)
    let model = view.invocation.has("config") ? try arguments.readings().first?.reading.model : nil
    let night = Night(traffic: view.traffic, ledger: view.ledger, scope: view.scope, model: model)
    let earlier = try CompareToArgument(view.invocation).earlier(than: night)
    let muting = Muting(
      try await FindingRules.findings(in: night, after: earlier), mutes: try MutingArguments(view.invocation).mutes(),
      newest: view.ledger.compactMap(\.lastArrival).max())
    try MutingArguments.tell(muting, view.invocation)
    return Self.document(muting, clock: try view.invocation.clock())
  }

  static func document(_ muting: Muting, clock: DisplayClock) -> Document {
    let columns = [
      Column("id", "Id", .text), Column("severity", "Severity", .text), Column("impact", "Impact", .ratio),
      Column("confidence", "Confidence", .ratio), Column("headline", "Headline", .text),
    ]
    let rows = muting.told.map { finding -> [Cell] in
      [
        .text(finding.id), .text(finding.severity.name), share(finding.impact), share(finding.confidence),
        .text(finding.headline.text(clock: clock)),
      ]
    }
    let table = Document.Block.table(Table(key: "findings", columns: columns, rows: rows))
    // The first block says that nothing was found.
    let others = FindingBlocks.blocks([], muted: muting.muted.map(MutedFinding.init), expired: muting.expired)
      .dropFirst(muting.told.isEmpty ? 0 : 1)
    return Document(name: "findings", title: "Findings", blocks: [table] + others)
  }

  /// A number of 0…1 in millionths.
  private static func share(_ value: Double) -> Cell { .ratio(Int64((value * 1e6).rounded()), of: 1_000_000) }
}
