import Gateways
import Simulation
import Testing

/// Semantics §15.3.
@Suite struct LimiterPropertyTests {
  private func verdicts<L: Limiter>(_ limiter: L, _ arrivals: [Int64]) -> [Verdict] {
    var (limiter, state) = (limiter, limiter.fresh)
    return arrivals.map { limiter.decide(&state, at: $0) }
  }

  @Test func `1: nginx without delay passes at most burst and one and what has drained`() {
    for seed in 0..<100 as Range<UInt64> {
      var draw = Draw(seed: 100_000 + seed)
      let (rate, burst) = (draw.within(1...50), draw.within(0...9))
      let arrivals = draw.arrivals(120, gap: 500_000 / rate)
      let passed = zip(arrivals, verdicts(nginx(rate * 1_000, burst), arrivals)).filter { !$1.isRejected }.map(\.0)
      for (index, start) in passed.enumerated() {
        for (count, end) in passed[index...].enumerated() {
          let drained = (rate * (end / 1_000 - start / 1_000) + 999) / 1_000
          #expect(Int64(count) + 1 <= burst + 1 + drained)
        }
      }
    }
  }

  @Test func `2: a token bucket, GCRA and nginx's bucket without delay are one`() {
    for seed in 0..<1_000 as Range<UInt64> {
      var draw = Draw(seed: 200_000 + seed)
      let (interval, burst) = (draw.pick([1, 2, 4, 5, 8, 10, 20, 50, 100, 1_000] as [Int64]), draw.within(0...9))
      let arrivals = draw.arrivals(60, gap: interval * 1_000).map { $0 / 1_000 * 1_000 }
      let bucket = verdicts(TokenBucket(rate: LimitRate(1, per: interval * 1_000), capacity: burst + 1), arrivals)
      #expect(bucket == verdicts(GCRA(emissionInterval: interval * 1_000_000, burst: burst), arrivals))
      #expect(bucket == verdicts(nginx(1_000_000 / interval, burst), arrivals))
    }
    let arrivals = longArrivals(2_000, seed: 2, gap: 80)
    let gcra = Trace(GCRA(emissionInterval: 100_000_000, burst: 20), at: arrivals)
    #expect(gcra.digest == Trace(nginx(10_000, 20), at: arrivals).digest)
  }

  @Test func `3: within one window it does not matter whether rejected requests count`() {
    for seed in 0..<300 as Range<UInt64> {
      var draw = Draw(seed: 300_000 + seed)
      let (limit, arrivals) = (draw.within(0...9), draw.arrivals(60, gap: 100_000))
      let windows = [false, true].map {
        FixedWindow(limit: limit, window: .aligned(length: 1_000_000, origin: 0), countsRejected: $0)
      }
      #expect(verdicts(windows[0], arrivals) == verdicts(windows[1], arrivals))
    }
  }

  @Test func `4: the log and the ring part only after an age of exactly the window`() {
    for seed in 0..<500 as Range<UInt64> {
      var draw = Draw(seed: 400_000 + seed)
      let (limit, window) = (Int(draw.within(1...6)), draw.within(1...2_000_000))
      let arrivals = draw.arrivals(80, gap: window / 4 + 1)
      let log = verdicts(SlidingLog(limit: Int64(limit), window: window, keepsEdge: false, countsRejected: false), arrivals)
      let ring = verdicts(RingLog(limit: Int64(limit), window: window, equality: .passesUnrecorded), arrivals)
      guard let parting = zip(log, ring).enumerated().first(where: { $1.0 != $1.1 })?.offset else { continue }
      var passes: [Int64] = []
      var sawEquality = false
      for index in 0..<parting {
        sawEquality = sawEquality || passes.count >= limit && arrivals[index] - passes[passes.count - limit] == window
        if !log[index].isRejected { passes.append(arrivals[index]) }
      }
      #expect(sawEquality, "seed \(400_000 + seed)")
    }
  }

  @Test func `5: HAProxy's rate of evenly spaced requests is their number per period, give or take one`() {
    for spacing in [1, 2, 5, 10, 50, 100, 250, 500] as [Int64] {
      let counter = FrequencyCounter(period: 1_000_000, threshold: .max, counting: .beforeJudging)
      var state = counter.fresh
      for index in 0..<(5_000 / spacing) {
        let time = 1_000_000_000_000 + index * spacing * 1_000
        _ = counter.decide(&state, at: time)
        guard index * spacing >= 2_000 else { continue }
        for (threshold, isOver) in [(1_000 / spacing - 2, true), (1_000 / spacing + 1, false)] {
          var copy = state
          let reader = FrequencyCounter(period: 1_000_000, threshold: threshold, counting: .never)
          #expect(reader.decide(&copy, at: time).isRejected == isOver)
        }
      }
    }
  }

  @Test func `7: another key's requests change nothing`() {
    for seed in 0..<200 as Range<UInt64> {
      var draw = Draw(seed: 500_000 + seed)
      var log = SlidingLog(limit: draw.within(1...6), window: 1_000_000, keepsEdge: false, countsRejected: draw.flip())
      let arrivals = draw.arrivals(80, gap: 200_000)
      let alone = verdicts(log, arrivals)
      var (own, others) = (log.fresh, [log.fresh, log.fresh, log.fresh])
      let together = arrivals.map { time in
        for _ in 0..<draw.below(4) { _ = log.decide(&others[Int(draw.below(3))], at: time) }
        return log.decide(&own, at: time)
      }
      #expect(together == alone)
    }
  }

  @Test func `8: windows move with their own length, all others with any`() {
    for seed in 0..<200 as Range<UInt64> {
      var draw = Draw(seed: 600_000 + seed)
      let arrivals = draw.arrivals(60, gap: 150_000)
      let windows = draw.within(1...1_000_000) * 1_000_000
      let whole = draw.within(1...1_000_000_000) * 1_000
      let any = draw.within(1...1_000_000_000_000)
      expectShifted(FixedWindow(limit: 3, window: .aligned(length: 1_000_000, origin: 7), countsRejected: false), arrivals, windows)
      expectShifted(FixedWindow(limit: 3, window: .calendar(.second), countsRejected: false), arrivals, windows)
      expectShifted(FixedWindow(limit: 3, window: .firstHit(length: 1_000_000, strict: true), countsRejected: true), arrivals, any)
      expectShifted(SlidingLog(limit: 3, window: 1_000_000, keepsEdge: true, countsRejected: false), arrivals, any)
      expectShifted(TokenBucket(rate: LimitRate(7, per: 3_000_000), capacity: 3), arrivals, any)
      expectShifted(GCRA(emissionInterval: 123_456_789, burst: 2), arrivals, any)
      expectShifted(SpikeInterval(100_000), arrivals, any)
      // These have clocks of whole milliseconds.
      expectShifted(nginx(7_000, 3, 1), arrivals, whole)
      expectShifted(TruncatingLeakyBucket(milliRate: 7_777, burst: 3, isDelaying: true), arrivals, whole)
      // And this one only even ones.
      expectShifted(FrequencyCounter(period: 1_000_000, threshold: 3, counting: .beforeJudging), arrivals, whole * 2)
    }
  }

  private func expectShifted<L: Limiter>(
    _ limiter: L, _ arrivals: [Int64], _ shift: Int64, at location: SourceLocation = #_sourceLocation
  ) {
    let shifted = verdicts(limiter, arrivals.map { $0 + shift })
    #expect(verdicts(limiter, arrivals) == shifted, "by \(shift)", sourceLocation: location)
  }
}
