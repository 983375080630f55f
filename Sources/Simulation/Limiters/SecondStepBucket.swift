import Traffic

/// Spring Cloud Gateway's bucket in Redis: `replenishRate` tokens each time the clock's second changes.
///
/// A bucket smaller than half its rate is stored for `floor(2 · capacity / rate)` = 0 seconds, that is not at all, and
/// limits nothing. A longer life never matters: by its end the bucket is full.
/// - Source: Spring Cloud Gateway, `request_rate_limiter.lua`.
public struct SecondStepBucket: Limiter {
  public struct State: BitwiseCopyable, Sendable {
    var tokens: Int64
    /// s; `.min` before the first request.
    var second: Int64
  }

  let replenishRate: Int64
  let capacity: Int64
  let requested: Int64
  let isStored: Bool

  public init(replenishRate: Int64, capacity: Int64, requested: Int64) {
    self.replenishRate = max(1, replenishRate)
    self.capacity = max(0, capacity)
    self.requested = max(0, requested)
    isStored = self.capacity.clampedProduct(2) / self.replenishRate > 0
  }

  public var fresh: State { State(tokens: capacity, second: .min) }

  @inline(__always)
  public func decide(_ state: inout State, at time: Int64) -> Verdict {
    guard isStored else { return capacity >= requested ? .passed : .rejected }
    let second = time.flooredQuotient(by: 1_000_000)
    // A clock set back brings nothing, yet its second is stored.
    let elapsed = max(0, second.clampedDifference(state.second))
    let tokens = min(capacity, state.tokens.clampedSum(elapsed.clampedProduct(replenishRate)))
    let passes = tokens >= requested
    state = State(tokens: passes ? tokens - requested : tokens, second: second)
    return passes ? .passed : .rejected
  }
}
