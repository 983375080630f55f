import Gateways
import Simulation
import Traffic

/// Replay of four million requests of ten thousand callers through one limiter, columns in memory, one core.
struct ReplayScenario: Scenario {
  static let name = "replay"
  static let unit = "requests"
  private let traffic: ColumnTraffic
  private let model: GatewayModel

  init(file: String) async throws {
    traffic = ColumnTraffic(requests: 4_000_000, callers: 10_000)
    var model = GatewayModel(product: .nginx)
    model.counters = [LimitCounter(name: "perip", key: .client)]
    let limiter = LimiterSettings.leakyBucket(milliRate: 2_000, burst: 5, undelayed: .max, arithmetic: .nginx)
    let rule = LimitRule(
      name: "perip", counter: 0, limiter: limiter, status: 429, place: ConfigurationPlace(file: "nginx.conf", line: 1))
    model.policies = [LimitPolicy(name: "limit_req", cases: [LimitCase(stages: [LimitStage([rule])])])]
    self.model = model
  }

  mutating func run() async throws -> (units: Int, check: UInt64) {
    let sink = try await Replay.run(model, on: traffic, into: Digest())
    return (sink.count, sink.digest)
  }

  struct Digest: DecisionSink {
    static let columns: [ScanColumn] = []
    var count = 0
    var digest: UInt64 = 0
    mutating func take(_ request: RecordedRequest, _ decision: Decision) {
      count &+= 1
      digest = digest &* 31 &+ UInt64(bitPattern: decision.verdict.delay)
    }
  }
}

/// The same through two joined zones, one of which delays, and then a limit of requests in progress.
struct StackedReplayScenario: Scenario {
  static let name = "replay-stacked"
  static let unit = "requests"
  private let traffic: ColumnTraffic
  private let model: GatewayModel

  init(file: String) async throws {
    traffic = ColumnTraffic(requests: 4_000_000, callers: 10_000)
    var model = GatewayModel(product: .nginx)
    model.counters = ["all", "perip", "inprogress"].map { LimitCounter(name: $0, key: $0 == "all" ? .all : .client) }
    let limiters: [LimiterSettings] = [
      .leakyBucket(milliRate: 9_000_000, burst: 500, undelayed: 400, arithmetic: .nginx),
      .leakyBucket(milliRate: 2_000, burst: 5, undelayed: .max, arithmetic: .nginx),
      .concurrency(ConcurrencySettings(limit: 3)),
    ]
    let place = ConfigurationPlace(file: "nginx.conf", line: 1)
    let rules = limiters.enumerated().map { number, limiter in
      LimitRule(name: "r\(number)", counter: number, limiter: limiter, status: 503, place: place)
    }
    model.policies = [
      LimitPolicy(
        name: "limit_req", cases: [LimitCase(stages: [LimitStage(Array(rules[..<2]), joining: .allOrNothing)])]),
      LimitPolicy(name: "limit_conn", cases: [LimitCase(stages: [LimitStage([rules[2]])])]),
    ]
    self.model = model
  }

  mutating func run() async throws -> (units: Int, check: UInt64) {
    let sink = try await Replay.run(model, on: traffic, into: ReplayScenario.Digest())
    return (sink.count, sink.digest)
  }
}

/// Generated requests in arrival order, kept as columns.
struct ColumnTraffic: TrafficSource {
  private let arrivals: [Int64]
  private let clients: [Int64]
  private let others: [Int64]
  private static let batch = 1 << 16

  init(requests: Int, callers: UInt64) {
    var random: UInt64 = 1
    func next() -> UInt64 {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return random >> 33
    }
    var time: Int64 = 1_700_000_000_000_000
    var arrivals: [Int64] = []
    var clients: [Int64] = []
    for _ in 0..<requests {
      time += Int64(next() % 100)
      arrivals.append(time)
      // A third of the traffic comes from a hundred callers.
      clients.append(Int64(next() % 3 == 0 ? next() % 100 : next() % callers))
    }
    self.arrivals = arrivals
    self.clients = clients
    others = [Int64](repeating: 0, count: Self.batch)
  }

  func symbolText(_ symbol: Int64) -> String? { nil }
  func cube(_ request: CubeRequest) async throws -> Cube { Cube(cells: []) }

  func scan<Fold: TrafficFold>(_ request: ScanRequest, _ fold: Fold) async throws -> Fold {
    var fold = fold
    arrivals.withUnsafeBufferPointer { arrivals in
      clients.withUnsafeBufferPointer { clients in
        others.withUnsafeBufferPointer { others in
          for start in stride(from: 0, to: arrivals.count, by: Self.batch) {
            let pointers = request.columns.map { column in
              switch column {
              case .stored(.arrival): arrivals.baseAddress! + start
              case .stored(.client): clients.baseAddress! + start
              default: others.baseAddress!
              }
            }
            fold.absorb(ColumnBatch(rows: min(Self.batch, arrivals.count - start), columns: pointers))
          }
        }
      }
    }
    return fold
  }
}
