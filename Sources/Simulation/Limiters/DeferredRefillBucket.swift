public import Gateways
import Traffic

/// KrakenD's integer bucket: nothing is added until it is empty, then everything at once.
///
/// After a long idle time twice the capacity and one request pass together: what was left, one uncharged request, and
/// a whole refill.
/// - Source: krakend-ratelimit, `tokenbucket.go`.
public struct DeferredRefillBucket: Limiter {
  public struct State: BitwiseCopyable, Sendable {
    var tokens: Int64
    /// ns; `.min` before the first request.
    var refilled: Int64
    /// Of the last request, µs.
    var used: Int64
  }

  /// ns that bring one token.
  let fill: Int64
  let capacity: Int64
  /// µs; nil: never forgotten.
  let idleLifetime: Int64?
  /// µs; nil: a bucket begins with its first request.
  let created: Int64?

  /// - Parameters:
  ///   - idleLifetime: µs; `.max`, or nothing positive, for a bucket that is never forgotten.
  ///   - created: when the buckets of all keys began, µs; an endpoint's bucket begins with its gateway, a client's with
  ///     its first request.
  public init(rate: LimitRate, capacity: Int64, idleLifetime: Int64, created: Int64? = nil) {
    fill = max(1, max(1, rate.period).clampedProduct(1_000) / max(1, rate.count))
    self.capacity = max(0, capacity)
    self.idleLifetime = idleLifetime > 0 && idleLifetime < .max ? idleLifetime : nil
    self.created = created
  }

  public var fresh: State { State(tokens: capacity, refilled: created?.clampedProduct(1_000) ?? .min, used: .min) }

  @inline(__always)
  public func decide(_ state: inout State, at time: Int64) -> Verdict {
    let now = time.clampedProduct(1_000)
    if state.refilled == .min || isForgotten(state, at: time) {
      state = State(tokens: capacity, refilled: now, used: time)
    }
    state.used = time
    guard state.tokens <= 0 else {
      state.tokens -= 1
      return .passed
    }
    let added = now.clampedDifference(state.refilled) / fill
    guard added > 0 else { return .rejected }
    state.refilled = state.refilled.clampedSum(added.clampedProduct(fill))
    // The request that finds more than a bucketful is not charged.
    state.tokens = added > capacity ? capacity : added - 1
    return .passed
  }

  @inline(__always)
  private func isForgotten(_ state: State, at time: Int64) -> Bool {
    guard let idleLifetime, state.used != .min else { return false }
    return time.clampedDifference(state.used) >= idleLifetime
  }
}
