/// Traefik's `rateLimit`: a bucket that may go about half a token into debt, and is born full again after idle seconds.
/// - Source: pkg/middlewares/ratelimiter/in_memory_limiter.go.
struct ReservationOracle: LimitOracle {
  private struct Bucket {
    var tokens: Double
    /// Seconds since 1970.
    var last: Double
    var expiry: Double
  }

  let burst: Double
  /// Tokens per second.
  let rate: Double
  private var buckets: [String: Bucket] = [:]

  init(average: Double, period: Double = 1, burst: Int) {
    rate = average / period
    self.burst = Double(burst)
  }

  private var longestDelay: Double { rate >= 1 ? 1 / (2 * rate.rounded(.down)) : 0.5 }
  private var idle: Double { rate >= 1 ? 2 : 1 + (1 / rate).rounded(.down) }

  func verdict(_ request: ArrivedRequest) -> ProvenVerdict {
    let missing = 1 - bucket(request).tokens
    if missing <= 0 { return .passed }
    return missing / rate > longestDelay ? .rejected : .delayed
  }

  mutating func account(_ request: ArrivedRequest, wasAccepted: Bool) {
    var bucket = bucket(request)
    if wasAccepted { bucket.tokens -= 1 }
    buckets[request.key] = bucket
  }

  /// The bucket as the request finds it.
  private func bucket(_ request: ArrivedRequest) -> Bucket {
    let now = Double(request.arrival) / 1e6
    let expiry = (now + idle).rounded(.down)
    guard let bucket = buckets[request.key], now.rounded(.down) < bucket.expiry else {
      return Bucket(tokens: burst, last: now, expiry: expiry)
    }
    return Bucket(
      tokens: min(burst, bucket.tokens + max(0, now - bucket.last) * rate), last: max(now, bucket.last), expiry: expiry)
  }
}
