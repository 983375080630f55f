public import Gateways
import Traffic

/// HAProxy's frequency counter: the current period's count and what of the previous one's still overlaps, floored.
///
/// Periods begin with the first request after two idle ones, on an even millisecond. Several rules may read one
/// counter; `counting` says which of them moves it.
/// - Source: HAProxy, `include/haproxy/freq_ctr.h`, `src/freq_ctr.c`.
public struct FrequencyCounter: Limiter {
  public struct State: BitwiseCopyable, Sendable {
    /// Start of the current period, ms, even; `.min` before the first request.
    var tick: Int64
    var current: Int64
    var previous: Int64
  }

  /// ms
  let period: Int64
  let threshold: Int64
  let counting: FrequencyCounting

  /// - Parameter period: µs, whole milliseconds.
  public init(period: Int64, threshold: Int64, counting: FrequencyCounting) {
    // Half the range would do; a tenth keeps every sum of two periods and a time inside of it.
    self.period = min(max(1, period / 1_000), .max / 10)
    self.threshold = threshold
    self.counting = counting
  }

  public var fresh: State { State(tick: .min, current: 0, previous: 0) }

  @inline(__always)
  public func decide(_ state: inout State, at time: Int64) -> Verdict {
    let now = time.flooredMilliseconds
    if counting == .beforeJudging { count(&state, at: now) }
    guard value(of: state, at: now) <= threshold else { return .rejected }
    if counting == .afterPassing { count(&state, at: now) }
    return .passed
  }

  /// Counts a request and gives what the counter says of it, whatever the threshold.
  public func counted(_ state: inout State, at time: Int64) -> Int64 {
    let now = time.flooredMilliseconds
    count(&state, at: now)
    return value(of: state, at: now)
  }

  /// - Parameter now: ms
  @inline(__always)
  func count(_ state: inout State, at now: Int64) {
    let elapsed = now.clampedDifference(state.tick)
    guard elapsed >= period else {
      state.current &+= 1
      return
    }
    let isNext = elapsed &- period < period
    let tick = isNext ? state.tick &+ period : now
    state = State(tick: tick & ~1, current: 1, previous: isNext ? state.current : 0)
  }

  /// The estimate for the period that ends now.
  /// - Parameter now: ms
  @inline(__always)
  func value(of state: State, at now: Int64) -> Int64 {
    guard state.tick != .min else { return 0 }
    var remaining = min(period, state.tick.clampedSum(period).clampedDifference(now))
    var (previous, current) = (state.previous, state.current)
    if remaining < 0 {
      remaining = remaining.clampedSum(period)
      previous = remaining >= 0 ? current : 0
      current = 0
    }
    // A rate of one per period would flap between 0 and 1.
    if current == 0 && previous <= 1 { return previous }
    return previous.clampedProduct(remaining) / period + current
  }
}
