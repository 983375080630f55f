import Gateways
import Simulation
import Testing

/// The tables of semantics §1–7, one by one, at time 0 and at an aligned instant of our days.
@Suite struct ShortVectorTests {
  private func expect<L: Limiter>(
    _ limiter: L, _ times: [Int64], _ words: String, at location: SourceLocation = #_sourceLocation
  ) {
    for base in [0, alignedBase] {
      #expect(Trace(limiter, at: times, from: base).words == words, "from \(base)", sourceLocation: location)
    }
  }

  @Test func `N1 to N5: nginx limit_req`() {
    expect(nginx(10_000, 0), [0, 50, 99, 100, 199, 200], "P R R P R P")
    expect(
      nginx(10_000, 3, 0), [0, 0, 0, 0, 0, 100, 150, 450], "P D100 D200 D300 R D300 R D50")
    expect(nginx(10_000, 5), [0, 0, 0, 0, 0, 0, 0, 100, 100], "P P P P P P R P R")
    expect(nginx(10_000, 5, 3), [0, 0, 0, 0, 0, 0, 0, 250], "P P P P D100 D200 R D50")
    expect(nginx(83, 0), [0, 12_000, 12_048, 12_049], "P R R P")
  }

  @Test func `E1 and E2: Envoy's lazy bucket`() {
    let three = TokenBucket(rate: .perSecond(3), capacity: 3)
    expect(three, [0, 0, 0, 0, 333, 334, 1_334, 1_334], "P P P R R P P P")
    let two = TokenBucket(rate: LimitRate(60, per: 60_000_000), capacity: 2)
    expect(two, [0, 0, 500, 1_000, 1_500, 2_000], "P P R P R P")
  }

  @Test func `E3: Envoy's bucket with a timer`() {
    let bucket = TimerTokenBucket(capacity: 3, perFill: 3, interval: 1_000_000, phase: 0)
    expect(bucket, [0, 0, 0, 334, 999, 1_000, 1_000, 1_000], "P P P R R P P P")
  }

  @Test func `G1: the Envoy rate limit service`() {
    let minute = FixedWindow(limit: 2, window: .aligned(length: 60_000_000, origin: 0), countsRejected: true)
    expect(minute, [58_000, 59_000, 59_999, 60_000, 60_001, 60_002], "P P R P P R")
  }

  @Test func `K1: Kong with a local counter`() {
    let minute = FixedWindow(limit: 2, window: .calendar(.minute), countsRejected: false)
    expect(minute, [58_000, 59_000, 59_500, 60_000], "P P R P")
  }

  @Test func `H1: HAProxy's request rate, requests that are denied included`() {
    let times: [Int64] = [0, 1_000, 2_000, 3_000, 9_998, 10_000, 12_000, 15_000, 18_000, 19_998, 40_000]
    let rule = FrequencyCounter(period: 10_000_000, threshold: 3, counting: .beforeJudging)
    expect(rule, times, "P P P R R R R R R R P")
    #expect(rates(period: 10_000, hits: times, reads: times) == [1, 2, 3, 4, 5, 6, 6, 5, 5, 5, 1])
  }

  @Test func `H2: HAProxy's rate fades over the next period`() {
    let reads: [Int64] = [9_999, 10_000, 10_001, 12_500, 15_000, 17_499, 17_501, 20_001]
    #expect(rates(period: 10_000, hits: [0, 1, 2, 3], reads: reads) == [4, 4, 3, 3, 2, 1, 0, 0])
  }

  @Test func `H3: a single request is remembered as one until it is forgotten`() {
    #expect(rates(period: 10_000, hits: [0], reads: [9_999, 10_001, 19_999, 20_001]) == [1, 1, 1, 0])
  }

  @Test func `T1 to T3: Traefik`() {
    expect(
      ReservationBucket(rate: .perSecond(10), burst: 1, wholeSeconds: true), [0, 0, 40, 51, 60, 120], "P R R D49 R R")
    expect(
      ReservationBucket(rate: .perSecond(10), burst: 3, wholeSeconds: true), [0, 0, 0, 0, 0, 50], "P P P R R D50")
    expect(
      ReservationBucket(rate: .perSecond(1), burst: 5, wholeSeconds: true),
      [0, 0, 0, 0, 0, 0, 900, 1_900, 3_899, 3_999, 4_100], "P P P P P R D100 D100 P P P")
  }

  @Test func `A1: an AWS account's bucket`() {
    let times = [Int64](repeating: 1, count: 5_000) + [Int64](repeating: 101, count: 5_000)
    let trace = Trace(TokenBucket(rate: .perSecond(10_000), capacity: 5_000), at: times)
    #expect(trace.letters.prefix(6_000).allSatisfy { $0 == UInt8(ascii: "P") })
    #expect(trace.letters.dropFirst(6_000).allSatisfy { $0 == UInt8(ascii: "R") })
  }

  @Test func `S1: Apigee's spike arrest`() {
    expect(SpikeInterval(100_000), [0, 50, 99, 100, 150, 200], "P R R P R P")
  }

  @Test func `P1: APISIX limit-req, both where it is exact and in Redis`() {
    let times: [Int64] = [0, 0, 0, 50, 100, 150]
    expect(TruncatingLeakyBucket(milliRate: 10_000, burst: 1, isDelaying: true), times, "P D100 R R D100 R")
    expect(ExpiringLeakyBucket(milliRate: 10_000, burst: 1, isDelaying: true), times, "P D100 R R D100 R")
  }

  @Test func `Redis forgets a slow APISIX limit before it has drained`() {
    let slow = ExpiringLeakyBucket(milliRate: 100, burst: 0, isDelaying: true)
    expect(slow, [0, 500, 999, 1_000, 1_999, 2_000], "P R R P R P")
    expect(TruncatingLeakyBucket(milliRate: 100, burst: 0, isDelaying: true), [0, 1_000, 9_999, 10_000], "P R R P")
  }

  @Test func `P2: APISIX limit-count from the first hit`() {
    let window = FixedWindow(limit: 2, window: .firstHit(length: 10_000_000, strict: false), countsRejected: true)
    expect(window, [3_000, 4_000, 5_000, 12_999, 13_000, 13_001, 13_002], "P P R R P P R")
  }

  @Test func `P3: APISIX limit-count sliding`() {
    let rule = SlidingCounterRule(capsPrevious: true, includesCurrent: false, countsRejected: false, rejectsAtLimit: true)
    let counter = SlidingCounter(limit: 4, window: 10_000_000, rule: rule)
    let times: [Int64] = [0, 1_000, 2_000, 3_000, 4_000, 10_000, 12_499, 12_500, 12_501, 15_000, 15_001]
    // Ten seconds begin at both bases.
    expect(counter, times, "P P P P R R P R P R P")
  }

  @Test func `C1 to C3: Spring Cloud Gateway`() {
    expect(
      SecondStepBucket(replenishRate: 2, capacity: 4, requested: 1),
      [100, 200, 300, 400, 500, 999, 1_000, 1_001, 1_002, 3_000], "P P P P R R P P R P")
    expect(
      SecondStepBucket(replenishRate: 1, capacity: 60, requested: 60), [500, 600, 59_999, 60_000], "P R R P")
    let unlimited = Trace(
      SecondStepBucket(replenishRate: 10, capacity: 1, requested: 1), at: [Int64](repeating: 0, count: 1_000))
    #expect(unlimited.count("P") == 1_000)
  }

  @Test func `R1 and R2: KrakenD, created with the gateway`() {
    for base in [0, alignedBase] {
      let bucket = DeferredRefillBucket(rate: .perSecond(2), capacity: 2, idleLifetime: .max, created: base * 1_000)
      let first = Trace(bucket, at: [0, 0, 0, 499, 500, 501, 1_000], from: base)
      #expect(first.words == "P P R R P R P")
      let late = Trace(bucket, at: [10_000, 10_000, 10_000, 10_000, 10_000, 10_000, 10_000, 10_499, 10_500], from: base)
      #expect(late.words == "P P P P P R R R P")
    }
  }

  @Test func `Y1 and Y2: Tyk`() {
    expect(
      SlidingLog(limit: 3, window: 10_000_000, keepsEdge: false, countsRejected: true),
      [0, 1_000, 2_000, 3_000, 10_000, 11_000, 12_000, 13_001, 23_002], "P P P R R R R R P")
    expect(
      FixedWindow(limit: 2, window: .firstHit(length: 10_000_000, strict: true), countsRejected: false),
      [3_000, 4_000, 5_000, 13_000, 13_001, 13_002, 13_003], "P P R R P P R")
  }

  @Test func `D1: Caddy's ring`() {
    let ring = RingLog(limit: 2, window: 1_000_000, equality: .passesUnrecorded)
    expect(ring, [0, 400, 900, 1_000, 1_001, 1_002, 1_400, 1_401], "P P R P P R P P")
  }

  @Test func `Q1: GCRA`() {
    let gcra = GCRA(emissionInterval: 100_000_000, burst: 2)
    expect(gcra, [0, 0, 0, 0, 99, 100, 350, 350], "P P P R R P P P")
  }

  @Test func `Cloudflare's example: 42 before, 18 now and 15 seconds are 49.5`() {
    let times = (0..<42).map { Int64($0) } + (0..<18).map { 60_000 + Int64($0) } + [75_000]
    for (limit, word) in [(Int64(49), "R"), (50, "P")] {
      let rule = SlidingCounterRule(
        capsPrevious: false, includesCurrent: false, countsRejected: true, rejectsAtLimit: false)
      let trace = Trace(SlidingCounter(limit: limit, window: 60_000_000, rule: rule), at: times)
      #expect(trace.verdicts.last?.word == word)
    }
  }

  /// What HAProxy reads at some times after requests at others, through a rule that only reads.
  private func rates(period: Int64, hits: [Int64], reads: [Int64]) -> [Int64] {
    reads.map { read in
      // The largest threshold that rejects, plus one.
      (0..<20).first { threshold in
        var state = FrequencyCounter(period: period * 1_000, threshold: 0, counting: .never).fresh
        let counter = FrequencyCounter(period: period * 1_000, threshold: .max, counting: .beforeJudging)
        for hit in hits where hit <= read { _ = counter.decide(&state, at: hit * 1_000) }
        let reader = FrequencyCounter(period: period * 1_000, threshold: threshold, counting: .never)
        return !reader.decide(&state, at: read * 1_000).isRejected
      } ?? -1
    }
  }
}

/// - Parameter undelayed: `.max` for `nodelay`.
func nginx(_ milliRate: Int64, _ burst: Int64, _ undelayed: Int64 = .max) -> LeakyBucket {
  LeakyBucket(milliRate: milliRate, burst: burst, undelayed: undelayed)
}
