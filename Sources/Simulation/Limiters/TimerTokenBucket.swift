import Traffic

/// A bucket that a timer fills: `perFill` tokens at every multiple of `interval` from `phase` (Envoy before v1.31).
public struct TimerTokenBucket: Limiter {
  public struct State: BitwiseCopyable, Sendable {
    var tokens: Int64
    /// The last fill that the tokens include; `.min` before the first request.
    var fill: Int64
  }

  let capacity: Int64
  let perFill: Int64
  /// µs
  let interval: Int64
  let phase: Int64

  public init(capacity: Int64, perFill: Int64, interval: Int64, phase: Int64) {
    self.capacity = max(0, capacity)
    self.perFill = max(0, perFill)
    self.interval = max(1, interval)
    self.phase = phase
  }

  public var fresh: State { State(tokens: capacity, fill: .min) }

  @inline(__always)
  public func decide(_ state: inout State, at time: Int64) -> Verdict {
    let fill = time.clampedDifference(phase).flooredQuotient(by: interval)
    if fill > state.fill {
      let filled = perFill.clampedProduct(fill.clampedDifference(state.fill))
      state = State(tokens: min(capacity, state.tokens.clampedSum(filled)), fill: fill)
    }
    guard state.tokens > 0 else { return .rejected }
    state.tokens &-= 1
    return .passed
  }
}
