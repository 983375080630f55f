/// One word for a limiter in a plan: a product's, with the defaults and bounds of the product, or a bare primitive.
struct PlanDialect: Sendable {
  /// What follows `"dialect":`.
  let name: String
  /// Parameters besides the fields that every limit has.
  let fields: [String]
  /// Status of a rejection unless the plan says another one.
  var status = 429
  /// Where limits without a key reject with another status (KrakenD's endpoint).
  var statusWithoutKey: Int?
  var scope = LimitCounter.Scope.perNode
  /// What becomes of requests that lack a part of the key, unless the plan says it.
  var missing = LimitKey.Missing.counts
  let limiter: @Sendable (PlanParameters) throws(ConfigurationError) -> LimiterSettings

  func status(of key: LimitKey) -> Int { key.parts.isEmpty ? statusWithoutKey ?? status : status }
}

/// Every dialect. A new one is its line here, its function, its word in `samples/plan.schema.json` and its vectors.
enum PlanDialects {
  static let all: [PlanDialect] = products + primitives

  private static let window = ["rate", "limit", "window"]
  private static let calendar = ["rate", "limit", "per"]

  static let products: [PlanDialect] = [
    PlanDialect(
      name: "nginx", fields: ["rate", "burst", "delay", "nodelay"], status: 503, missing: .passes, limiter: nginx),
    PlanDialect(name: "nginx-conn", fields: ["limit"], status: 503, missing: .passes, limiter: nginxConnections),
    PlanDialect(name: "envoy", fields: ["rate", "burst"], missing: .passes, limiter: envoy),
    PlanDialect(
      name: "envoy-ratelimit", fields: calendar, scope: .shared, missing: .passes, limiter: countingWindow),
    PlanDialect(name: "kong", fields: calendar, missing: .clientAddress, limiter: calendarWindow),
    PlanDialect(
      name: "kong-redis", fields: calendar, scope: .shared, missing: .clientAddress, limiter: countingWindow),
    PlanDialect(
      name: "kong-advanced", fields: window + ["windowType", "disablePenalty"], missing: .clientAddress,
      limiter: kongAdvanced),
    PlanDialect(name: "haproxy", fields: window + ["counting"], status: 403, missing: .passes, limiter: haproxy),
    PlanDialect(
      name: "haproxy-maxconn", fields: ["limit", "queue", "queueTimeout"], status: 503, limiter: haproxyConnections),
    PlanDialect(name: "traefik", fields: ["rate", "burst", "store"], limiter: traefik),
    PlanDialect(name: "traefik-inflight", fields: ["limit"], limiter: inFlight),
    PlanDialect(
      name: "krakend", fields: ["rate", "burst", "idleLifetime"], statusWithoutKey: 503, missing: .rejects,
      limiter: krakend),
    PlanDialect(
      name: "spring-cloud-gateway", fields: ["rate", "burst", "requested"], scope: .shared, missing: .rejects,
      limiter: spring),
    PlanDialect(
      name: "apisix-limit-req", fields: ["rate", "burst", "nodelay", "store"], status: 503, limiter: apisixRequests),
    PlanDialect(name: "apisix-limit-count", fields: window + ["windowType"], status: 503, limiter: apisixCount),
    PlanDialect(
      name: "apisix-limit-conn", fields: ["limit", "burst", "delay", "learnsDelay"], status: 503,
      limiter: apisixConnections),
    PlanDialect(name: "tyk", fields: window + ["algorithm"], limiter: tyk),
    PlanDialect(name: "tyk-quota", fields: window, status: 403, scope: .shared, limiter: tykQuota),
    PlanDialect(name: "aws", fields: ["rate", "burst"], scope: .shared, limiter: bucket),
    PlanDialect(name: "aws-quota", fields: calendar, scope: .shared, limiter: calendarWindow),
    PlanDialect(name: "azure", fields: window, scope: .shared, limiter: azure),
    PlanDialect(name: "azure-classic", fields: window, scope: .shared, limiter: azureClassic),
    PlanDialect(name: "azure-quota", fields: window + ["origin"], status: 403, scope: .shared, limiter: azureQuota),
    PlanDialect(name: "apigee", fields: ["rate"], limiter: apigee),
    PlanDialect(name: "apigee-burst", fields: ["rate"], limiter: apigeeBurst),
    PlanDialect(name: "apigee-quota", fields: calendar, scope: .shared, limiter: calendarWindow),
    PlanDialect(name: "caddy", fields: window, limiter: caddy),
    PlanDialect(name: "cloudflare", fields: window, scope: .shared, limiter: cloudflare),
  ]

  static let primitives: [PlanDialect] = [
    PlanDialect(
      name: "leaky-bucket", fields: ["rate", "milliRate", "burst", "delay", "nodelay", "arithmetic"],
      limiter: leakyBucket),
    PlanDialect(name: "token-bucket", fields: ["rate", "burst"], limiter: bucket),
    PlanDialect(
      name: "timer-token-bucket", fields: ["capacity", "perFill", "interval", "phase"], limiter: timerBucket),
    PlanDialect(name: "reservation-bucket", fields: ["rate", "burst", "wholeSeconds"], limiter: reservationBucket),
    PlanDialect(
      name: "second-step-bucket", fields: ["replenishRate", "capacity", "requested"], limiter: secondStepBucket),
    PlanDialect(
      name: "deferred-refill-bucket", fields: ["rate", "burst", "idleLifetime"], limiter: deferredBucket),
    PlanDialect(
      name: "fixed-window", fields: window + ["per", "start", "origin", "strict", "countsRejected"],
      limiter: fixedWindow),
    PlanDialect(
      name: "sliding-counter",
      fields: window + ["capsPrevious", "includesCurrent", "countsRejected", "rejectsAtLimit"],
      limiter: slidingCounter),
    PlanDialect(name: "sliding-log", fields: window + ["keepsEdge", "countsRejected"], limiter: slidingLog),
    PlanDialect(name: "ring-log", fields: window + ["equality"], limiter: ringLog),
    PlanDialect(name: "gcra", fields: ["rate", "emissionNanoseconds", "burst"], limiter: gcra),
    PlanDialect(name: "frequency-counter", fields: ["period", "threshold", "counting"], limiter: frequencyCounter),
    PlanDialect(name: "spike-interval", fields: ["interval"], limiter: spikeInterval),
    PlanDialect(
      name: "concurrency", fields: ["limit", "queue", "queueTimeout", "delayPerBlock", "learnsDelay"], status: 503,
      limiter: concurrency),
    PlanDialect(
      name: "adaptive-concurrency", fields: adaptiveFields, status: 503, limiter: adaptiveConcurrency),
  ]
}
