/// At least an interval between accepted requests (Apigee SpikeArrest); a rejection changes nothing.
public struct SpikeInterval: Limiter {
  public struct State: BitwiseCopyable, Sendable {
    /// Of the last accepted request, µs; `.min` before the first.
    var last: Int64
  }

  /// µs
  let interval: Int64

  public init(_ interval: Int64) { self.interval = max(0, interval) }

  public var fresh: State { State(last: .min) }

  @inline(__always)
  public func decide(_ state: inout State, at time: Int64) -> Verdict {
    guard state.last == .min || time.clampedDifference(state.last) >= interval else { return .rejected }
    state.last = time
    return .passed
  }
}
