import Analysis
import Gateways
import Reporting

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
    return Document(
      name: "findings", title: "Findings",
      blocks: FindingBlocks.blocks(muting.told, muted: muting.muted.map(MutedFinding.init), expired: muting.expired))
  }
}
