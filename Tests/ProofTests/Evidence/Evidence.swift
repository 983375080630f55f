import TestSupport
import Testing

/// What a run left behind, in the order in which the gateway decided as far as its log tells.
struct Evidence {
  let name: String
  let log: ImportedLog
  let requests: [ArrivedRequest]
  /// Line of the log of each.
  private let lines: [Int]

  /// Log lines come in order of the ends, so a request that was held is behind those that were rejected while it
  /// waited: inside one tick, what was let through comes first.
  init(
    _ name: String, _ log: ImportedLog, where isJudged: (LoggedRequest) -> Bool = { _ in true },
    key: (LoggedRequest) -> String
  ) {
    self.name = name
    self.log = log
    let ordered = log.requests.filter(isJudged).sorted {
      ($0.arrival, $0.verdict == .rejected ? 1 : 0, $0.line) < ($1.arrival, $1.verdict == .rejected ? 1 : 0, $1.line)
    }
    requests = ordered.map {
      ArrivedRequest(key: key($0), arrival: $0.arrival, duration: $0.duration, logged: $0.verdict)
    }
    lines = ordered.map(\.line)
  }

  /// Replays the log with `headroom simulate` under the configuration that was in force, and through the limiter's
  /// twin, and holds both against what was logged.
  func judge(_ run: GatewayRun, by oracle: some LimitOracle, _ bounds: Bounds, in folder: TemporaryFolder) throws {
    let strays = bounds.edge.map { oracle.strays(requests, tolerance: $0) } ?? 0
    #expect(strays == 0, "\(name): disagreements further than the edge")
    judge(oracle.replay(requests), "twin", bounds)
    let simulation = try Simulation(of: log, under: run.configuration, in: folder)
    judge(lines.map { simulation.verdicts[$0] ?? .passed }, "headroom", bounds)
    #expect(simulation.verdicts.count >= lines.count, "\(name): a decision for every line")
    try calibrate(run, bounds, in: folder)
  }

  /// `headroom calibrate` finds the agreement that the proof demands, and keeps a sentence about it.
  private func calibrate(_ run: GatewayRun, _ bounds: Bounds, in folder: TemporaryFolder) throws {
    let result = try Program.headroom.run(
      [
        "calibrate", "--store", log.store, "--config", run.configuration, "--require", String(bounds.share * 100),
        // The gateway started with its log.
        "--warm-up", "0", "--format", "markdown",
      ], in: folder)
    let sentence = result.output.split(separator: "\n").first { $0.hasPrefix("Replaying ") || $0.hasPrefix("Nothing ") }
    print("proof: \(name): calibrate: \(sentence ?? "no sentence")")
    #expect(result.status == 0, "\(name): calibrate: \(result.errors)\(result.output)")
  }

  /// From stamps of whole seconds nobody can tell each verdict, but the truth lies in the interval that is printed.
  func judgeCoarse(_ run: GatewayRun, in folder: TemporaryFolder) throws {
    guard let path = run.coarseLog else { return }
    let coarse = try ImportedLog(path, format: run.coarseFormat, in: folder)
    #expect(coarse.requests.count == log.requests.count)
    let simulation = try Simulation(of: coarse, under: run.configuration, in: folder)
    let truth = log.requests.count { $0.verdict == .rejected }
    print(
      "proof: \(name): whole seconds: rejected \(truth) logged, \(simulation.rejected) replayed,"
        + " interval \(simulation.interval.map { "\($0.lowerBound) to \($0.upperBound)" } ?? "none")")
    #expect(simulation.interval?.contains(truth) == true, "\(name): the truth lies in the interval")
  }

  private func judge(_ replayed: [ProvenVerdict], _ who: String, _ bounds: Bounds) {
    let known = bounds.knowsDelays ? replayed : replayed.map { $0 == .delayed ? .passed : $0 }
    let agreement = Agreement(requests, replayed: known, openOrder: bounds.openOrder)
    print("proof: \(name): \(who): \(agreement)")
    #expect(agreement.shareInAnyOrder >= bounds.share, "\(name): \(who): \(agreement)")
    #expect(agreement.totalsAgree(within: bounds.totals), "\(name): \(who): \(agreement)")
  }
}
