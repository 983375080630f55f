import Traffic

/// A limiter and its parameters, exact: integers and fractions as the product computes them.
///
/// Every duration is in µs. `Simulation/Limiters` has one small file per case, named after it, that decides.
/// - Source: the primitives P1–P15; for each the products that use it.
public enum LimiterSettings: Hashable, Sendable {
  /// P1. Excess in thousandths of a request, drained at `milliRate` a second (nginx `limit_req`, APISIX `limit-req`).
  /// - burst: whole requests. `undelayed`: excess up to this many requests is not delayed; `.max` for `nodelay`.
  case leakyBucket(milliRate: Int64, burst: Int64, undelayed: Int64, arithmetic: LeakyArithmetic)
  /// P2. Lazy bucket, starts full, continuous refill (Envoy local, AWS, Azure v2).
  case tokenBucket(rate: LimitRate, capacity: Int64)
  /// P3. `perFill` tokens every `interval` from `phase` on, up to `capacity` (Envoy before the lazy bucket).
  case timerTokenBucket(capacity: Int64, perFill: Int64, interval: Int64, phase: Int64)
  /// P4. A bucket that may go half a token into debt and makes such requests wait; an idle bucket is born full again
  /// (Traefik `rateLimit`). `wholeSeconds`: idle time is judged on whole seconds (in memory), else exactly (Redis).
  case reservationBucket(rate: LimitRate, burst: Int64, wholeSeconds: Bool)
  /// P5. `replenishRate` tokens at each second of the clock (Spring Cloud Gateway).
  case secondStepBucket(replenishRate: Int64, capacity: Int64, requested: Int64)
  /// P6. Refilled only when empty (KrakenD); idle for `idleLifetime` it is forgotten. `.max`: never, and such a bucket
  /// begins with its gateway instead of its first request.
  case deferredRefillBucket(rate: LimitRate, capacity: Int64, idleLifetime: Int64)
  /// P7. So many requests in each window.
  case fixedWindow(limit: Int64, window: WindowAlignment, countsRejected: Bool)
  /// P8. Current window plus the part of the previous one that still overlaps.
  case slidingCounter(limit: Int64, window: Int64, rule: SlidingCounterRule)
  /// P9. So many requests in the last `window`; entries of exactly that age are dropped unless `keepsEdge`.
  case slidingLog(limit: Int64, window: Int64, keepsEdge: Bool, countsRejected: Bool)
  /// P10. A ring of the last `limit` passes (Caddy).
  case ringLog(limit: Int64, window: Int64, equality: RingEquality)
  /// P11. Theoretical arrival times; `emissionInterval` in nanoseconds; `burst + 1` at once.
  case gcra(emissionInterval: Int64, burst: Int64)
  /// P12. HAProxy's frequency counter over `period` (whole ms): more than `threshold` rejects. Several rules may read
  /// one counter; `counting` says whether and when this one counts the request.
  case frequencyCounter(period: Int64, threshold: Int64, counting: FrequencyCounting)
  /// P13. At least `interval` between accepted requests (Apigee SpikeArrest).
  case spikeInterval(Int64)
  /// P14. So many requests at a time.
  case concurrency(ConcurrencySettings)
  /// P15. As many at a time as latency allows.
  case adaptiveConcurrency(AdaptiveConcurrencySettings)
}

/// A rate as an exact fraction: `count` requests per `period` µs. Not reduced, so that it can be printed as written.
public struct LimitRate: Hashable, Sendable {
  /// Requests, at least 1.
  public var count: Int64
  /// µs, at least 1.
  public var period: Int64

  public init(_ count: Int64, per period: Int64) {
    precondition(count > 0 && period > 0, "a rate is positive")
    self.count = count
    self.period = period
  }

  /// So many requests a second.
  public static func perSecond(_ count: Int64) -> LimitRate { LimitRate(count, per: 1_000_000) }
  /// So many requests a minute.
  public static func perMinute(_ count: Int64) -> LimitRate { LimitRate(count, per: 60_000_000) }

  /// The same rate in lowest terms: 100 in 10 s is 10 in 1 s.
  public var reduced: LimitRate {
    let shared = count.greatestCommonDivisor(with: period)
    return LimitRate(count / shared, per: period / shared)
  }

  /// Requests per second, for display and ordering only.
  public var perSecond: Double { Double(count) * 1e6 / Double(period) }
}

/// Who computes the leaky bucket, and so how it rounds.
public enum LeakyArithmetic: String, Hashable, Sendable {
  /// Integer milliseconds, the drain floored.
  case nginx
  /// Drain in floating point, the stored excess truncated; elapsed time is absolute.
  case apisix
  /// Floating point throughout, a key forgotten `ceil(burst/rate) + 1` seconds after its last pass (APISIX with Redis).
  case apisixRedis
}

/// Where fixed windows begin.
public enum WindowAlignment: Hashable, Sendable {
  /// Multiples of `length` from `origin` (µs since 1970 UTC).
  case aligned(length: Int64, origin: Int64)
  /// Seconds to years of the UTC calendar.
  case calendar(CalendarUnit)
  /// The first request after the previous window ended; `strict`: a request at exactly the end is still inside.
  case firstHit(length: Int64, strict: Bool)
}

/// Units of the UTC calendar; a week begins on Monday.
public enum CalendarUnit: String, CaseIterable, Hashable, Sendable { case second, minute, hour, day, week, month, year }

/// What a sliding counter compares with its limit.
public struct SlidingCounterRule: Hashable, Sendable {
  /// The previous window counts for at most the limit (APISIX).
  public var capsPrevious: Bool
  /// The request itself is in the estimate.
  public var includesCurrent: Bool
  /// A rejected request counts too.
  public var countsRejected: Bool
  /// Reject when the estimate reaches the limit, not only when it exceeds it.
  public var rejectsAtLimit: Bool

  public init(capsPrevious: Bool, includesCurrent: Bool, countsRejected: Bool, rejectsAtLimit: Bool) {
    self.capsPrevious = capsPrevious
    self.includesCurrent = includesCurrent
    self.countsRejected = countsRejected
    self.rejectsAtLimit = rejectsAtLimit
  }
}

/// What a ring does with a request exactly one window after the oldest.
public enum RingEquality: String, Hashable, Sendable { case rejects, passes, passesUnrecorded }

/// When a rule on a frequency counter counts the request.
public enum FrequencyCounting: String, Hashable, Sendable {
  /// Before judging, so the request itself and rejected ones are in the count.
  case beforeJudging
  /// Only when it passed.
  case afterPassing
  /// Not at all: another rule on the counter does.
  case never
}

/// How many requests may be in progress, and what happens to the next.
public struct ConcurrencySettings: Hashable, Sendable {
  /// Requests in progress at most, at least 1.
  public var limit: Int64
  /// Requests that may wait for a place; 0 rejects at once, `.max` is unbounded.
  public var queue: Int64
  /// A request that has waited this long is rejected; nil waits for ever.
  public var queueTimeout: Int64?
  /// APISIX: requests beyond `limit` (up to `limit + queue`) go on after this delay per full block instead of queueing.
  public var delayPerBlock: Int64?
  /// APISIX: the delay follows the latency seen instead of staying at `delayPerBlock`.
  public var learnsDelay: Bool

  public init(
    limit: Int64, queue: Int64 = 0, queueTimeout: Int64? = nil, delayPerBlock: Int64? = nil, learnsDelay: Bool = false
  ) {
    self.limit = limit
    self.queue = queue
    self.queueTimeout = queueTimeout
    self.delayPerBlock = delayPerBlock
    self.learnsDelay = learnsDelay
  }
}

/// Envoy's gradient controller, or one of the concurrency-limits library.
public enum AdaptiveConcurrencySettings: Hashable, Sendable {
  /// Times in µs, percentile and buffer in percent.
  case gradient(
    percentile: Double, maxLimit: Int64, updateInterval: Int64, minRTTInterval: Int64, minRTTRequests: Int64,
    minConcurrency: Int64, buffer: Double)
  case vegas(initial: Int64, maximum: Int64, smoothing: Double)
  case gradient2(initial: Int64, minimum: Int64, maximum: Int64, smoothing: Double, queue: Double, tolerance: Double)
  case aimd(initial: Int64, minimum: Int64, maximum: Int64, timeout: Int64, backoff: Double)
}
