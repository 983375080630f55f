import Foundation
import Gateways
import Simulation
import Testing

/// Every limiter against an oracle that is written another way, over random parameters and bursty arrivals.
///
/// `HEADROOM_ORACLE_RUNS` multiplies the runs; the usual ones are for every day.
@Suite struct OracleTests {
  private static let effort = ProcessInfo.processInfo.environment["HEADROOM_ORACLE_RUNS"].flatMap(Int.init) ?? 1

  /// Runs of `length` arrivals, each with parameters of its own; reports the first that disagrees.
  private func compare<L: Limiter, O: Oracle>(
    seed: UInt64, runs: Int = 5_000, at location: SourceLocation = #_sourceLocation,
    _ make: (inout Draw) -> (limiter: L, oracle: O, gap: Int64)
  ) {
    for run in 0..<UInt64(runs * Self.effort) {
      var draw = Draw(seed: seed << 32 + run)
      var (limiter, oracle, gap) = make(&draw)
      let arrivals = draw.arrivals(draw.pick([20, 30, 40, 50, 160]), gap: gap)
      var state = limiter.fresh
      for (index, time) in arrivals.enumerated() {
        let (verdict, expected) = (limiter.decide(&state, at: time).delay, oracle.decide(at: time))
        if max(verdict, -1) == expected { continue }
        let story = "seed \(seed << 32 + run), \(limiter): request \(index) at \(time) says \(verdict), not \(expected)"
        Issue.record("\(story)", sourceLocation: location)
        return
      }
    }
  }

  @Test func `nginx with rates per second is an arrival curve`() {
    compare(seed: 1) { draw in
      let (rate, burst) = (draw.within(1...200), draw.within(0...12))
      let undelayed = draw.pick([0, burst / 2, .max])
      return (
        nginx(rate * 1_000, burst, undelayed), ArrivalCurve(rate: rate, burst: burst, undelayed: undelayed),
        1_000_000 / rate
      )
    }
  }

  @Test func `nginx with any rate follows its few lines of code`() {
    compare(seed: 2) { draw in
      let (rate, burst) = (draw.pick([draw.within(1...100), draw.within(1...200_000)]), draw.within(0...12))
      let undelayed = draw.pick([0, burst / 2, .max])
      return (
        nginx(rate, burst, undelayed), LeakyOracle(rate: rate, burst: burst, undelayed: undelayed), 1_000_000_000 / rate)
    }
  }

  @Test func `APISIX's local bucket equals its floating point`() {
    compare(seed: 3) { draw in
      let (rate, burst, isDelaying) = (draw.within(50...100_000), draw.within(0...10), draw.flip())
      return (
        TruncatingLeakyBucket(milliRate: rate, burst: burst, isDelaying: isDelaying),
        FloatingLeakyOracle(rate: Double(rate), burst: Double(burst), isDelaying: isDelaying, isRedis: false),
        1_000_000_000 / rate
      )
    }
  }

  @Test func `APISIX's bucket in Redis equals its floating point and expires`() {
    compare(seed: 4) { draw in
      let (rate, burst, isDelaying) = (draw.within(50...20_000), draw.within(0...10), draw.flip())
      return (
        ExpiringLeakyBucket(milliRate: rate, burst: burst, isDelaying: isDelaying),
        FloatingLeakyOracle(rate: Double(rate), burst: Double(burst), isDelaying: isDelaying, isRedis: true),
        // Redis forgets at whole seconds after a pass.
        draw.pick([1_000_000_000 / rate, 1_000_000])
      )
    }
  }

  @Test func `A token bucket lets pass what fits under its line from every earlier pass`() {
    compare(seed: 5) { draw in
      let (rate, capacity) = (draw.rate(), draw.within(0...15))
      return (
        TokenBucket(rate: rate, capacity: capacity), TokenLine(rate: rate, capacity: capacity),
        max(1, rate.period / rate.count)
      )
    }
  }

  @Test func `GCRA is the token bucket of burst and one`() {
    compare(seed: 6) { draw in
      let (interval, burst) = (draw.within(1...200_000), draw.within(0...15))
      return (
        GCRA(emissionInterval: interval * 1_000, burst: burst),
        TokenLine(rate: LimitRate(1, per: interval), capacity: burst + 1), interval
      )
    }
  }

  @Test func `A bucket with a timer fills tick by tick`() {
    compare(seed: 7) { draw in
      let (capacity, perFill) = (draw.within(0...10), draw.within(1...8))
      let (interval, phase) = (draw.within(1_000...3_000_000), draw.within(-5_000_000...5_000_000))
      return (
        TimerTokenBucket(capacity: capacity, perFill: perFill, interval: interval, phase: phase),
        TimerOracle(capacity: capacity, perFill: perFill, interval: interval, phase: phase), interval / 3
      )
    }
  }

  @Test func `Traefik's bucket equals its floating point`() {
    compare(seed: 8) { draw in
      let (rate, burst, isMemory) = (draw.rate(), draw.within(1...10), draw.flip())
      return (
        ReservationBucket(rate: rate, burst: burst, wholeSeconds: isMemory),
        ReservationOracle(rate: rate, burst: Double(burst), isMemory: isMemory), max(1, rate.period / rate.count)
      )
    }
  }

  @Test func `Spring's bucket equals its script with time to live`() {
    compare(seed: 9) { draw in
      let (rate, capacity, requested) = (draw.within(1...40), draw.within(0...60), draw.within(1...4))
      return (
        SecondStepBucket(replenishRate: rate, capacity: capacity, requested: requested),
        ScriptOracle(rate: rate, capacity: capacity, requested: requested), 1_000_000 / rate
      )
    }
  }

  @Test func `KrakenD's bucket equals its floating point`() {
    compare(seed: 10) { draw in
      let rate = draw.pick([LimitRate.perSecond(draw.within(1...100)), .perMinute(draw.within(1...100))])
      let (capacity, lifetime) = (draw.within(0...10), draw.pick([Int64.max, 5_000_000, 1_000_000]))
      return (
        DeferredRefillBucket(rate: rate, capacity: capacity, idleLifetime: lifetime),
        DeferredOracle(rate: rate.perSecond, capacity: capacity, lifetime: lifetime), rate.period / rate.count
      )
    }
  }

  @Test func `A fixed window counts the list of its requests`() {
    compare(seed: 11) { draw in
      let (limit, length) = (draw.within(0...12), draw.within(1_000...5_000_000))
      let window: WindowAlignment =
        draw.pick([.aligned(length: length, origin: draw.within(-9_000_000...9_000_000)),
          .firstHit(length: length, strict: draw.flip())])
      let counts = draw.flip()
      return (
        FixedWindow(limit: limit, window: window, countsRejected: counts),
        WindowOracle(limit: limit, window: window), length / 8
      )
    }
  }

  @Test func `A calendar window is a span of the calendar`() {
    compare(seed: 12, runs: 500) { draw in
      let (limit, unit) = (draw.within(0...12), draw.pick(CalendarUnit.allCases))
      return (
        FixedWindow(limit: limit, window: .calendar(unit), countsRejected: draw.flip()),
        CalendarOracle(limit: limit, unit: unit), length(of: unit) / 8
      )
    }
  }

  @Test func `A sliding counter weighs the list of its requests`() {
    compare(seed: 13) { draw in
      let (limit, window) = (draw.within(0...12), draw.within(1_000...5_000_000))
      let rule = SlidingCounterRule(
        capsPrevious: draw.flip(), includesCurrent: draw.flip(), countsRejected: draw.flip(), rejectsAtLimit: draw.flip())
      return (
        SlidingCounter(limit: limit, window: window, rule: rule),
        CounterOracle(limit: limit, window: window, rule: rule), window / 8
      )
    }
  }

  @Test func `A sliding log counts the list of its requests`() {
    compare(seed: 14) { draw in
      let (limit, window) = (draw.within(0...12), draw.within(0...5_000_000))
      let (keepsEdge, counts) = (draw.flip(), draw.flip())
      return (
        SlidingLog(limit: limit, window: window, keepsEdge: keepsEdge, countsRejected: counts),
        LogOracle(limit: Int(limit), window: window, keepsEdge: keepsEdge, countsRejected: counts), window / 8
      )
    }
  }

  @Test func `Caddy's ring equals a ring`() {
    compare(seed: 15) { draw in
      let (limit, window) = (draw.within(1...12), draw.within(0...5_000_000))
      let equality = draw.pick([RingEquality.rejects, .passes, .passesUnrecorded])
      return (
        RingLog(limit: limit, window: window, equality: equality),
        RingOracle(limit: Int(limit), window: window, equality: equality), window / 8
      )
    }
  }

  @Test func `HAProxy's counter equals the counts of its periods`() {
    compare(seed: 16) { draw in
      let (period, threshold) = (draw.within(1...3_000), draw.within(0...12))
      let counting = draw.pick([FrequencyCounting.beforeJudging, .afterPassing])
      return (
        FrequencyCounter(period: period * 1_000, threshold: threshold, counting: counting),
        FrequencyOracle(period: period, threshold: threshold, counting: counting), period * 1_000 / 8
      )
    }
  }

  @Test func `Spike arrest looks at the last pass only`() {
    compare(seed: 17) { draw in
      let interval = draw.within(0...2_000_000)
      return (SpikeInterval(interval), SpikeOracle(interval: interval), interval)
    }
  }

  private func length(of unit: CalendarUnit) -> Int64 {
    let seconds: [CalendarUnit: Int64] = [
      .second: 1, .minute: 60, .hour: 3_600, .day: 86_400, .week: 604_800, .month: 2_592_000, .year: 31_536_000,
    ]
    return seconds[unit, default: 1] * 1_000_000
  }
}
