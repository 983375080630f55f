import Gateways
import Simulation
import Testing

/// No parameter and no time traps.
@Suite struct HostileLimiterTests {
  private static let numbers: [Int64] = [
    .min, .min + 1, -1_700_000_000_000_000, -86_400_000_001, -60_001, -1, 0, 1, 2, 999, 1_000, 60_001, 1_000_000,
    1_700_000_000_000_000, 9_223_372_036_854_775, .max / 1_000 + 1, .max / 2, .max - 1, .max,
  ]

  /// Every settings with numbers from anywhere.
  private static func settings(_ draw: inout Draw) -> [LimiterSettings] {
    func any() -> Int64 { draw.pick(numbers) }
    func rate() -> LimitRate { LimitRate(max(1, any()), per: max(1, any())) }
    let windows: [WindowAlignment] =
      [.aligned(length: any(), origin: any()), .firstHit(length: any(), strict: draw.flip())]
      + CalendarUnit.allCases.map { .calendar($0) }
    let rule = SlidingCounterRule(
      capsPrevious: draw.flip(), includesCurrent: draw.flip(), countsRejected: draw.flip(), rejectsAtLimit: draw.flip())
    return [
      .leakyBucket(milliRate: any(), burst: any(), undelayed: any(), arithmetic: .nginx),
      .leakyBucket(milliRate: any(), burst: any(), undelayed: any(), arithmetic: .apisix),
      .leakyBucket(milliRate: any(), burst: any(), undelayed: any(), arithmetic: .apisixRedis),
      .tokenBucket(rate: rate(), capacity: any()),
      .timerTokenBucket(capacity: any(), perFill: any(), interval: any(), phase: any()),
      .reservationBucket(rate: rate(), burst: any(), wholeSeconds: draw.flip()),
      .secondStepBucket(replenishRate: any(), capacity: any(), requested: any()),
      .deferredRefillBucket(rate: rate(), capacity: any(), idleLifetime: any()),
      .slidingCounter(limit: any(), window: any(), rule: rule),
      .slidingLog(limit: any(), window: any(), keepsEdge: draw.flip(), countsRejected: draw.flip()),
      .ringLog(limit: any(), window: any(), equality: draw.pick([.rejects, .passes, .passesUnrecorded])),
      .gcra(emissionInterval: any(), burst: any()),
      .frequencyCounter(
        period: any(), threshold: any(), counting: draw.pick([.beforeJudging, .afterPassing, .never])),
      .spikeInterval(any()),
      .concurrency(
        ConcurrencySettings(
          limit: any(), queue: any(), queueTimeout: any(), delayPerBlock: draw.pick([nil, any()]),
          learnsDelay: draw.flip())),
      .adaptiveConcurrency(
        .gradient(
          percentile: draw.pick([-1, 50, 101, .nan, .infinity]), maxLimit: any(), updateInterval: any(),
          minRTTInterval: any(), minRTTRequests: any(), minConcurrency: any(), buffer: draw.pick([-1, 25, .nan]))),
      .adaptiveConcurrency(.vegas(initial: any(), maximum: any(), smoothing: draw.pick([-1, 0.5, .infinity, .nan]))),
      .adaptiveConcurrency(
        .gradient2(
          initial: any(), minimum: any(), maximum: any(), smoothing: draw.pick([-1, 0.5, .nan]),
          queue: draw.pick([-1, 4, .infinity]), tolerance: draw.pick([0, 1.5, .nan]))),
      .adaptiveConcurrency(
        .aimd(initial: any(), minimum: any(), maximum: any(), timeout: any(), backoff: draw.pick([-1, 0.9, .nan]))),
    ] + windows.map { .fixedWindow(limit: any(), window: $0, countsRejected: draw.flip()) }
  }

  @Test func `Any number in any setting and any order of times ends in a verdict`() {
    for seed in 0..<300 as Range<UInt64> {
      var draw = Draw(seed: 1_000_000 + seed)
      for settings in Self.settings(&draw) {
        var visitor = Hammer(times: (0..<20).map { _ in draw.pick(Self.numbers) + draw.pick([0, 0, 0]) })
        settings.accept(&visitor, created: draw.pick([nil, draw.pick(Self.numbers)]))
        #expect(visitor.decisions == 20, "\(settings)")
        // Naming the problem must not trap either.
        _ = settings.problem()
      }
    }
  }

  @Test func `A clock set back frees nobody in a window or log, and refills no bucket`() {
    let times: [Int64] = [10_000, 10_000, 9_000, 5_000, 0, 10_000]
    #expect(Trace(TokenBucket(rate: .perSecond(1), capacity: 2), at: times).words == "P P R R R R")
    #expect(Trace(GCRA(emissionInterval: 1_000_000_000, burst: 1), at: times).words == "P P R R R R")
    let window = FixedWindow(limit: 2, window: .calendar(.second), countsRejected: false)
    #expect(Trace(window, at: times).words == "P P R R R R")
    let log = SlidingLog(limit: 2, window: 1_000_000, keepsEdge: false, countsRejected: false)
    #expect(Trace(log, at: times).words == "P P R R R R")
    #expect(Trace(RingLog(limit: 2, window: 1_000_000, equality: .passes), at: times).words == "P P R R R R")
    let traefik = ReservationBucket(rate: .perSecond(1), burst: 2, wholeSeconds: true)
    #expect(Trace(traefik, at: times.dropLast()).words == "P P R R R")
  }

  @Test func `nginx takes a step back of over a minute for a millisecond, APISIX for time that passed`() {
    #expect(Trace(nginx(1_000_000, 0), at: [100_000, 40_000, 39_999]).words == "P R P")
    #expect(Trace(TruncatingLeakyBucket(milliRate: 1_000, burst: 0, isDelaying: true), at: [5_000, 4_500, 4_000]).words == "P R P")
  }
}

/// Sends times to whatever limiter comes.
private struct Hammer: LimiterVisitor {
  let times: [Int64]
  var decisions = 0

  mutating func visit<L: Limiter>(_ limiter: L) {
    var (limiter, state) = (limiter, limiter.fresh)
    for time in times {
      _ = limiter.decide(&state, at: time)
      decisions += 1
    }
  }

  mutating func visit<C: ConcurrencyControl>(_ control: C) {
    var control = control
    for (request, time) in times.enumerated() {
      _ = control.enter(request, at: time)
      if request % 3 == 0 { _ = control.expire(at: time) }
      if request % 2 == 0 {
        _ = control.leave(
          Departure(at: time, started: times[request / 2], inProgress: control.inProgress, isDropped: request % 4 == 0))
      }
      decisions += 1
    }
  }
}
