/// Envoy's local rate limit: a bucket that fills continuously and starts full.
/// - Source: source/common/common/token_bucket_impl.cc.
struct TokenBucketOracle: LimitOracle {
  let capacity: Double
  /// Tokens per second.
  let rate: Double
  /// Seconds since 1970 at which the bucket of a key was empty.
  private var emptied: [String: Double] = [:]

  init(capacity: Int, perFill: Int, interval: Double) {
    self.capacity = Double(capacity)
    rate = Double(perFill) / interval
  }

  func verdict(_ request: ArrivedRequest) -> ProvenVerdict { available(request) < 1 ? .rejected : .passed }

  mutating func account(_ request: ArrivedRequest, wasAccepted: Bool) {
    guard wasAccepted else { return }
    emptied[request.key] = Double(request.arrival) / 1e6 - (available(request) - 1) / rate
  }

  private func available(_ request: ArrivedRequest) -> Double {
    guard let emptied = emptied[request.key] else { return capacity }
    return min(capacity, (Double(request.arrival) / 1e6 - emptied) * rate)
  }
}
