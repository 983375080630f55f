import Gateways
import Simulation
import TestSupport
import Testing
import Traffic

@testable import Planning

/// What a configuration would have done, and what is known of it when the log's clock is coarse.
@Suite("A what-if") struct WhatIfTests {
  private static let epoch: Int64 = 1_700_438_400_000_000

  private static func model(_ limiter: LimiterSettings) -> GatewayModel {
    var model = GatewayModel(product: .plan)
    model.counters = [LimitCounter(name: "c", key: LimitKey([.column(.stored(.consumer))]))]
    let rule = LimitRule(
      name: "r", counter: 0, limiter: limiter, status: 429, place: ConfigurationPlace(file: "plan.json", line: 1))
    model.policies = [LimitPolicy(name: "limits", cases: [LimitCase(stages: [LimitStage([rule])])])]
    return model
  }

  /// Bursts of three callers: arrival and duration in µs.
  private static func requests(_ random: inout SeededGenerator) -> [(arrival: Int64, duration: Int64, caller: Int64)] {
    var time = epoch
    return (0..<400).map { _ in
      time += Bool.random(using: &random) ? Int64.random(in: 0...4_000, using: &random)
        : Int64.random(in: 0...60_000, using: &random)
      return (time, Int64.random(in: 0...1_500_000, using: &random), Int64.random(in: 0...2, using: &random))
    }
  }

  private static func limiter(_ random: inout SeededGenerator) -> LimiterSettings {
    let rate = Int64.random(in: 1...20, using: &random)
    let burst = Int64.random(in: 0...25, using: &random)
    switch Int.random(in: 0...3, using: &random) {
    case 0: return .leakyBucket(milliRate: rate * 1_000, burst: burst, undelayed: .max, arithmetic: .nginx)
    case 1: return .tokenBucket(rate: .perSecond(rate), capacity: burst + 1)
    case 2: return .gcra(emissionInterval: 1_000_000_000 / rate, burst: burst)
    default: return .slidingLog(limit: burst + 1, window: 2_000_000, keepsEdge: false, countsRejected: false)
    }
  }

  @Test("the true number of rejections lies between the proven bounds of a log that has whole seconds", arguments: 0..<60)
  func proven(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let requests = Self.requests(&random)
    let limiter = Self.limiter(&random)
    var exact = MemoryTraffic()
    var coarse = MemoryTraffic()
    for (line, request) in requests.enumerated() {
      var values: [RequestColumn: Int64] = [
        .arrival: request.arrival, .duration: request.duration, .consumer: request.caller, .line: Int64(line + 1),
      ]
      exact.rows.append(MemoryTraffic.Row(values))
      // A log that stamps the end of a request in whole seconds.
      let end = (request.arrival + request.duration) / 1_000_000 * 1_000_000
      values[.arrival] = end - request.duration
      coarse.rows.append(MemoryTraffic.Row(values))
    }
    let truth = try await WhatIf(Self.model(limiter)).impact(on: exact)
    var whatIf = WhatIf(Self.model(limiter))
    whatIf.options.resolutions = [1: 1_000_000]
    let answer = try await whatIf.impact(on: coarse)
    let bounds = try #require(answer.bounds)
    #expect(bounds.isProven)
    #expect(bounds.rejected.contains(truth.total.rejected), "\(limiter)")
    #expect(truth.bounds == nil)
  }

  @Test("nothing is proven where the end of a request stands for its arrival")
  func unknownArrivals() async throws {
    var traffic = MemoryTraffic()
    for line in 0..<50 {
      traffic.rows.append(
        MemoryTraffic.Row([.arrival: Self.epoch + Int64(line / 9) * 1_000_000, .consumer: 1, .line: Int64(line + 1)]))
    }
    var whatIf = WhatIf(Self.model(.tokenBucket(rate: .perSecond(3), capacity: 2)))
    whatIf.options.resolutions = [1: 1_000_000]
    #expect(try await whatIf.impact(on: traffic).bounds?.isProven == true)
    whatIf.options.endStamped = [1]
    let answer = try await whatIf.impact(on: traffic)
    #expect(answer.withoutArrival == 50 && answer.bounds?.isProven == false)
  }

  @Test("a limiter without proven bounds gives the range of several orders, its own among them")
  func tried() async throws {
    var random = SeededGenerator(seed: 9)
    var traffic = MemoryTraffic()
    for (line, request) in Self.requests(&random).enumerated() {
      traffic.rows.append(
        MemoryTraffic.Row([
          .arrival: request.arrival / 1_000_000 * 1_000_000, .consumer: request.caller, .line: Int64(line + 1),
        ]))
    }
    var whatIf = WhatIf(Self.model(.reservationBucket(rate: .perSecond(3), burst: 4, wholeSeconds: true)))
    whatIf.options.resolutions = [1: 1_000_000]
    let answer = try await whatIf.impact(on: traffic)
    let bounds = try #require(answer.bounds)
    #expect(!bounds.isProven && bounds.orders == 6)
    #expect(bounds.rejected.contains(answer.total.rejected) && bounds.rejected.count > 1)
  }

  @Test("names routes, callers, minutes and the first request of each rejection, and every sum is the total")
  func sums() async throws {
    var traffic = MemoryTraffic()
    let (get, a, b) = (traffic.symbol("GET"), traffic.symbol("alpha"), traffic.symbol("beta"))
    let (login, search) = (traffic.symbol("/login"), traffic.symbol("/search"))
    // One a second is allowed: alpha comes every 250 ms for a minute, beta every 2 s.
    for step in 0..<240 {
      traffic.rows.append(
        MemoryTraffic.Row(
          [
            .arrival: Self.epoch + Int64(step) * 250_000, .consumer: a, .method: get, .line: Int64(step + 1),
            .limit: step == 1 ? LimitVerdict.rejected.rawValue : LimitVerdict.passed.rawValue,
          ], route: step % 2 == 0 ? login : search))
    }
    for step in 0..<30 {
      traffic.rows.append(
        MemoryTraffic.Row(
          [.arrival: Self.epoch + Int64(step) * 2_000_000 + 1, .consumer: b, .method: get, .line: Int64(1_000 + step)],
          route: login))
    }
    let impact = try await WhatIf(
      Self.model(.leakyBucket(milliRate: 1_000, burst: 0, undelayed: 0, arithmetic: .nginx))
    ).impact(on: traffic)
    #expect(impact.total.attempts == 270 && impact.total.rejected == 180 && impact.total.passed == 90)
    #expect(impact.callers.map(\.name) == ["alpha", "beta"])
    #expect(impact.callers[0].counts.rejected == 180 && impact.callers[1].counts.rejected == 0)
    #expect(impact.callers[0].firstRejections.map(\.line) == [2, 3, 4])
    #expect(impact.callers[0].lockOut?.length == Microseconds(750_000) && impact.callers[1].lockOut == nil)
    #expect(impact.routes.reduce(0) { $0 + $1.counts.rejected } == 180)
    #expect(impact.routes.map(\.name) == ["/search", "/login"])
    #expect(impact.rules[0].counts.rejected == 180)
    #expect(impact.worstMinute?.rejected == 180 && impact.minutes.reduce(0) { $0 + $1.attempts } == 270)
    #expect(impact.recordedRejections == 1)
  }

  @Test("one rule alone and the same rule among others decide alike", arguments: 0..<8)
  func oneRulePath(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    var traffic = MemoryTraffic()
    for (line, request) in Self.requests(&random).enumerated() {
      traffic.rows.append(
        MemoryTraffic.Row([.arrival: request.arrival, .consumer: request.caller, .line: Int64(line + 1)]))
    }
    let alone = Self.model(Self.limiter(&random))
    var among = alone
    var never = alone.rules[0]
    never.match = RequestMatch([.init(.consumer, [.exact("nobody")])])
    among.policies.append(LimitPolicy(name: "more", cases: [LimitCase(stages: [LimitStage([never])])]))
    let first = try await Replay.run(alone, on: traffic, into: Delays())
    let second = try await Replay.run(among, on: traffic, into: Delays())
    #expect(first.delays == second.delays && first.delays.contains { $0 < 0 })
  }

  private struct Delays: DecisionSink {
    static let columns: [ScanColumn] = []
    var delays: [Int64] = []
    mutating func take(_ request: RecordedRequest, _ decision: Decision) { delays.append(decision.verdict.delay) }
  }
}
