/// nginx's `limit_req` with one leaky bucket per consumer, in its own integer arithmetic.
///
/// Every plan allows three times the consumer's mean rate, a few tight ones much less; `burst` is twice
/// the rate and the second half of it is delayed.
/// Source: `ngx_http_limit_req_module.c`; excess counts thousandths of a request.
struct RequestLimiter {
  private struct Bucket {
    /// Allowed requests per second.
    var rate = 2
    var excess = 0
    /// Milliseconds since the start of the night; −1 before the first request.
    var last = -1
  }

  /// Ranks with a plan of little more than they need on average.
  private static let tight: Set<Int> = [2, 6, 17, 40]

  private var buckets: [Bucket]

  /// - Parameter linesPerSecond: mean of the whole night.
  init(linesPerSecond: Double) {
    buckets = (0..<Population.consumerCount).map { rank in
      let mean = linesPerSecond * Population.share(ofConsumer: rank)
      let allowance = Self.tight.contains(rank) ? 1.2 : 3.0
      return Bucket(rate: max(2, Int(mean * allowance) + 1))
    }
  }

  /// The verdict on a request and how many milliseconds it waits.
  @inline(__always)
  mutating func admit(consumer: Int, at milliseconds: Int) -> (verdict: LimitVerdict, wait: Int) {
    var bucket = buckets[consumer]
    defer { buckets[consumer] = bucket }
    guard bucket.last >= 0 else {
      bucket.last = milliseconds
      return (.passed, 0)
    }
    let excess = max(0, bucket.excess - bucket.rate * (milliseconds - bucket.last) + 1000)
    let burst = 2000 * bucket.rate
    guard excess <= burst else { return (.rejected, 0) }
    bucket.excess = excess
    bucket.last = milliseconds
    let free = burst / 2
    return excess <= free ? (.passed, 0) : (.delayed, (excess - free) / bucket.rate)
  }
}
