import Traffic

/// The generic cell rate algorithm: a theoretical arrival time that runs ahead of the clock by at most the tolerance.
///
/// - Source: throttled, `rate.go`; redis-cell; ITU-T I.371, the virtual scheduling algorithm.
public struct GCRA: Limiter {
  public struct State: BitwiseCopyable, Sendable {
    /// Theoretical arrival time of the next request, ns; `.min` before the first.
    var arrival: Int64
  }

  /// ns
  let emissionInterval: Int64
  let tolerance: Int64

  public init(emissionInterval: Int64, burst: Int64) {
    self.emissionInterval = max(0, emissionInterval)
    tolerance = self.emissionInterval.clampedProduct(max(0, burst))
  }

  public var fresh: State { State(arrival: .min) }

  @inline(__always)
  public func decide(_ state: inout State, at time: Int64) -> Verdict {
    let now = time.clampedProduct(1_000)
    let arrival = max(state.arrival, now)
    guard arrival.clampedDifference(now) <= tolerance else { return .rejected }
    state.arrival = arrival.clampedSum(emissionInterval)
    return .passed
  }
}
