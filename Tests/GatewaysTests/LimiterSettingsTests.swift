import Gateways
import Testing

@Suite struct LimiterSettingsTests {
  @Test func `What people write has no problem`() {
    let settings: [LimiterSettings] = [
      .leakyBucket(milliRate: 83, burst: 0, undelayed: .max, arithmetic: .nginx),
      .tokenBucket(rate: .perSecond(100), capacity: 0),
      .tokenBucket(rate: LimitRate(33_333_333, per: 1_000_000_000_000), capacity: 1_000_000),
      .timerTokenBucket(capacity: 3, perFill: 3, interval: 1_000_000, phase: 0),
      .reservationBucket(rate: .perMinute(1), burst: 0, wholeSeconds: true),
      .secondStepBucket(replenishRate: 10, capacity: 1, requested: 1),
      .deferredRefillBucket(rate: .perSecond(2), capacity: 2, idleLifetime: .max),
      .fixedWindow(limit: 100, window: .calendar(.month), countsRejected: false),
      .ringLog(limit: 2, window: 0, equality: .passesUnrecorded),
      .gcra(emissionInterval: 100_000_000, burst: 2),
      .frequencyCounter(period: 10_000_000, threshold: 100, counting: .beforeJudging),
      .spikeInterval(100_000),
      .concurrency(ConcurrencySettings(limit: 100, queue: .max)),
      .adaptiveConcurrency(.vegas(initial: 20, maximum: 1_000, smoothing: 1)),
    ]
    for settings in settings { #expect(settings.problem() == nil) }
  }

  @Test(arguments: [
    (
      LimiterSettings.leakyBucket(milliRate: 0, burst: 0, undelayed: 0, arithmetic: .nginx),
      "has a rate below a thousandth of a request per second"
    ),
    (.leakyBucket(milliRate: 1_000, burst: -1, undelayed: 0, arithmetic: .nginx), "has a negative burst"),
    (.tokenBucket(rate: .perSecond(1), capacity: -1), "has a negative capacity"),
    (
      .tokenBucket(rate: LimitRate(1, per: 86_400_000_000), capacity: 4_000_000_000),
      "has a capacity too large for so fine a rate"
    ),
    (.timerTokenBucket(capacity: 1, perFill: 1, interval: 0, phase: 0), "has a fill interval that is not positive"),
    (.secondStepBucket(replenishRate: 0, capacity: 1, requested: 1), "has a replenish rate below 1"),
    (.fixedWindow(limit: 1, window: .aligned(length: 0, origin: 0), countsRejected: false), "has a window that is not positive"),
    (.slidingLog(limit: -1, window: 1, keepsEdge: false, countsRejected: false), "has a negative limit"),
    (.gcra(emissionInterval: 0, burst: 1), "has a rate above a billion requests per second"),
    (.frequencyCounter(period: 1_500, threshold: 1, counting: .never), "has a period that is not whole milliseconds"),
    (.concurrency(ConcurrencySettings(limit: 0)), "has a limit below 1"),
    (
      .adaptiveConcurrency(.aimd(initial: 1, minimum: 2, maximum: 1, timeout: 1, backoff: 0.9)),
      "has a largest limit below its smallest"
    ),
  ] as [(LimiterSettings, String)])
  func `What cannot be computed is named`(_ settings: LimiterSettings, problem: String) {
    #expect(settings.problem() == problem)
  }
}
