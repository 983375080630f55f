public import Gateways
import Traffic

/// The current window's count and the share of the previous one that still overlaps, compared as exact fractions.
///
/// Windows begin at multiples of their length since 1970. A time before the current window counts at its beginning.
/// - Source: Kong `rate-limiting-advanced`, APISIX `limit-count` sliding, Cloudflare; see `SlidingCounterRule`.
public struct SlidingCounter: Limiter {
  public struct State: BitwiseCopyable, Sendable {
    var current: Int64
    var previous: Int64
    /// First µs after the current window; `.min` before the first request.
    var end: Int64
  }

  let limit: Int64
  let window: Int64
  let rule: SlidingCounterRule

  public init(limit: Int64, window: Int64, rule: SlidingCounterRule) {
    self.limit = max(0, limit)
    self.window = max(1, window)
    self.rule = rule
  }

  public var fresh: State { State(current: 0, previous: 0, end: .min) }

  @inline(__always)
  public func decide(_ state: inout State, at time: Int64) -> Verdict {
    if time >= state.end { turn(&state, at: time) }
    let remaining = min(window, state.end.clampedDifference(time))
    let isOver = isOver(state, remaining: remaining)
    if !isOver || rule.countsRejected { state.current &+= 1 }
    return isOver ? .rejected : .passed
  }

  /// previous · remaining / window + current, against the limit: both sides times the window, in 128 bits.
  @inline(__always)
  private func isOver(_ state: State, remaining: Int64) -> Bool {
    let room = limit &- state.current &- (rule.includesCurrent ? 1 : 0)
    guard room >= 0 else { return true }
    let previous = rule.capsPrevious ? min(state.previous, limit) : state.previous
    let used = previous.multipliedFullWidth(by: remaining)
    let free = room.multipliedFullWidth(by: window)
    if used.high != free.high { return used.high > free.high }
    return rule.rejectsAtLimit ? used.low >= free.low : used.low > free.low
  }

  private func turn(_ state: inout State, at time: Int64) {
    let isNext = state.end != .min && time < state.end.clampedSum(window)
    let end = WindowAlignment.aligned(length: window, origin: 0).end(of: time)
    state = State(current: 0, previous: isNext ? state.current : 0, end: end)
  }
}
