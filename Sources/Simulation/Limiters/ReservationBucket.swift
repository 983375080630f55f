public import Gateways
import Traffic

/// Traefik's `rateLimit`: a bucket that may go about half a token into debt, and makes such requests wait.
///
/// An idle bucket is forgotten and born full again, in memory when the whole second of its expiry has come, in Redis
/// exactly. Tokens are doubles as in the product; the longest delay is whole nanoseconds of the truncated rate.
/// - Source: Traefik, `pkg/middlewares/ratelimiter/rate_limiter.go`, `in_memory_limiter.go`; golang.org/x/time/rate.
public struct ReservationBucket: Limiter {
  public struct State: BitwiseCopyable, Sendable {
    /// May be negative.
    var tokens: Double
    /// When the tokens were that many, µs.
    var last: Int64
    /// From when on the bucket is forgotten, µs.
    var expiry: Int64
  }

  /// Requests per second.
  let rate: Double
  let burst: Double
  /// ns
  let longestDelay: Int64
  /// s
  let lifetime: Int64
  let wholeSeconds: Bool

  public init(rate: LimitRate, burst: Int64, wholeSeconds: Bool) {
    let perSecond = Double(max(1, rate.count)) * 1e6 / Double(max(1, rate.period))
    self.rate = perSecond
    self.burst = Double(max(1, burst))
    self.wholeSeconds = wholeSeconds
    if perSecond >= 1 {
      longestDelay = 1_000_000_000 / Int64(clamping: perSecond).clampedProduct(2)
      lifetime = 2
    } else {
      longestDelay = 500_000_000
      lifetime = Int64(clamping: 1 / perSecond).clampedSum(1)
    }
  }

  public var fresh: State { State(tokens: burst, last: .min, expiry: .min) }

  @inline(__always)
  public func decide(_ state: inout State, at time: Int64) -> Verdict {
    if time >= state.expiry { state = State(tokens: burst, last: time, expiry: 0) }
    state.expiry = expiry(after: time)
    let elapsed = max(0, time.clampedDifference(state.last))
    let tokens = min(burst, state.tokens + Double(elapsed) / 1e6 * rate)
    state.last = time
    let rest = tokens - 1
    guard rest < 0 else {
      state.tokens = rest
      return .passed
    }
    let delay = Int64(clamping: -rest / rate * 1e9)
    // A reservation that would wait too long is given back.
    guard delay <= longestDelay else {
      state.tokens = tokens
      return .rejected
    }
    state.tokens = rest
    return .delayed(delay / 1_000)
  }

  @inline(__always)
  private func expiry(after time: Int64) -> Int64 {
    let start = wholeSeconds ? time.flooredQuotient(by: 1_000_000).clampedProduct(1_000_000) : time
    return start.clampedSum(lifetime.clampedProduct(1_000_000))
  }
}
