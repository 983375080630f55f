/// APISIX's `limit-req` with local state: nginx's bucket, drained by fractions, whose stored excess is truncated.
///
/// The product computes in floating point. All its terms are thousandths of the stored unit, far below 2⁵³, so whole
/// numbers of these thousandths decide and truncate the same. Elapsed time is absolute: a clock set back drains too.
/// - Source: lua-resty-limit-traffic, `lib/resty/limit/req.lua`.
public struct TruncatingLeakyBucket: Limiter {
  public typealias State = LeakyBucket.State

  let milliRate: Int64
  /// Thousandths of a request.
  let burst: Int64
  let isDelaying: Bool

  /// - Parameter isDelaying: false for `nodelay`.
  public init(milliRate: Int64, burst: Int64, isDelaying: Bool) {
    self.milliRate = max(1, milliRate)
    self.burst = LeakyBucket.thousandths(burst)
    self.isDelaying = isDelaying
  }

  public var fresh: State { State(excess: 0, last: .min) }

  @inline(__always)
  public func decide(_ state: inout State, at time: Int64) -> Verdict {
    let now = time.flooredMilliseconds
    guard state.last != .min else {
      state = State(excess: 0, last: now)
      return .passed
    }
    let drain = milliRate.clampedProduct(abs(now &- state.last))
    // Millionths of a request.
    let excess = max(0, (state.excess &+ 1_000) &* 1_000 &- drain)
    guard excess <= burst &* 1_000 else { return .rejected }
    state = State(excess: excess / 1_000, last: now)
    // excess / 10⁶ requests at milliRate / 10³ a second are 1,000 · excess / milliRate µs.
    let delay = excess.clampedProduct(1_000) / milliRate
    return isDelaying && delay >= 1_000 ? .delayed(delay) : .passed
  }
}
