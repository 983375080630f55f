import Foundation
import Gateways
import Simulation
import TestSupport
import Testing
import Traffic

/// Clients that try again, in the engine.
@Suite("A closed loop") struct ClosedLoopTests {
  /// Attempts and rejections in the stationary part.
  private struct Load: DecisionSink {
    static let columns: [ScanColumn] = []
    let from: Int64
    let until: Int64
    var attempts = 0
    var rejected = 0
    var lost = 0
    var isOrdered = true
    private var last = Int64.min

    init(from: Int64, until: Int64) {
      self.from = from
      self.until = until
    }

    mutating func take(_ request: RecordedRequest, _ decision: Decision) {
      isOrdered = isOrdered && request.arrival >= last
      last = request.arrival
      guard request.arrival >= from, request.arrival < until else { return }
      attempts += 1
      rejected += decision.verdict.isRejected ? 1 : 0
      lost += decision.verdict.isRejected && !decision.isTriedAgain ? 1 : 0
    }
  }

  @Test(
    "reaches the stationary load of excess demand that is tried again m times (TV-3.6)",
    arguments: [(0, 0.333_333, 150.0), (1, 0.577_350, 236.603), (3, 0.759_836, 416.382)])
  func stationary(retries: Int, rejectedShare: Double, attempts: Double) async throws {
    var traffic = MemoryTraffic()
    traffic.batchRows = 4_096
    var random = SeededGenerator(seed: 5)
    var time = ReplayCase.epoch
    while time < ReplayCase.epoch + 200_000_000 {
      // Exponential gaps: arrivals see the bucket as it is on average.
      time += Int64(-log(Double.random(in: 0.000_001...1, using: &random)) * 1e6 / 150)
      traffic.rows.append(MemoryTraffic.Row([.arrival: time, .line: Int64(traffic.rows.count + 1)]))
    }
    var options = ReplayOptions()
    let backoff = RetryPolicy.Backoff.fullJitter(base: .second, cap: Microseconds(8_000_000))
    options.clients = .retrying(RetryPolicy(backoff: backoff, maxRetries: retries))
    let model = GatewayModel.one(.tokenBucket(rate: .perSecond(100), capacity: 10), key: .all)
    let seconds = 150.0
    let load = try await Replay.run(
      model, on: traffic, options: options,
      into: Load(from: ReplayCase.epoch + 40_000_000, until: ReplayCase.epoch + 190_000_000))
    #expect(load.isOrdered)
    #expect(abs(Double(load.attempts) / seconds / attempts - 1) < 0.02)
    #expect(abs(Double(load.rejected) / Double(load.attempts) - rejectedShare) < 0.01)
    // A third of the demand is more than there is room for, however often it is tried.
    #expect(abs(Double(load.lost) / seconds / 50 - 1) < 0.06)
  }

  @Test("raising the first of two limits can cost a rejection (TV-9.3)")
  func seriesIsNotMonotone() async throws {
    func words(perFirst period: Int64) async throws -> String {
      var model = GatewayModel.stages([
        (.sequence, [.tokenBucket(rate: LimitRate(1, per: period * 1_000), capacity: 1)]),
        (.sequence, [.tokenBucket(rate: LimitRate(1, per: 3_000), capacity: 1)]),
      ])
      model.counters[1].key = .all
      model.policies[0].cases[0].match = RequestMatch([.init(.consumer, [.exact("A")])])
      var others = model.rules[0]
      others.counter = 2
      others.limiter = .tokenBucket(rate: LimitRate(1, per: 4_000), capacity: 1)
      model.counters.append(LimitCounter(name: "others", key: .all))
      model.policies[0].cases.append(LimitCase(stages: [LimitStage([others])]))
      let requests = [(4, "A"), (8, "B"), (9, "A"), (11, "A")].map { ReplayCase.Request($0.0, $0.1) }
      return try await ReplayCase(requests: requests, model: model).words()
    }
    #expect(try await words(perFirst: 6) == "P P R P")
    #expect(try await words(perFirst: 3) == "P P R R")
  }

  @Test("a shorter fixed window can reject what a longer one let through (TV-9.3)", arguments: [(15, "P P P P"), (12, "P P P R")])
  func windowsAreNotMonotone(length: Int64, expected: String) async throws {
    let window = WindowAlignment.aligned(length: length * 1_000, origin: 0)
    let model = GatewayModel.one(.fixedWindow(limit: 3, window: window, countsRejected: false))
    let requests = [13, 18, 20, 20].map { ReplayCase.Request($0) }
    #expect(try await ReplayCase(requests: requests, model: model).words() == expected)
  }

  @Test("a retry after a wait can succeed or fail by the phase alone (TV-9.3)")
  func retriesAreNotMonotone() async throws {
    func served(per period: Int64) async throws -> [Bool] {
      let requests = [5, 11, 16].map { ReplayCase.Request($0, "a") }
      var one = ReplayCase(
        requests: requests, model: .one(.tokenBucket(rate: LimitRate(1, per: period * 1_000), capacity: 1)))
      one.options.clients = .retrying(RetryPolicy(backoff: .fixed(Microseconds(7_000)), maxRetries: 2))
      let decisions = try await one.decisions()
      return (1...3).map { decisions.byLine[$0]?.last?.verdict.isRejected == false }
    }
    #expect(try await served(per: 12) == [true, true, true])
    #expect(try await served(per: 10) == [true, false, true])
  }
}
