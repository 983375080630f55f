public import Gateways
import Traffic

/// So many requests in each window, aligned to a clock, to the UTC calendar, or begun by its first request.
///
/// A time before the current window counts in it: a clock set back frees nobody.
/// - Source: Kong `rate-limiting`, envoyproxy/ratelimit, APISIX `limit-count`, Tyk; see `LimiterSettings.fixedWindow`.
public struct FixedWindow: Limiter {
  public struct State: BitwiseCopyable, Sendable {
    var count: Int64
    /// First µs after the window; `.min` before the first request.
    var end: Int64
  }

  let limit: Int64
  let window: WindowAlignment
  let countsRejected: Bool

  public init(limit: Int64, window: WindowAlignment, countsRejected: Bool) {
    self.limit = limit
    self.window = window
    self.countsRejected = countsRejected
  }

  public var fresh: State { State(count: 0, end: .min) }

  @inline(__always)
  public func decide(_ state: inout State, at time: Int64) -> Verdict {
    if time >= state.end { state = State(count: 0, end: window.end(of: time)) }
    guard state.count < limit else {
      if countsRejected { state.count = state.count.clampedSum(1) }
      return .rejected
    }
    state.count &+= 1
    return .passed
  }
}

extension WindowAlignment {
  /// The first µs after the window that holds, or begins with, a time. Later than the time unless that is `.max`.
  public func end(of time: Int64) -> Int64 {
    switch self {
    case .aligned(let length, let origin):
      let number = time.clampedDifference(origin).flooredQuotient(by: max(1, length))
      return max(number.clampedSum(1).clampedProduct(max(1, length)).clampedSum(origin), time.clampedSum(1))
    case .calendar(let unit):
      return unit.end(of: time)
    case .firstHit(let length, let strict):
      return time.clampedSum(max(1, length)).clampedSum(strict ? 1 : 0)
    }
  }
}
