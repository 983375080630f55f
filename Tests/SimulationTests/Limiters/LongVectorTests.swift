import Gateways
import Simulation
import Testing

/// Semantics §15.2: two thousand arrivals through each limiter, every decision in a digest.
@Suite struct LongVectorTests {
  private struct Expected {
    var passed: Int
    var delayed = 0
    var rejected: Int
    var delaySum: Int64 = 0
    var digest: String
  }

  private func expect<L: Limiter>(
    _ limiter: L, _ arrivals: [Int64], _ expected: Expected, at location: SourceLocation = #_sourceLocation
  ) {
    let trace = Trace(limiter, at: arrivals)
    #expect(trace.count("P") == expected.passed, sourceLocation: location)
    #expect(trace.count("D") == expected.delayed, sourceLocation: location)
    #expect(trace.count("R") == expected.rejected, sourceLocation: location)
    #expect(trace.delaySum == expected.delaySum, sourceLocation: location)
    #expect(trace.digest == expected.digest, sourceLocation: location)
  }

  @Test func `The generator and the digest are those of the specification`() {
    #expect(longArrivals(5, seed: 1, gap: 120) == [1_000_038, 1_000_156, 1_000_189, 1_000_304, 1_000_395])
    #expect(longArrivals(5, seed: 2, gap: 80) == [1_000_028, 1_000_045, 1_000_124, 1_000_158, 1_000_235])
    // A pass, a delay and a rejection.
    let trace = Trace(nginx(10_000, 1, 0), at: [0, 0, 0])
    #expect(trace.digest == "9a0458f9")
  }

  @Test func `Z1 to Z5: nginx`() {
    let arrivals = longArrivals(2_000, seed: 2, gap: 80)
    expect(
      nginx(10_000, 0), longArrivals(2_000, seed: 1, gap: 120), Expected(passed: 869, rejected: 1_131, digest: "7e04b217"))
    expect(
      nginx(10_000, 20, 0), arrivals,
      Expected(passed: 1, delayed: 802, rejected: 1_197, delaySum: 1_550_984, digest: "d267acc7"))
    expect(nginx(10_000, 20), arrivals, Expected(passed: 803, rejected: 1_197, digest: "21722a07"))
    expect(
      nginx(10_000, 20, 8), arrivals,
      Expected(passed: 15, delayed: 788, rejected: 1_197, delaySum: 915_032, digest: "fe39987f"))
    expect(
      nginx(83, 5), longArrivals(500, seed: 3, gap: 9_000), Expected(passed: 181, rejected: 319, digest: "d7f1c497"))
  }

  @Test func `Z6: Envoy's doubles of seconds, as a reference only`() {
    var empty = 1_000 - 20.0 / 10
    let letters = longArrivals(2_000, seed: 4, gap: 80).map { time in
      let now = Double(time) / 1_000
      let available = min(20, (now - empty) * 10)
      guard available >= 1 else { return UInt8(ascii: "R") }
      empty = now - (available - 1) / 10
      return UInt8(ascii: "P")
    }
    let hash = letters.reduce(UInt32(0x811c_9dc5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    #expect(hash == 0x4fd7_9af5)
    let exact = Trace(TokenBucket(rate: .perSecond(10), capacity: 20), at: longArrivals(2_000, seed: 4, gap: 80))
    #expect(zip(letters, exact.letters).count { $0 != $1 } == 18)
  }

  @Test func `Z22: the token bucket in exact arithmetic, and GCRA the same`() {
    let arrivals = longArrivals(2_000, seed: 4, gap: 80)
    let expected = Expected(passed: 814, rejected: 1_186, digest: "65c229fd")
    expect(TokenBucket(rate: .perSecond(10), capacity: 20), arrivals, expected)
    expect(GCRA(emissionInterval: 100_000_000, burst: 19), arrivals, expected)
  }

  @Test func `Z7 and Z8: Traefik`() {
    expect(
      ReservationBucket(rate: .perSecond(10), burst: 5, wholeSeconds: true), longArrivals(2_000, seed: 5, gap: 90),
      Expected(passed: 167, delayed: 717, rejected: 1_116, delaySum: 19_432, digest: "bc821909"))
    expect(
      ReservationBucket(rate: .perSecond(1), burst: 10, wholeSeconds: true), longArrivals(1_000, seed: 6, gap: 1_500),
      Expected(passed: 931, delayed: 41, rejected: 28, delaySum: 10_166, digest: "13300059"))
  }

  @Test func `Z9: Spring Cloud Gateway`() {
    expect(
      SecondStepBucket(replenishRate: 10, capacity: 20, requested: 1), longArrivals(2_000, seed: 7, gap: 80),
      Expected(passed: 820, rejected: 1_180, digest: "a1097145"))
  }

  @Test func `Z10: KrakenD`() {
    let bucket = DeferredRefillBucket(
      rate: .perSecond(10), capacity: 20, idleLifetime: .max, created: 1_000_000_000)
    expect(
      bucket, longArrivals(2_000, seed: 8, gap: 80), Expected(passed: 808, rejected: 1_192, digest: "c764f405"))
  }

  @Test func `Z11 to Z14: fixed windows`() {
    let aligned = longArrivals(2_000, seed: 9, gap: 90)
    expect(
      FixedWindow(limit: 10, window: .aligned(length: 1_000_000, origin: 0), countsRejected: false), aligned,
      Expected(passed: 908, rejected: 1_092, digest: "434c5665"))
    expect(
      FixedWindow(limit: 500, window: .aligned(length: 60_000_000, origin: 0), countsRejected: true), aligned,
      Expected(passed: 1_177, rejected: 823, digest: "e22f3fef"))
    let firstHit = longArrivals(2_000, seed: 10, gap: 90)
    expect(
      FixedWindow(limit: 10, window: .firstHit(length: 1_000_000, strict: false), countsRejected: false), firstHit,
      Expected(passed: 860, rejected: 1_140, digest: "a74032e5"))
    expect(
      FixedWindow(limit: 10, window: .firstHit(length: 1_000_000, strict: true), countsRejected: false), firstHit,
      Expected(passed: 860, rejected: 1_140, digest: "347531b5"))
  }

  @Test func `Z15: APISIX's sliding counter`() {
    let rule = SlidingCounterRule(capsPrevious: true, includesCurrent: false, countsRejected: false, rejectsAtLimit: true)
    expect(
      SlidingCounter(limit: 10, window: 1_000_000, rule: rule), longArrivals(2_000, seed: 11, gap: 90),
      Expected(passed: 894, rejected: 1_106, digest: "2d9014ed"))
  }

  @Test func `Z16 to Z18: logs and the ring`() {
    expect(
      SlidingLog(limit: 10, window: 1_000_000, keepsEdge: false, countsRejected: false),
      longArrivals(2_000, seed: 12, gap: 90), Expected(passed: 859, rejected: 1_141, digest: "5a545547"))
    expect(
      SlidingLog(limit: 10, window: 1_000_000, keepsEdge: false, countsRejected: true),
      longArrivals(2_000, seed: 12, gap: 180), Expected(passed: 450, rejected: 1_550, digest: "ad2aca4d"))
    expect(
      RingLog(limit: 10, window: 1_000_000, equality: .passesUnrecorded), longArrivals(2_000, seed: 12, gap: 90),
      Expected(passed: 875, rejected: 1_125, digest: "ab21962f"))
  }

  @Test func `Z19 to Z21: GCRA, HAProxy and spike arrest`() {
    expect(
      GCRA(emissionInterval: 100_000_000, burst: 9), longArrivals(2_000, seed: 13, gap: 90),
      Expected(passed: 895, rejected: 1_105, digest: "0c179737"))
    expect(
      FrequencyCounter(period: 1_000_000, threshold: 10, counting: .beforeJudging),
      longArrivals(2_000, seed: 14, gap: 180), Expected(passed: 707, rejected: 1_293, digest: "457477c7"))
    expect(
      SpikeInterval(100_000), longArrivals(2_000, seed: 15, gap: 90),
      Expected(passed: 679, rejected: 1_321, digest: "8e7a93ef"))
  }
}
