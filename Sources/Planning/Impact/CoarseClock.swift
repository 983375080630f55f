import Gateways
import Traffic
import Simulation

/// What is known when the log's clock is coarser than the limiter's: how much earlier or later a request may really
/// have come than its stamp says, and limiters that bracket the real one's admissions.
///
/// Let requests come up to ε after their stamps. A set of requests that a token bucket (rate r, capacity B) admits has
/// at most B + r·T members in any T; by their stamps those lie in at most T + ε. So a bucket (r, B + rε) on the stamps
/// admits at least as many, as greedy admission of unit requests admits the most that conform. The other way round,
/// what (r, B − rε) or (r/(1 + rε), B) admit on the stamps conforms to (r, B) in truth, whatever the order.
/// For a log of N in W the windows are W − ε and W + ε.
/// - Source: the arrival curves of Cruz, "A calculus for network delay", 1991, applied to both clocks.
struct CoarseClock {
  /// µs.
  let error: Int64

  /// Models on whose stamps at least as many requests are admitted as in truth; nil where a limiter has no such bound.
  func lenient(_ model: GatewayModel) -> GatewayModel? { model.mapLimiters(lenient) }

  /// Models on whose stamps at most as many are admitted: each is a bound, the best is the greatest.
  func strict(_ model: GatewayModel) -> [GatewayModel] {
    [model.mapLimiters(lessBurst), model.mapLimiters(slower)].compactMap { $0 }
  }

  private func lenient(_ limiter: LimiterSettings) -> LimiterSettings? {
    switch limiter {
    case .leakyBucket(let rate, let burst, let undelayed, let arithmetic):
      .leakyBucket(
        milliRate: rate, burst: burst.clampedSum(grown(rate, per: 1_000_000_000)), undelayed: undelayed,
        arithmetic: arithmetic)
    case .tokenBucket(let rate, let capacity):
      .tokenBucket(rate: rate, capacity: capacity.clampedSum(grown(rate.count, per: rate.period)))
    case .gcra(let interval, let burst):
      .gcra(emissionInterval: interval, burst: burst.clampedSum(grown(1000, per: interval)))
    case .slidingLog(let limit, let window, let keepsEdge, let countsRejected) where !countsRejected:
      .slidingLog(limit: limit, window: max(1, window - error), keepsEdge: keepsEdge, countsRejected: false)
    default: nil
    }
  }

  private func lessBurst(_ limiter: LimiterSettings) -> LimiterSettings? {
    switch limiter {
    case .leakyBucket(let rate, let burst, let undelayed, let arithmetic):
      let less = burst - grown(rate, per: 1_000_000_000)
      return less < 0 ? nil : .leakyBucket(milliRate: rate, burst: less, undelayed: undelayed, arithmetic: arithmetic)
    case .tokenBucket(let rate, let capacity):
      let less = capacity - grown(rate.count, per: rate.period)
      return less < 1 ? nil : .tokenBucket(rate: rate, capacity: less)
    case .gcra(let interval, let burst):
      let less = burst - grown(1000, per: interval)
      return less < 0 ? nil : .gcra(emissionInterval: interval, burst: less)
    default: return slower(limiter)
    }
  }

  private func slower(_ limiter: LimiterSettings) -> LimiterSettings? {
    switch limiter {
    case .leakyBucket(let rate, let burst, let undelayed, let arithmetic):
      let slowed = Double(rate) / (1 + Double(rate) * Double(error) / 1e9)
      return .leakyBucket(milliRate: max(1, Int64(slowed)), burst: burst, undelayed: undelayed, arithmetic: arithmetic)
    case .tokenBucket(let rate, let capacity):
      let (stretch, overflow) = rate.count.multipliedReportingOverflow(by: error)
      guard !overflow, stretch < .max / 4, rate.period < .max / 4 else { return nil }
      return .tokenBucket(rate: LimitRate(rate.count, per: rate.period + stretch), capacity: capacity)
    case .gcra(let interval, let burst):
      return .gcra(emissionInterval: interval.clampedSum(error * 1000), burst: burst)
    case .slidingLog(let limit, let window, let keepsEdge, let countsRejected) where !countsRejected:
      return .slidingLog(limit: limit, window: window.clampedSum(error), keepsEdge: keepsEdge, countsRejected: false)
    default: return nil
    }
  }

  /// Tokens that a rate brings in the error, rounded up.
  private func grown(_ count: Int64, per period: Int64) -> Int64 {
    let tokens = (Double(count) * Double(error) / Double(period)).rounded(.up)
    return tokens < 1e15 ? Int64(tokens) : 1_000_000_000_000_000
  }
}

extension GatewayModel {
  /// The model with every limiter changed; nil where one cannot be.
  func mapLimiters(_ change: (LimiterSettings) -> LimiterSettings?) -> GatewayModel? {
    var model = self
    for policy in policies.indices {
      for one in policies[policy].cases.indices {
        for stage in policies[policy].cases[one].stages.indices {
          for rule in policies[policy].cases[one].stages[stage].rules.indices {
            let limiter = policies[policy].cases[one].stages[stage].rules[rule].limiter
            guard let changed = change(limiter) else { return nil }
            model.policies[policy].cases[one].stages[stage].rules[rule].limiter = changed
          }
        }
      }
    }
    return model
  }
}
