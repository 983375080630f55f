public import Gateways

/// Receives the limiter that settings describe as what it is, so that code over it is specialised once per run.
public protocol LimiterVisitor {
  mutating func visit<L: Limiter>(_ limiter: L)
  /// - Parameter control: as it is for a key that was never seen; one copy per key.
  mutating func visit<C: ConcurrencyControl>(_ control: C)
}

extension LimiterSettings {
  /// Builds the limiter and hands it to a visitor.
  /// - Parameter created: when the gateway began, µs, and with it the buckets that it never forgets (KrakenD's endpoint
  ///   buckets); nil lets them begin with their first request, as all others do.
  public func accept(_ visitor: inout some LimiterVisitor, created: Int64? = nil) {
    switch self {
    case .leakyBucket(let milliRate, let burst, let undelayed, .nginx):
      visitor.visit(LeakyBucket(milliRate: milliRate, burst: burst, undelayed: undelayed))
    case .leakyBucket(let milliRate, let burst, let undelayed, .apisix):
      visitor.visit(TruncatingLeakyBucket(milliRate: milliRate, burst: burst, isDelaying: undelayed != .max))
    case .leakyBucket(let milliRate, let burst, let undelayed, .apisixRedis):
      visitor.visit(ExpiringLeakyBucket(milliRate: milliRate, burst: burst, isDelaying: undelayed != .max))
    case .tokenBucket(let rate, let capacity):
      visitor.visit(TokenBucket(rate: rate, capacity: capacity))
    case .timerTokenBucket(let capacity, let perFill, let interval, let phase):
      visitor.visit(TimerTokenBucket(capacity: capacity, perFill: perFill, interval: interval, phase: phase))
    case .reservationBucket(let rate, let burst, let wholeSeconds):
      visitor.visit(ReservationBucket(rate: rate, burst: burst, wholeSeconds: wholeSeconds))
    case .secondStepBucket(let rate, let capacity, let requested):
      visitor.visit(SecondStepBucket(replenishRate: rate, capacity: capacity, requested: requested))
    case .deferredRefillBucket(let rate, let capacity, let lifetime):
      let begin = lifetime == .max ? created : nil
      visitor.visit(DeferredRefillBucket(rate: rate, capacity: capacity, idleLifetime: lifetime, created: begin))
    case .fixedWindow(let limit, let window, let countsRejected):
      visitor.visit(FixedWindow(limit: limit, window: window, countsRejected: countsRejected))
    case .slidingCounter(let limit, let window, let rule):
      visitor.visit(SlidingCounter(limit: limit, window: window, rule: rule))
    case .slidingLog(let limit, let window, let keepsEdge, let countsRejected):
      visitor.visit(
        SlidingLog(limit: limit, window: window, keepsEdge: keepsEdge, countsRejected: countsRejected))
    case .ringLog(let limit, let window, let equality):
      visitor.visit(RingLog(limit: limit, window: window, equality: equality))
    case .gcra(let emissionInterval, let burst):
      visitor.visit(GCRA(emissionInterval: emissionInterval, burst: burst))
    case .frequencyCounter(let period, let threshold, let counting):
      visitor.visit(FrequencyCounter(period: period, threshold: threshold, counting: counting))
    case .spikeInterval(let interval):
      visitor.visit(SpikeInterval(interval))
    case .concurrency(let settings):
      visitor.visit(ConcurrencyLimiter(settings))
    case .adaptiveConcurrency(let settings):
      visitor.visit(AdaptiveConcurrency(settings))
    }
  }
}
