import Gateways
import Testing

/// The only limit of a plan with these fields; a key is added.
func planRule(_ fields: String) throws(ConfigurationError) -> LimitRule {
  let key = fields.contains("\"key\"") ? "" : ", \"key\": \"all\""
  let reading = try PlanReader().reading(
    of: "{\"limits\": [{\(fields)\(key)}]}", file: "plan.json", include: { _ in [] })
  return reading.model.rules[0]
}

@Suite("Every dialect of a plan")
struct PlanDialectTests {
  static let sliding = SlidingCounterRule(
    capsPrevious: false, includesCurrent: true, countsRejected: true, rejectsAtLimit: false)

  static let vectors: [(String, LimiterSettings, Int)] = [
    (
      #""nginx", "rate": "50r/s", "burst": 20"#,
      .leakyBucket(milliRate: 50_000, burst: 20, undelayed: 0, arithmetic: .nginx), 503
    ),
    (
      #""nginx", "rate": "100/m", "nodelay": true"#,
      .leakyBucket(milliRate: 1_666, burst: 0, undelayed: .max, arithmetic: .nginx), 503
    ),
    (
      #""nginx", "rate": "5r/m", "burst": 9, "delay": 4, "status": 429"#,
      .leakyBucket(milliRate: 83, burst: 9, undelayed: 4, arithmetic: .nginx), 429
    ),
    (#""nginx-conn", "limit": 5"#, .concurrency(ConcurrencySettings(limit: 5)), 503),
    (#""envoy", "rate": "100/s", "burst": 200"#, .tokenBucket(rate: .perSecond(100), capacity: 200), 429),
    (
      #""envoy-ratelimit", "rate": "10/h""#,
      .fixedWindow(limit: 10, window: .calendar(.hour), countsRejected: true), 429
    ),
    (#""kong", "rate": "600/m""#, .fixedWindow(limit: 600, window: .calendar(.minute), countsRejected: false), 429),
    (
      #""kong", "limit": 5, "per": "month""#,
      .fixedWindow(limit: 5, window: .calendar(.month), countsRejected: false), 429
    ),
    (
      #""kong-redis", "rate": "2/s""#, .fixedWindow(limit: 2, window: .calendar(.second), countsRejected: true), 429
    ),
    (
      #""kong-advanced", "limit": 10, "window": "60s""#,
      .slidingCounter(limit: 10, window: 60_000_000, rule: sliding), 429
    ),
    (
      #""kong-advanced", "rate": "10/m", "windowType": "fixed", "disablePenalty": true"#,
      .fixedWindow(limit: 10, window: .aligned(length: 60_000_000, origin: 0), countsRejected: false), 429
    ),
    (
      #""haproxy", "rate": "100/10s""#,
      .frequencyCounter(period: 10_000_000, threshold: 100, counting: .beforeJudging), 403
    ),
    (
      #""haproxy-maxconn", "limit": 9, "queueTimeout": "5s""#,
      .concurrency(ConcurrencySettings(limit: 9, queue: .max, queueTimeout: 5_000_000)), 503
    ),
    (#""traefik", "rate": "10/s""#, .reservationBucket(rate: .perSecond(10), burst: 1, wholeSeconds: true), 429),
    (
      #""traefik", "rate": "10/m", "burst": 3, "store": "redis""#,
      .reservationBucket(rate: .perMinute(10), burst: 3, wholeSeconds: false), 429
    ),
    (#""traefik-inflight", "limit": 7"#, .concurrency(ConcurrencySettings(limit: 7)), 429),
    (
      #""krakend", "rate": "100/m""#,
      .deferredRefillBucket(rate: .perMinute(100), capacity: 1, idleLifetime: 600_000_000), 503
    ),
    (
      #""krakend", "rate": "50/s", "key": "client""#,
      .deferredRefillBucket(rate: .perSecond(50), capacity: 50, idleLifetime: 600_000_000), 429
    ),
    (
      #""spring-cloud-gateway", "rate": "10/s", "burst": 20"#,
      .secondStepBucket(replenishRate: 10, capacity: 20, requested: 1), 429
    ),
    (
      #""apisix-limit-req", "rate": "0.5/s", "burst": 0"#,
      .leakyBucket(milliRate: 500, burst: 0, undelayed: 0, arithmetic: .apisix), 503
    ),
    (
      #""apisix-limit-count", "limit": 2, "window": "10s""#,
      .fixedWindow(limit: 2, window: .firstHit(length: 10_000_000, strict: false), countsRejected: true), 503
    ),
    (
      #""apisix-limit-conn", "limit": 100, "burst": 50, "delay": "100ms""#,
      .concurrency(ConcurrencySettings(limit: 100, queue: 50, delayPerBlock: 100_000, learnsDelay: true)), 503
    ),
    (
      #""tyk", "limit": 2, "window": "10s""#,
      .fixedWindow(limit: 2, window: .firstHit(length: 10_000_000, strict: true), countsRejected: false), 429
    ),
    (
      #""tyk", "rate": "3/10s", "algorithm": "rolling""#,
      .slidingLog(limit: 3, window: 10_000_000, keepsEdge: false, countsRejected: true), 429
    ),
    (
      #""tyk-quota", "rate": "1000/d""#,
      .fixedWindow(limit: 1000, window: .firstHit(length: 86_400_000_000, strict: false), countsRejected: true), 403
    ),
    (#""aws", "rate": "10000/s", "burst": 5000"#, .tokenBucket(rate: .perSecond(10_000), capacity: 5_000), 429),
    (
      #""aws-quota", "limit": 10000, "per": "day""#,
      .fixedWindow(limit: 10_000, window: .calendar(.day), countsRejected: false), 429
    ),
    (
      #""azure", "limit": 10, "window": "60s""#, .tokenBucket(rate: LimitRate(10, per: 60_000_000), capacity: 10),
      429
    ),
    (
      #""azure-classic", "limit": 10, "window": "60s""#,
      .slidingLog(limit: 10, window: 60_000_000, keepsEdge: false, countsRejected: false), 429
    ),
    (
      #""azure-quota", "limit": 9, "window": "1h""#,
      .fixedWindow(
        limit: 9, window: .aligned(length: 3_600_000_000, origin: -62_135_596_800_000_000), countsRejected: false),
      403
    ),
    (#""apigee", "rate": "10/s""#, .spikeInterval(100_000), 429),
    (#""apigee-burst", "rate": "300/m""#, .tokenBucket(rate: .perMinute(300), capacity: 30), 429),
    (
      #""apigee-quota", "rate": "5/h""#, .fixedWindow(limit: 5, window: .calendar(.hour), countsRejected: false),
      429
    ),
    (
      #""caddy", "limit": 2, "window": "1s""#, .ringLog(limit: 2, window: 1_000_000, equality: .passesUnrecorded),
      429
    ),
    (#""cloudflare", "rate": "50/m""#, .slidingCounter(limit: 50, window: 60_000_000, rule: sliding), 429),
    (#""gcra", "rate": "10/s", "burst": 2"#, .gcra(emissionInterval: 100_000_000, burst: 2), 429),
    (#""gcra", "rate": "3/s""#, .gcra(emissionInterval: 333_333_333, burst: 0), 429),
    (
      #""leaky-bucket", "rate": "1.5/s""#,
      .leakyBucket(milliRate: 1_500, burst: 0, undelayed: 0, arithmetic: .nginx), 429
    ),
    (
      #""timer-token-bucket", "capacity": 5, "interval": "1s""#,
      .timerTokenBucket(capacity: 5, perFill: 1, interval: 1_000_000, phase: 0), 429
    ),
    (
      #""fixed-window", "rate": "5/90s""#,
      .fixedWindow(limit: 5, window: .aligned(length: 90_000_000, origin: 0), countsRejected: false), 429
    ),
    (
      #""fixed-window", "rate": "5/m", "start": "calendar""#,
      .fixedWindow(limit: 5, window: .calendar(.minute), countsRejected: false), 429
    ),
    (#""spike-interval", "interval": "100ms""#, .spikeInterval(100_000), 429),
    (
      #""adaptive-concurrency", "algorithm": "aimd", "initial": 10, "minimum": 1, "maximum": 200, "timeout": "5s", "backoff": 0.9"#,
      .adaptiveConcurrency(.aimd(initial: 10, minimum: 1, maximum: 200, timeout: 5_000_000, backoff: 0.9)), 503
    ),
  ]

  @Test("computes as its product does", arguments: vectors.indices)
  func limiters(index: Int) throws {
    let (fields, limiter, status) = Self.vectors[index]
    let rule = try planRule("\"dialect\": " + fields)
    #expect(rule.limiter == limiter)
    #expect(rule.status == status)
  }

  @Test(
    "refuses values that the product forbids or that nobody can compute",
    arguments: [
      (#""nginx", "rate": "50r/s", "burst": 0"#, "burst"), (#""nginx", "rate": "50r/h""#, "rate"),
      (#""nginx", "rate": "2.5r/s""#, "rate"),
      (#""nginx", "rate": "0r/s""#, "rate"), (#""nginx", "rate": 50"#, "rate"),
      (#""nginx", "rate": "50r/s", "burst": -1"#, "burst"),
      (#""nginx", "rate": "50r/s", "burst": 9223372036854775808"#, "burst"),
      (#""nginx", "rate": "99999999999999999r/s""#, "rate"),
      (#""envoy", "rate": "10/s", "burst": 0"#, "burst"), (#""envoy", "rate": "1/10ms", "burst": 1"#, "rate"),
      (#""traefik", "rate": "1/s", "burst": 0"#, "burst"),
      (#""spring-cloud-gateway", "rate": "10/s", "burst": 5"#, "burst"),
      (#""spring-cloud-gateway", "rate": "10/m""#, "rate"),
      (#""haproxy", "rate": "10/500us""#, "rate"), (#""kong", "rate": "10/10s""#, "rate"),
      (#""nginx-conn", "limit": 65536"#, "limit"),
      (#""gcra", "rate": "1/365d", "burst": 1000000000"#, "burst"),
      (#""krakend", "rate": "1000000000000/s""#, "rate"), (#""krakend", "rate": "1000000000000/us""#, "rate"),
      (#""leaky-bucket", "rate": "1/d""#, "rate"), (#""concurrency", "limit": 0"#, "limit"),
      (#""concurrency", "limit": 1, "queue": "many""#, "queue"),
      (#""tyk", "limit": 1, "window": "10""#, "window"), (#""tyk", "limit": 1, "window": "0s""#, "window"),
      (#""tyk", "rate": "1/s", "algorithm": "dlr""#, "algorithm"),
      (#""nginx", "rate": "1/s", "status": 99"#, "status"), (#""nginx", "rate": "1/s", "dryRun": "yes""#, "dryRun"),
      (#""nginx", "rate": "1/s", "scope": "pernode""#, "scope"),
      (#""apigee", "rate": "2000000/s""#, "rate"),
      (#""adaptive-concurrency", "algorithm": "vegas", "initial": 1, "maximum": 9, "smoothing": 1.5"#, "smoothing"),
    ])
  func forbidden(fields: String, setting: String) {
    do {
      let rule = try planRule("\"dialect\": " + fields)
      Issue.record("read as \(rule)")
    } catch {
      guard case .badValue(setting, _, _) = error.problem else {
        Issue.record("\(error)")
        return
      }
      #expect(error.place.line == 1 && error.place.file == "plan.json")
    }
  }
}
