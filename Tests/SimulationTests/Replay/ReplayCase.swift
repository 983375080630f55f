import Gateways
import Simulation
import TestSupport
import Traffic

/// A few requests and what a model decides about them.
struct ReplayCase {
  struct Request {
    /// ms
    var at: Int64
    var consumer: String?
    var path: String = "/"
    /// ms
    var lasts: Int64 = 0
    var node: String?

    init(_ at: Int64, _ consumer: String? = "a", path: String = "/", lasts: Int64 = 0, node: String? = nil) {
      self.at = at
      self.consumer = consumer
      self.path = path
      self.lasts = lasts
      self.node = node
    }
  }

  /// A sink that keeps everything, by line.
  struct Decisions: DecisionSink {
    static let columns: [ScanColumn] = [.stored(.line)]
    var byLine: [Int64: [Decision]] = [:]
    var times: [Int64] = []
    mutating func take(_ request: RecordedRequest, _ decision: Decision) {
      byLine[request[0], default: []].append(decision)
      times.append(request.arrival)
    }
  }

  /// An instant at which every window begins: 2023-11-20T00:00:00Z, a Monday.
  static let epoch: Int64 = 1_700_438_400_000_000

  var requests: [Request]
  var model: GatewayModel
  var options = ReplayOptions()
  var batchRows = 7

  func decisions() async throws -> Decisions {
    var traffic = MemoryTraffic()
    traffic.batchRows = batchRows
    for (index, request) in requests.enumerated() {
      var values: [RequestColumn: Int64] = [
        .arrival: Self.epoch + request.at * 1_000, .line: Int64(index + 1), .duration: request.lasts * 1_000,
      ]
      if let consumer = request.consumer { values[.consumer] = traffic.symbol(consumer) }
      if let node = request.node { values[.gateway] = traffic.symbol(node) }
      values[.path] = traffic.symbol(request.path)
      traffic.rows.append(MemoryTraffic.Row(values))
    }
    return try await Replay.run(model, on: traffic, options: options, into: Decisions())
  }

  /// `P`, `D100`, `R` per request in the order given.
  func words() async throws -> String {
    let decisions = try await decisions()
    return requests.indices.map { index in
      (decisions.byLine[Int64(index + 1)] ?? []).map { Self.word($0) }.joined(separator: "+")
    }.joined(separator: " ")
  }

  static func word(_ decision: Decision) -> String {
    if decision.verdict.isRejected { return "R" }
    return decision.verdict.isDelayed ? "D\(decision.verdict.delay / 1_000)" : "P"
  }
}

extension GatewayModel {
  /// Policies of one stage each, every rule with a counter of its own by consumer.
  static func stages(
    _ stages: [(LimitStage.Joining, [LimiterSettings])], key: LimitKey = LimitKey([.column(.stored(.consumer))]),
    scope: LimitCounter.Scope = .perNode, capacity: KeyCapacity? = nil, isDryRun: Bool = false
  ) -> GatewayModel {
    var model = GatewayModel(product: .plan)
    for (joining, limiters) in stages {
      let rules = limiters.map { limiter in
        model.counters.append(LimitCounter(name: "c\(model.counters.count)", key: key, scope: scope, capacity: capacity))
        return LimitRule(
          name: "r", counter: model.counters.count - 1, limiter: limiter, status: 429, isDryRun: isDryRun,
          place: ConfigurationPlace(file: "test", line: 1))
      }
      model.policies.append(LimitPolicy(name: "p", cases: [LimitCase(stages: [LimitStage(rules, joining: joining)])]))
    }
    return model
  }

  static func one(_ limiter: LimiterSettings, key: LimitKey = LimitKey([.column(.stored(.consumer))])) -> GatewayModel {
    stages([(.sequence, [limiter])], key: key)
  }
}

extension LimiterSettings {
  /// nginx's `limit_req` at so many requests a second.
  static func nginx(_ rate: Int64, burst: Int64 = 0, undelayed: Int64 = 0) -> LimiterSettings {
    .leakyBucket(milliRate: rate * 1_000, burst: burst, undelayed: undelayed, arithmetic: .nginx)
  }
}
