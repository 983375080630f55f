public import Gateways

/// A bucket of tokens that fills continuously and starts full (Envoy local, AWS, Azure v2), computed exactly.
///
/// A level counts in parts of a token, so many that one µs of refill is a whole number of them: at 3 requests a second
/// a token has 10⁶ parts and a µs brings 3. No rounding drifts, and equality is equality.
/// - Source: Envoy, `source/common/common/token_bucket_impl.cc`; exact instead of its doubles of seconds.
public struct TokenBucket: Limiter {
  public struct State: BitwiseCopyable, Sendable {
    /// Parts of a token.
    var level: Int64
    /// When the level was that, µs; `.min` before the first request.
    var last: Int64
  }

  /// Parts in one token, and parts that come in one µs: the period and the count of the reduced rate.
  let token: Int64
  let refill: Int64
  /// Parts in the full bucket.
  let full: Int64
  /// µs after which an empty bucket is full.
  let timeToFull: Int64

  public init(rate: LimitRate, capacity: Int64) {
    let reduced = Self.bounded(rate)
    token = reduced.period
    refill = reduced.count
    // Half of the range stays free for what comes in the last µs before the bucket is full.
    full = max(0, capacity) > Self.most / token ? Self.most / token * token : max(0, capacity) * token
    timeToFull = full / refill + (full % refill == 0 ? 0 : 1)
  }

  public var fresh: State { State(level: full, last: .min) }

  /// A clock set back brings nothing and takes nothing.
  @inline(__always)
  public func decide(_ state: inout State, at time: Int64) -> Verdict {
    let elapsed = time.clampedDifference(state.last)
    if elapsed >= timeToFull {
      state = State(level: full, last: time)
    } else if elapsed > 0 {
      // Less than the time to full, so less than `full + refill` parts.
      state = State(level: min(full, state.level &+ elapsed &* refill), last: time)
    }
    guard state.level >= token else { return .rejected }
    state.level &-= token
    return .passed
  }

  /// The largest number of parts a bucket may have.
  static let most = Int64.max / 4

  /// In lowest terms, the count at most a quarter of the range.
  private static func bounded(_ rate: LimitRate) -> LimitRate {
    let reduced = LimitRate(max(1, rate.count), per: max(1, rate.period)).reduced
    return LimitRate(min(reduced.count, most), per: reduced.period)
  }
}
