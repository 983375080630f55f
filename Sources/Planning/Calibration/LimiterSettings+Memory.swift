import Gateways
import Traffic

extension LimiterSettings {
  /// µs after which a limiter has forgotten the state it started with: its window, or the time in which its burst
  /// drains. What it decides earlier depends on traffic that is not in the log.
  var memory: Int64 {
    switch self {
    case .leakyBucket(let milliRate, let burst, _, _):
      Self.time(for: burst.clampedSum(1), at: Double(milliRate) / 1e9)
    case .tokenBucket(let rate, let capacity): Self.time(for: capacity, at: Self.perMicrosecond(rate))
    case .timerTokenBucket(let capacity, let perFill, let interval, _):
      Self.time(for: capacity, at: Double(perFill) / Double(interval))
    case .reservationBucket(let rate, let burst, _): Self.time(for: burst, at: Self.perMicrosecond(rate))
    case .secondStepBucket(let replenishRate, let capacity, _):
      Self.time(for: capacity, at: Double(replenishRate) / 1e6)
    case .deferredRefillBucket(let rate, let capacity, _): Self.time(for: capacity, at: Self.perMicrosecond(rate))
    case .fixedWindow(_, let window, _): window.length
    case .slidingCounter(_, let window, _): window.clampedSum(window)
    case .slidingLog(_, let window, _, _), .ringLog(_, let window, _): window
    case .gcra(let interval, let burst): Self.time(for: burst.clampedSum(1), at: 1e3 / Double(interval))
    case .frequencyCounter(let period, _, _): period.clampedSum(period)
    case .spikeInterval(let interval): interval
    // Requests that were in progress when the log began are not in it; half a minute is long for a request.
    case .concurrency, .adaptiveConcurrency: 30_000_000
    }
  }

  private static func perMicrosecond(_ rate: LimitRate) -> Double { Double(rate.count) / Double(rate.period) }

  private static func time(for requests: Int64, at perMicrosecond: Double) -> Int64 {
    let time = (Double(max(0, requests)) / perMicrosecond).rounded(.up)
    return time < 1e18 ? Int64(time) : .max
  }
}

extension WindowAlignment {
  /// µs, of calendar units the longest.
  fileprivate var length: Int64 {
    switch self {
    case .aligned(let length, _), .firstHit(let length, _): length
    case .calendar(let unit):
      switch unit {
      case .second: 1_000_000
      case .minute: 60_000_000
      case .hour: 3_600_000_000
      case .day: 86_400_000_000
      case .week: 7 * 86_400_000_000
      case .month: 31 * 86_400_000_000
      case .year: 366 * 86_400_000_000
      }
    }
  }
}
