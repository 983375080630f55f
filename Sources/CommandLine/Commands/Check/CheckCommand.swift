import Analysis
import Reporting
import Traffic

/// `check`: the gate for cron and CI.
struct CheckCommand: Command {
  let words = ["check"]
  let summary = "hold the traffic against rules: SLO, errors, headroom, quota, findings, data; exit 1 when one fails"
  let examples = [
    Example("headroom check --rules rules.json --since 1d", "the last day; exit 1 and the reasons when a rule fails"),
    Example("headroom check --rules rules.json --junit check.xml", "for a CI system"),
    Example("headroom check --rules rules.json --compare-to 2d..1d --since 1d", "with rules about changes"),
    Example("headroom check --rules rules.json --mute 'low-value-hop:*:2026-12-31'", "and some findings muted until then"),
  ]
  var options: [Option] {
    [
      Option(name: "rules", value: "FILE", summary: "JSON with comments; samples/rules.json shows every rule"),
      Option(name: "junit", value: "FILE", summary: "write JUnit XML too"),
    ] + MutingArguments.options + [CompareToArgument.option, CommonOptions.store] + CommonOptions.window
      + CommonOptions.output + [CommonOptions.threads, CommonOptions.quiet]
  }
  let remarks = [
    "A rule without data is unknown and fails, unless it says \"unknown\": \"pass\".",
    "Muted findings count for no rule until their date; the data's newest arrival decides what day it is.",
  ]

  func run(_ invocation: Invocation) async throws -> ExitCode {
    guard let path = invocation.value("rules") else {
      throw UsageError(.missingArgument("--rules FILE"), command: words)
    }
    let rules = try RulesFile.read(path, clock: try invocation.clock())
    let store = try await invocation.openStore()
    let ledger = try await store.ledger()
    let night = Night(traffic: store.traffic, ledger: ledger, scope: try invocation.scope(ledger))
    let earlier = try CompareToArgument(invocation).earlier(than: night)
    let mutes = try MutingArguments(invocation).mutes() + rules.mutes
    let muting = try await muting(rules.gates, night, earlier, mutes)
    let results = try await GateCheck(night: night, earlier: earlier, findings: muting.told).results(of: rules.gates)
    try MutingArguments.tell(muting, invocation)
    try invocation.print(CheckPage(results: results, muting: muting, clock: try invocation.clock()).document)
    if let file = invocation.value("junit") {
      var output = try OutputFile(path: file)
      try output.sink.write(JUnitText.document(results, clock: try invocation.clock()))
      try output.finish()
    }
    return results.contains(where: \.fails) ? .answerIsNo : .done
  }

  /// Findings are worked out only where a rule is about them.
  private func muting(_ gates: [Gate], _ night: Night, _ earlier: Night?, _ mutes: [Mute]) async throws -> Muting {
    let asksFindings = gates.contains { if case .findings = $0.test { true } else { false } }
    guard asksFindings else { return Muting([], mutes: [], newest: nil) }
    let findings = try await FindingRules.findings(in: night, after: earlier)
    return Muting(findings, mutes: mutes, newest: night.ledger.compactMap(\.lastArrival).max())
  }
}
