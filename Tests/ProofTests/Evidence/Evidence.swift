import Testing

/// What a run left behind, in the order in which the gateway decided as far as its log tells.
struct Evidence {
  let requests: [ArrivedRequest]

  /// Log lines come in order of the ends, so a request that was held is behind those that were rejected while it waited:
  /// inside one tick, what was let through comes first.
  init(
    _ log: ImportedLog, where isJudged: (LoggedRequest) -> Bool = { _ in true }, key: (LoggedRequest) -> String
  ) {
    requests = log.requests.filter(isJudged).map {
      ArrivedRequest(key: key($0), arrival: $0.arrival, duration: $0.duration, logged: $0.verdict)
    }.enumerated().sorted {
      ($0.element.arrival, $0.element.logged == .rejected ? 1 : 0, $0.offset)
        < ($1.element.arrival, $1.element.logged == .rejected ? 1 : 0, $1.offset)
    }.map(\.element)
  }

  /// Replays the requests through a limiter's twin and holds the outcome against the log.
  func judge(by oracle: some LimitOracle, _ name: String, _ bounds: Bounds) {
    let strays = bounds.edge.map { oracle.strays(requests, tolerance: $0) }
    print("proof: \(name): by its twin:", terminator: strays.map { " beyond the edge \($0);" } ?? "")
    judge(oracle.replay(requests), name, bounds)
    #expect(strays ?? 0 == 0, "\(name): disagreements further than the edge")
  }

  /// Holds replayed verdicts against the log.
  func judge(_ replayed: [ProvenVerdict], _ name: String, _ bounds: Bounds) {
    let known = bounds.knowsDelays ? replayed : replayed.map { $0 == .delayed ? .passed : $0 }
    let agreement = Agreement(requests, replayed: known, openOrder: bounds.openOrder)
    print(" \(agreement)")
    #expect(agreement.shareInAnyOrder >= bounds.share, "\(name): \(agreement)")
    #expect(agreement.totalsAgree(within: bounds.totals), "\(name): \(agreement)")
  }
}
