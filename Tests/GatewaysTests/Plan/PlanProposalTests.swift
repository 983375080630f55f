import Gateways
import TestSupport
import Testing
import Traffic

@Suite("A plan written for a limit")
struct PlanProposalTests {
  @Test("reads back as the same limiter, key, name and status, whatever the limiter", arguments: UInt64(1)...60)
  func readsBack(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for kind in 0..<20 {
      let proposal = LimitProposal(
        name: ["per_key", "a \"b\"\n\\", "über"].randomElement(using: &random)!, key: key(&random),
        limiter: limiter(kind, &random),
        status: Int.random(in: 400...599, using: &random))
      let text = try PlanReader().text(for: proposal)
      let model = try PlanReader().reading(of: text, file: "plan.json", include: { _ in [] }).model
      #expect(model.rules.map(\.limiter) == [proposal.limiter], "seed \(seed)\n\(text)")
      #expect(model.rules.map(\.status) == [proposal.status] && model.rules.map(\.name) == [proposal.name])
      #expect(model.counters.map(\.key) == [proposal.key])
    }
  }

  @Test("is refused where a plan cannot say it")
  func refused() {
    let limiters: [LimiterSettings] = [
      .concurrency(ConcurrencySettings(limit: 0)), .tokenBucket(rate: .perSecond(1), capacity: 0),
      .spikeInterval(0), .leakyBucket(milliRate: 0, burst: 0, undelayed: 0, arithmetic: .nginx),
      .adaptiveConcurrency(.vegas(initial: 1, maximum: 9, smoothing: .nan)),
      .fixedWindow(limit: .max, window: .calendar(.day), countsRejected: true),
    ]
    for limiter in limiters {
      #expect(throws: NotExpressible.self) {
        try PlanReader().text(for: LimitProposal(name: "x", key: .all, limiter: limiter, status: 429))
      }
    }
    #expect(throws: NotExpressible.self) {
      try PlanReader().text(
        for: LimitProposal(
          name: "x", key: LimitKey([.column(.stored(.duration))]), limiter: .spikeInterval(1), status: 429))
    }
  }

  @Test("says whole rates as people write them")
  func text() throws {
    let proposal = LimitProposal(
      name: "per_key", key: LimitKey([.column(.stored(.consumer))]),
      limiter: .leakyBucket(milliRate: 50_000, burst: 20, undelayed: .max, arithmetic: .nginx), status: 429)
    #expect(
      try PlanReader().text(for: proposal) == """
        {
          "$schema": "plan.schema.json",
          "limits": [
            {
              "name": "per_key",
              "dialect": "leaky-bucket",
              "rate": "50r/s",
              "burst": 20,
              "nodelay": true,
              "arithmetic": "nginx",
              "key": "consumer",
              "missing": "counts",
              "status": 429
            }
          ]
        }

        """)
  }

  private func key(_ random: inout SeededGenerator) -> LimitKey {
    let parts: [LimitKey.Part] = [
      .column(.stored(.client)), .column(.stored(.consumer)), .column(.route), .header("x-api-key"),
      .unlogged("jwt claim \"sub\""),
    ]
    let missing: [LimitKey.Missing] = [.passes, .rejects, .counts, .clientAddress]
    return LimitKey(
      Array(parts.shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random))),
      missing: missing.randomElement(using: &random)!)
  }

  private func limiter(_ kind: Int, _ random: inout SeededGenerator) -> LimiterSettings {
    func count(_ least: Int64 = 1) -> Int64 { self.count(&random, least) }
    func time(_ scale: Int64 = 1) -> Int64 { self.time(&random, scale) }
    func flag() -> Bool { Bool.random(using: &random) }
    func rate() -> LimitRate { LimitRate(count(), per: time()) }
    switch kind {
    case 0:
      return .leakyBucket(
        milliRate: count(), burst: count(0), undelayed: flag() ? .max : count(0),
        arithmetic: [.nginx, .apisix, .apisixRedis].randomElement(using: &random)!)
    case 1: return .tokenBucket(rate: rate(), capacity: count())
    case 2: return .timerTokenBucket(capacity: count(), perFill: count(), interval: time(), phase: time() - 1)
    case 3: return .reservationBucket(rate: rate(), burst: count(), wholeSeconds: flag())
    case 4: return .secondStepBucket(replenishRate: count(), capacity: count(0), requested: count(0))
    case 5: return .deferredRefillBucket(rate: rate(), capacity: count(), idleLifetime: time())
    case 6:
      return .fixedWindow(
        limit: count(0),
        window: .aligned(length: time(), origin: Int64.random(in: -9_000_000_000...9_000_000_000, using: &random)),
        countsRejected: flag())
    case 7:
      return .fixedWindow(
        limit: count(0), window: .calendar(CalendarUnit.allCases.randomElement(using: &random)!),
        countsRejected: flag())
    case 8:
      return .fixedWindow(
        limit: count(0), window: .firstHit(length: time(), strict: flag()), countsRejected: flag())
    case 9:
      return .slidingCounter(
        limit: count(0), window: time(),
        rule: SlidingCounterRule(
          capsPrevious: flag(), includesCurrent: flag(), countsRejected: flag(), rejectsAtLimit: flag()))
    case 10: return .slidingLog(limit: count(0), window: time(), keepsEdge: flag(), countsRejected: flag())
    case 11:
      return .ringLog(
        limit: count(0), window: time(),
        equality: [.rejects, .passes, .passesUnrecorded].randomElement(using: &random)!)
    case 12: return .gcra(emissionInterval: time(), burst: count(0))
    case 13:
      return .frequencyCounter(
        period: time(1_000), threshold: count(0),
        counting: [.beforeJudging, .afterPassing, .never].randomElement(using: &random)!)
    case 14: return .spikeInterval(time())
    case 15:
      return .concurrency(
        ConcurrencySettings(
          limit: count(), queue: flag() ? .max : count(0), queueTimeout: flag() ? nil : time(),
          delayPerBlock: flag() ? nil : time(), learnsDelay: flag()))
    default: return .adaptiveConcurrency(adaptive(kind, &random))
    }
  }

  private func adaptive(_ kind: Int, _ random: inout SeededGenerator) -> AdaptiveConcurrencySettings {
    let (first, second) = (count(&random), count(&random))
    let (length, other) = (time(&random), time(&random))
    let (share, portion) = (Double.random(in: 0...1, using: &random), Double.random(in: 0...1, using: &random))
    switch kind {
    case 16:
      return .gradient(
        percentile: share * 100, maxLimit: 2_000_000_000, updateInterval: length, minRTTInterval: other,
        minRTTRequests: first, minConcurrency: second, buffer: portion * 100)
    case 17: return .vegas(initial: first, maximum: second, smoothing: share)
    case 18:
      return .gradient2(
        initial: first, minimum: second, maximum: 2_000_000_000, smoothing: share, queue: portion * 10,
        tolerance: 1 + Double.random(in: 0...1, using: &random))
    default:
      return .aimd(initial: first, minimum: second, maximum: 2_000_000_000, timeout: length, backoff: share)
    }
  }

  private func count(_ random: inout SeededGenerator, _ least: Int64 = 1) -> Int64 {
    least + Int64.random(in: 0...(Bool.random(using: &random) ? 100 : 999_999_999), using: &random)
  }

  private func time(_ random: inout SeededGenerator, _ scale: Int64 = 1) -> Int64 {
    scale * Int64.random(in: 1...(Bool.random(using: &random) ? 1_000 : 100_000_000), using: &random)
  }
}
