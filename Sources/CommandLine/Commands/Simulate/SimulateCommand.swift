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
    Example("headroom simulate -c next.conf --traffic 1.5", "with half as many users again"),
    Example("headroom simulate -c next.conf --retries learned", "demand, and the retries that this limit would cause"),
  ]
  var options: [Option] {
    ReplayArguments.options + [
      ClientScenario.option,
      Option(
        name: "traffic", value: "FACTOR",
        summary: "so many times the users, 0.01 to 100: whole sessions are copied and shifted by up to 30 s"),
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
    "By default a request that was rejected in the log is demand like any other, and so are its recorded retries."
      + " '--retries learned' takes recorded retries out and lets the callers try again as the log shows they do;"
      + " 'give-up' and 'relentless' are the bounds of what they may do.",
  ]

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let arguments = ReplayArguments(invocation: invocation)
    let readings = try arguments.readings()
    let store = try await invocation.openStore()
    let ledger = try await store.ledger()
    let scope = try invocation.scope(ledger)
    let growth = try growth(invocation)
    let clients = invocation.value("retries").flatMap(ClientScenario.init(rawValue:)) ?? .recorded
    let chains = clients == .recorded ? nil : try await RetryChains(scope: scope).answer(from: store.traffic)
    var scenarios: [Scenario] = []
    for (path, reading) in readings {
      var options = try arguments.options(for: reading.model, ledger: ledger)
      options.growth = growth
      let replay = ScenarioReplay(reading: reading, options: options, scope: scope, traffic: store.traffic)
      scenarios.append(try await replay.scenario(named: path, clients, chains))
    }
    let critical = try await CriticalRoutes(invocation.values("critical"), of: scenarios)
    let page = SimulationPage(
      scenarios: scenarios, ledger: ledger, growth: growth, critical: critical, explains: invocation.has("explain"), clients: clients,
      trust: try await store.note(Trust.noteName))
    try invocation.print(page.document)
    if let path = invocation.value("decisions"), let last = scenarios.last {
      try await writeDecisions(path, last.reading.model, last.options, store, ledger, scope)
    }
    return critical.isHitByLast ? .answerIsNo : .done
  }

  private func growth(_ invocation: Invocation) throws -> Double {
    guard let text = invocation.value("traffic") else { return 1 }
    guard let factor = Double(text), (0.01...100).contains(factor) else {
      throw invocation.invalid("--traffic", text, expected: "a number from 0.01 to 100, such as 1.5")
    }
    return factor
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
  /// The same configuration with callers that behave otherwise: the bounds of what was learned.
  var bounds: [(clients: ClientScenario, impact: Impact)]
}

/// Replays one configuration.
struct ScenarioReplay {
  let reading: GatewayReading
  let options: ReplayOptions
  let scope: Scope
  let traffic: any TrafficSource

  func scenario(
    named name: String, _ clients: ClientScenario, _ chains: RetryChains.Answer?
  ) async throws -> Scenario {
    let (impact, options) = try await impact(clients, chains)
    var bounds: [(clients: ClientScenario, impact: Impact)] = []
    if clients == .learned {
      for bound in [ClientScenario.giveUp, .relentless] {
        bounds.append((bound, try await self.impact(bound, chains).impact))
      }
    }
    return Scenario(name: name, reading: reading, options: options, impact: impact, bounds: bounds)
  }

  private func impact(
    _ clients: ClientScenario, _ chains: RetryChains.Answer?
  ) async throws -> (impact: Impact, options: ReplayOptions) {
    var options = options
    try clients.apply(chains, to: &options)
    let whatIf = WhatIf(reading.model, filter: scope.filter, options: options, threads: scope.threads)
    return (try await whatIf.impact(on: traffic), options)
  }
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
