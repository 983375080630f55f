import Analysis
import Gateways
import Planning
import Reporting
import Simulation
import Traffic

/// `simulate`: what the recorded traffic would have met under one or more configurations.
struct SimulateCommand: Command {
  let words = ["simulate"]
  let summary = "replay the recorded traffic against gateway configurations: who would be limited"
  let examples = [
    Example("headroom simulate --config nginx.conf", "what last night's traffic meets under this file"),
    Example("headroom simulate -c now.conf -c next.conf", "the candidate beside the baseline"),
    Example("headroom simulate -c plan.json --critical '/checkout*'", "and say so when a critical route is hit"),
    Example("headroom simulate -c envoy.yaml --decisions all.csv", "every decision, for a program"),
    Example("headroom simulate -c kong.yml --nodes 4:random", "four nodes that count for themselves"),
  ]
  var options: [Option] {
    ReplayArguments.options + [
      Option(
        name: "critical", value: "GLOB", summary: "routes that must not be limited; exit 1 when the last config does",
        isRepeatable: true),
      Option(
        name: "decisions", value: "FILE", summary: "write one CSV row per request decided by the last configuration"),
      Option(name: "explain", summary: "list every setting with what was made of it, or why it was left"),
    ] + CommonOptions.query
  }
  let remarks = [
    "Every request is decided by the product's own arithmetic, in the order of arrival. The first configuration is the"
      + " baseline. A caller is the consumer, or where the log names none the client address.",
    "Where the log's clock is coarser than the limiter's, the number of rejections is given as a range: 'proven' when"
      + " every order of arrival that the stamps allow lies in it, else the range over several such orders.",
    "A recorded request that was rejected in the log is demand like any other, and so are its recorded retries.",
  ]

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let arguments = ReplayArguments(invocation: invocation)
    let readings = try arguments.readings()
    let store = try await invocation.openStore()
    let ledger = try await store.ledger()
    let scope = try invocation.scope(ledger)
    var scenarios: [Scenario] = []
    for (path, reading) in readings {
      let options = try arguments.options(for: reading.model, ledger: ledger)
      let whatIf = WhatIf(reading.model, filter: scope.filter, options: options, threads: scope.threads)
      scenarios.append(
        Scenario(name: path, reading: reading, options: options, impact: try await whatIf.impact(on: store.traffic)))
    }
    let critical = try await CriticalRoutes(invocation.values("critical"), of: scenarios)
    let page = SimulationPage(
      scenarios: scenarios, ledger: ledger, critical: critical, explains: invocation.has("explain"))
    try invocation.print(page.document)
    if let path = invocation.value("decisions"), let last = readings.last {
      let options = try arguments.options(for: last.reading.model, ledger: ledger)
      try await writeDecisions(path, last.reading.model, options, store, ledger, scope)
    }
    return critical.isHitByLast ? .answerIsNo : .done
  }

  /// Replays once more, into a file that appears whole or not at all.
  private func writeDecisions(
    _ path: String, _ model: GatewayModel, _ options: ReplayOptions, _ store: any OpenStore, _ ledger: [LedgerEntry],
    _ scope: Scope
  ) async throws {
    var file = try OutputFile(path: path)
    let traffic = store.traffic
    let log = DecisionLog(
      to: file.sink, sources: Dictionary(ledger.map { ($0.number, $0.path) }, uniquingKeysWith: { first, _ in first }),
      limits: model.rules.map(\.name), text: { traffic.symbolText($0) })
    try await Replay.run(
      model, on: traffic, filter: scope.filter, options: options, threads: scope.threads, into: log
    ).finish()
    try file.finish()
  }
}

/// A configuration and what it would have done.
struct Scenario: Sendable {
  /// The file as given.
  var name: String
  var reading: GatewayReading
  var options: ReplayOptions
  var impact: Impact
}

/// Routes that must not be limited, and those of the last configuration that are.
struct CriticalRoutes: Sendable {
  let globs: [String]
  let hit: [Impact.Row]

  init(_ globs: [String], of scenarios: [Scenario]) async throws {
    self.globs = globs
    let routes = scenarios.last?.impact.routes ?? []
    hit = routes.filter { row in
      row.counts.rejected > 0 && globs.contains { Glob($0).matches(row.name ?? "") }
    }
  }

  var isHitByLast: Bool { !hit.isEmpty }
}
