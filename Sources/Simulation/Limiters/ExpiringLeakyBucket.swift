/// APISIX's `limit-req` with state in Redis: floating point throughout, and a key that Redis forgets.
///
/// The key lives `ceil(burst / rate) + 1` seconds after its last pass. Below one request a second that is sooner than
/// it has drained, so the next request is free: 0.1 requests a second without burst become one a second.
/// - Source: Apache APISIX, `apisix/plugins/limit-req/util.lua`.
public struct ExpiringLeakyBucket: Limiter {
  public struct State: BitwiseCopyable, Sendable {
    /// Thousandths of a request.
    var excess: Double
    /// Of the last accepted request, ms; `.min` before the first.
    var last: Int64
  }

  let milliRate: Double
  /// Thousandths of a request.
  let burst: Double
  let isDelaying: Bool
  /// How long Redis remembers a key after a pass, ms.
  let lifetime: Int64

  /// - Parameter isDelaying: false for `nodelay`.
  public init(milliRate: Int64, burst: Int64, isDelaying: Bool) {
    let rate = max(1, milliRate)
    let thousandths = LeakyBucket.thousandths(burst)
    self.milliRate = Double(rate)
    self.burst = Double(thousandths)
    self.isDelaying = isDelaying
    let seconds = (thousandths / rate) + (thousandths % rate == 0 ? 0 : 1) + 1
    lifetime = seconds.clampedProduct(1_000)
  }

  public var fresh: State { State(excess: 0, last: .min) }

  @inline(__always)
  public func decide(_ state: inout State, at time: Int64) -> Verdict {
    let now = time.flooredMilliseconds
    guard state.last != .min, now &- state.last < lifetime else {
      state = State(excess: 0, last: now)
      return .passed
    }
    let excess = max(state.excess - milliRate * Double(abs(now &- state.last)) / 1_000 + 1_000, 0)
    guard excess <= burst else { return .rejected }
    state = State(excess: excess, last: now)
    let seconds = excess / milliRate
    return isDelaying && seconds >= 0.001 ? .delayed(Int64(clamping: seconds * 1e6)) : .passed
  }
}
