/// nginx's `limit_req`: excess in thousandths of a request, drained in whole milliseconds, the drain floored.
///
/// The first request of a key is free, a rejection changes nothing, and a delayed request is accounted at arrival.
/// - Source: nginx, `ngx_http_limit_req_module.c`, `ngx_http_limit_req_lookup`.
public struct LeakyBucket: Limiter {
  public struct State: BitwiseCopyable, Sendable {
    /// Thousandths of a request.
    var excess: Int64
    /// Of the last accepted request, ms; `.min` before the first.
    var last: Int64
  }

  /// Thousandths of a request per second.
  let milliRate: Int64
  /// Both in thousandths of a request.
  let burst: Int64
  let undelayed: Int64

  /// - Parameters as in `LimiterSettings.leakyBucket`.
  public init(milliRate: Int64, burst: Int64, undelayed: Int64) {
    self.milliRate = max(1, milliRate)
    self.burst = Self.thousandths(burst)
    self.undelayed = Self.thousandths(undelayed)
  }

  public var fresh: State { State(excess: 0, last: .min) }

  @inline(__always)
  public func decide(_ state: inout State, at time: Int64) -> Verdict {
    let now = time.flooredMilliseconds
    guard state.last != .min else {
      state = State(excess: 0, last: now)
      return .passed
    }
    let elapsed = Self.elapsed(from: state.last, to: now)
    let drain = milliRate.clampedProduct(elapsed) / 1_000
    let excess = max(0, state.excess &- drain &+ 1_000)
    guard excess <= burst else { return .rejected }
    state.excess = excess
    if elapsed != 0 { state.last = now }
    guard excess > undelayed else { return .passed }
    let delay = (excess &- undelayed) &* 1_000 / milliRate
    return .delayed(delay.clampedProduct(1_000))
  }

  /// - Source: as above, `ngx_http_limit_req_expire`.
  public func isDrained(_ state: State, at time: Int64) -> Bool {
    guard state.last != .min else { return true }
    let elapsed = abs(time.flooredMilliseconds &- state.last)
    return state.excess <= milliRate.clampedProduct(elapsed) / 1_000
  }

  /// A small step back counts as no time, one of more than a minute as a millisecond.
  @inline(__always)
  static func elapsed(from last: Int64, to now: Int64) -> Int64 {
    let elapsed = now &- last
    guard elapsed < 0 else { return elapsed }
    return elapsed < -60_000 ? 1 : 0
  }

  /// At most 10¹² requests, so that no later product leaves the range.
  static func thousandths(_ requests: Int64) -> Int64 { min(max(0, requests), 1_000_000_000_000) * 1_000 }
}
