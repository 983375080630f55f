public import Gateways
import Traffic

extension LimiterSettings {
  /// How requests are held against the limit; nil for limits on requests in progress.
  public var quotaMeter: QuotaLimit.Meter? {
    switch self {
    case .leakyBucket(let milliRate, let burst, _, _): Self.bucket(milliRate, 1_000_000_000, burst &+ 1)
    case .tokenBucket(let rate, let capacity): Self.bucket(rate.count, rate.period, capacity)
    case .timerTokenBucket(let capacity, let perFill, let interval, _): Self.bucket(perFill, interval, capacity)
    case .reservationBucket(let rate, let burst, _): Self.bucket(rate.count, rate.period, burst)
    case .secondStepBucket(let replenishRate, let capacity, let requested):
      Self.bucket(replenishRate, 1_000_000 * max(1, requested), capacity / max(1, requested))
    case .deferredRefillBucket(let rate, let capacity, _): Self.bucket(rate.count, rate.period, capacity)
    case .fixedWindow(let limit, let window, _): .window(limit: limit, window.quotaWindow)
    case .slidingCounter(let limit, let window, _), .slidingLog(let limit, let window, _, _),
      .ringLog(let limit, let window, _):
      .sliding(limit: limit, length: max(1, window))
    // One request per `emissionInterval` ns is a thousand per as many µs.
    case .gcra(let emissionInterval, let burst): Self.bucket(1_000, emissionInterval, burst &+ 1)
    case .frequencyCounter(let period, let threshold, _): .sliding(limit: threshold, length: max(1, period))
    case .spikeInterval(let interval): .sliding(limit: 1, length: max(1, interval))
    case .concurrency, .adaptiveConcurrency: nil
    }
  }

  private static func bucket(_ count: Int64, _ period: Int64, _ capacity: Int64) -> QuotaLimit.Meter {
    .bucket(count: max(1, count), period: max(1, period), capacity: max(1, capacity))
  }
}

extension WindowAlignment {
  fileprivate var quotaWindow: QuotaWindow {
    switch self {
    case .aligned(let length, let origin): .fixed(length: max(1, length), origin: origin)
    case .firstHit(let length, _): .firstHit(length: max(1, length))
    case .calendar(.second): .fixed(length: Microseconds.second.count, origin: 0)
    case .calendar(.minute): .fixed(length: Microseconds.minute.count, origin: 0)
    case .calendar(.hour): .fixed(length: Microseconds.hour.count, origin: 0)
    case .calendar(.day): .fixed(length: Microseconds.day.count, origin: 0)
    case .calendar(.week): .week
    case .calendar(.month): .month
    case .calendar(.year): .year
    }
  }
}
