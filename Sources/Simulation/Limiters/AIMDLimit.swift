import Traffic

/// Adds one while the limit is used, and backs off by a factor after a drop or a slow answer.
///
/// - Source: Netflix concurrency-limits, `AIMDLimit.java`.
struct AIMDLimit: Sendable {
  private(set) var limit: Int64
  private let bounds: ClosedRange<Int64>
  /// µs
  private let timeout: Int64
  private let backoff: Double

  init(initial: Int64, minimum: Int64, maximum: Int64, timeout: Int64, backoff: Double) {
    bounds = max(1, minimum)...max(1, minimum, maximum)
    limit = max(1, initial)
    self.timeout = timeout
    self.backoff = backoff
  }

  mutating func learn(from departure: Departure) {
    if departure.isDropped || departure.latency > timeout {
      limit = Int64(clamping: Double(limit) * backoff)
    } else if departure.inProgress.clampedProduct(2) >= limit {
      limit = limit.clampedSum(1)
    }
    limit = min(max(limit, bounds.lowerBound), bounds.upperBound)
  }
}
