import Scanning

/// Limits in the words of products: their defaults, their bounds, and how they turn a rate into what they compute with.
extension PlanDialects {
  // MARK: Buckets

  /// `limit_req`: whole requests per second or minute, floored to thousandths a second; a burst or delay that is
  /// written is at least 1.
  static func nginx(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let rate = try limit.rate()
    guard rate.period == 1_000_000 || rate.period == 60_000_000 else {
      throw limit.settings.bad(
        "rate", expected: "whole requests per second or minute, as nginx has them: 10r/s or 300r/m")
    }
    let milliRate = try limit.scaled(rate.count, by: 1_000_000_000, over: rate.period, "rate")
    return .leakyBucket(
      milliRate: milliRate, burst: try limit.count("burst", atLeast: 1) ?? 0,
      undelayed: try undelayed(limit, atLeast: 1),
      arithmetic: .nginx)
  }

  /// `delay` or `nodelay`.
  static func undelayed(_ limit: PlanParameters, atLeast least: Int64 = 0) throws(ConfigurationError) -> Int64 {
    guard try limit.flag("nodelay") else { return try limit.count("delay", atLeast: least) ?? 0 }
    try limit.exclude(["delay"], besides: "nodelay")
    return .max
  }

  /// `rate` is what one fill interval of at least 50 ms brings, `burst` is `max_tokens`.
  static func envoy(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let rate = try limit.rate()
    guard rate.period >= 50_000 else {
      throw limit.settings.bad("rate", expected: "a period of at least 50ms, as Envoy's fill_interval")
    }
    return .tokenBucket(rate: rate, capacity: try limit.requiredCount("burst", atLeast: 1))
  }

  /// A continuous bucket that holds `burst` requests.
  static func bucket(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    .tokenBucket(rate: try limit.rate(), capacity: try limit.requiredCount("burst", atLeast: 1))
  }

  static func traefik(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    .reservationBucket(
      rate: try limit.rate(), burst: try limit.count("burst", atLeast: 1) ?? 1,
      wholeSeconds: try store(limit) == .memory)
  }

  private enum Store: String, CaseIterable { case memory, redis }

  private static func store(_ limit: PlanParameters) throws(ConfigurationError) -> Store {
    try limit.choice("store", of: Store.allCases, default: .memory)
  }

  /// The capacity is the whole part of the rate per second unless it is given, and never below 1.
  static func krakend(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let rate = try limit.rate()
    let perSecond = try limit.scaled(rate.count, by: 1_000_000, over: rate.period, "rate")
    guard perSecond <= 1_000_000_000 else {
      throw limit.settings.bad("rate", expected: "at most 1000000000 requests a second")
    }
    return .deferredRefillBucket(
      rate: rate, capacity: try limit.count("burst", atLeast: 1) ?? max(1, perSecond),
      idleLifetime: try limit.duration("idleLifetime", atLeast: 1) ?? 600_000_000)
  }

  /// A burst that is written is at least the rate; left out it is 1, which for 3 a second and more limits nothing.
  static func spring(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let rate = try limit.rate()
    guard rate.period == 1_000_000 else {
      throw limit.settings.bad("rate", expected: "whole requests per second, such as 10r/s")
    }
    return .secondStepBucket(
      replenishRate: rate.count, capacity: try limit.count("burst", atLeast: rate.count) ?? 1,
      requested: try limit.count("requested", atLeast: 1) ?? 1)
  }

  static func apisixRequests(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let rate = try limit.rate()
    let milliRate = try limit.scaled(rate.count, by: 1_000_000_000, over: rate.period, "rate")
    guard milliRate > 0 else {
      throw limit.settings.bad("rate", expected: "at least a thousandth of a request a second")
    }
    return .leakyBucket(
      milliRate: milliRate, burst: try limit.requiredCount("burst"), undelayed: try undelayed(limit),
      arithmetic: try store(limit) == .memory ? .apisix : .apisixRedis)
  }

  /// SpikeArrest: one request per interval, a whole number of µs.
  static func apigee(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let rate = try limit.rate()
    guard rate.period >= rate.count else {
      throw limit.settings.bad("rate", expected: "at most 1000000 requests a second")
    }
    return .spikeInterval(rate.period / rate.count)
  }

  /// SpikeArrest of newer runtimes: a bucket that holds a tenth of the period's requests.
  static func apigeeBurst(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let rate = try limit.rate()
    return .tokenBucket(rate: rate, capacity: max(1, rate.count / 10))
  }

  // MARK: Windows

  /// Windows of the calendar in which only passes count.
  static func calendarWindow(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let (count, unit) = try limit.limitAndUnit()
    return .fixedWindow(limit: count, window: .calendar(unit), countsRejected: false)
  }

  /// Windows of the calendar in which rejections count too.
  static func countingWindow(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let (count, unit) = try limit.limitAndUnit()
    return .fixedWindow(limit: count, window: .calendar(unit), countsRejected: true)
  }

  private enum WindowType: String { case sliding, fixed }

  static func kongAdvanced(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let (count, window) = try limit.limitAndWindow()
    let countsRejected = try !limit.flag("disablePenalty")
    if try limit.choice("windowType", of: [.sliding, .fixed], default: WindowType.sliding) == .fixed {
      return .fixedWindow(limit: count, window: .aligned(length: window, origin: 0), countsRejected: countsRejected)
    }
    let rule = SlidingCounterRule(
      capsPrevious: false, includesCurrent: true, countsRejected: countsRejected, rejectsAtLimit: false)
    return .slidingCounter(limit: count, window: window, rule: rule)
  }

  static func apisixCount(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let (count, window) = try limit.limitAndWindow()
    if try limit.choice("windowType", of: [.fixed, .sliding], default: WindowType.fixed) == .fixed {
      return .fixedWindow(limit: count, window: .firstHit(length: window, strict: false), countsRejected: true)
    }
    let rule = SlidingCounterRule(
      capsPrevious: true, includesCurrent: false, countsRejected: false, rejectsAtLimit: true)
    return .slidingCounter(limit: count, window: window, rule: rule)
  }

  private enum TykAlgorithm: String, CaseIterable { case drl, rolling, fixed }

  static func tyk(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let (count, window) = try limit.limitAndWindow()
    switch try limit.choice("algorithm", of: TykAlgorithm.allCases, default: .drl) {
    case .drl:
      return .fixedWindow(limit: count, window: .firstHit(length: window, strict: true), countsRejected: false)
    case .rolling: return .slidingLog(limit: count, window: window, keepsEdge: false, countsRejected: true)
    case .fixed:
      return .fixedWindow(limit: count, window: .aligned(length: window, origin: 0), countsRejected: true)
    }
  }

  static func tykQuota(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let (count, window) = try limit.limitAndWindow()
    return .fixedWindow(limit: count, window: .firstHit(length: window, strict: false), countsRejected: true)
  }

  /// `rate-limit` of the v2 tiers.
  static func azure(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let (count, window) = try limit.limitAndWindow()
    guard count > 0 else { throw limit.settings.bad("limit", expected: "at least 1") }
    return .tokenBucket(rate: LimitRate(count, per: window), capacity: count)
  }

  static func azureClassic(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let (count, window) = try limit.limitAndWindow()
    return .slidingLog(limit: count, window: window, keepsEdge: false, countsRejected: false)
  }

  /// Windows from the start of the year 1 unless `origin` says when, in seconds since 1970.
  static func azureQuota(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let (count, window) = try limit.limitAndWindow()
    let origin = try limit.settings.integer("origin", in: -100_000_000_000...100_000_000_000) ?? -62_135_596_800
    return .fixedWindow(
      limit: count, window: .aligned(length: window, origin: origin * 1_000_000), countsRejected: false)
  }

  static func caddy(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let (count, window) = try limit.limitAndWindow()
    return .ringLog(limit: count, window: window, equality: .passesUnrecorded)
  }

  static func cloudflare(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let (count, window) = try limit.limitAndWindow()
    let rule = SlidingCounterRule(
      capsPrevious: false, includesCurrent: true, countsRejected: true, rejectsAtLimit: false)
    return .slidingCounter(limit: count, window: window, rule: rule)
  }

  /// `http_req_rate(window)` with `gt limit`.
  static func haproxy(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let (threshold, period) = try limit.limitAndWindow()
    guard period % 1_000 == 0 else {
      throw limit.settings.bad(
        limit.settings.has("window") ? "window" : "rate", expected: "a period of whole milliseconds")
    }
    return .frequencyCounter(period: period, threshold: threshold, counting: try counting(limit))
  }

  // MARK: At a time

  static func nginxConnections(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    guard let count = try limit.settings.integer("limit", in: 1...65_535) else {
      throw limit.settings.missing("limit")
    }
    return .concurrency(ConcurrencySettings(limit: count))
  }

  static func inFlight(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    .concurrency(ConcurrencySettings(limit: try limit.requiredCount("limit", atLeast: 1)))
  }

  /// `maxconn`, `maxqueue`, `timeout queue`.
  static func haproxyConnections(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    .concurrency(
      ConcurrencySettings(
        limit: try limit.requiredCount("limit", atLeast: 1), queue: try limit.countOrUnbounded("queue") ?? .max,
        queueTimeout: try limit.duration("queueTimeout", atLeast: 1)))
  }

  static func apisixConnections(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    .concurrency(
      ConcurrencySettings(
        limit: try limit.requiredCount("limit", atLeast: 1), queue: try limit.requiredCount("burst"),
        delayPerBlock: try limit.requiredDuration("delay"),
        learnsDelay: try limit.flag("learnsDelay", default: true)))
  }
}
