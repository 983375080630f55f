import Scanning

/// Limits by their bare arithmetic: one word per case of `LimiterSettings`, every parameter sayable.
extension PlanDialects {
  // MARK: Buckets

  /// `milliRate` is in thousandths of a request a second, `rate` is floored to it.
  static func leakyBucket(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let arithmetic = try limit.choice(
      "arithmetic", of: [.nginx, .apisix, .apisixRedis], default: LeakyArithmetic.nginx)
    return .leakyBucket(
      milliRate: try milliRate(limit), burst: try limit.count("burst") ?? 0, undelayed: try undelayed(limit),
      arithmetic: arithmetic)
  }

  private static func milliRate(_ limit: PlanParameters) throws(ConfigurationError) -> Int64 {
    if let milliRate = try limit.count("milliRate", atLeast: 1) {
      try limit.exclude(["rate"], besides: "milliRate")
      return milliRate
    }
    let rate = try limit.rate()
    let milliRate = try limit.scaled(rate.count, by: 1_000_000_000, over: rate.period, "rate")
    guard milliRate > 0 else {
      throw limit.settings.bad("rate", expected: "at least a thousandth of a request a second")
    }
    return milliRate
  }

  static func timerBucket(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let interval = try limit.requiredDuration("interval")
    return .timerTokenBucket(
      capacity: try limit.requiredCount("capacity", atLeast: 1),
      perFill: try limit.count("perFill", atLeast: 1) ?? 1,
      interval: interval, phase: try limit.duration("phase") ?? 0)
  }

  static func reservationBucket(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    .reservationBucket(
      rate: try limit.rate(), burst: try limit.requiredCount("burst", atLeast: 1),
      wholeSeconds: try limit.flag("wholeSeconds", default: true))
  }

  static func secondStepBucket(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    .secondStepBucket(
      replenishRate: try limit.requiredCount("replenishRate", atLeast: 1),
      capacity: try limit.requiredCount("capacity"),
      requested: try limit.count("requested") ?? 1)
  }

  static func deferredBucket(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    .deferredRefillBucket(
      rate: try limit.rate(), capacity: try limit.requiredCount("burst", atLeast: 1),
      idleLifetime: try limit.requiredDuration("idleLifetime"))
  }

  /// One request per `emissionNanoseconds`, or `rate` floored to it; `burst + 1` at once.
  static func gcra(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let interval = try emissionInterval(limit)
    let burst = try limit.count("burst") ?? 0
    let (_, overflow) = interval.multipliedReportingOverflow(by: burst + 2)
    guard !overflow else {
      throw limit.settings.bad("burst", expected: "a burst that fills in less than 290 years")
    }
    return .gcra(emissionInterval: interval, burst: burst)
  }

  private static func emissionInterval(_ limit: PlanParameters) throws(ConfigurationError) -> Int64 {
    if let interval = try limit.settings.integer("emissionNanoseconds", in: 1...1_000_000_000_000_000_000) {
      try limit.exclude(["rate"], besides: "emissionNanoseconds")
      return interval
    }
    let rate = try limit.rate()
    let interval = try limit.scaled(rate.period, by: 1_000, over: rate.count, "rate")
    guard interval > 0 else { throw limit.settings.bad("rate", expected: "at most 1000000000 requests a second") }
    return interval
  }

  static func spikeInterval(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    .spikeInterval(try limit.requiredDuration("interval"))
  }

  // MARK: Windows

  private enum Start: String, CaseIterable { case calendar, aligned, firstHit }

  /// `per` is a unit of the calendar. A `window` is aligned to `origin`, in µs since 1970, or starts with the first hit;
  /// `strict`: a request at its very end is inside.
  static func fixedWindow(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let countsRejected = try limit.flag("countsRejected")
    let usual: Start = limit.settings.has("per") ? .calendar : .aligned
    switch try limit.choice("start", of: Start.allCases, default: usual) {
    case .calendar:
      try limit.exclude(["window", "origin", "strict"], besides: "start' or 'per")
      let (count, unit) = try limit.limitAndUnit()
      return .fixedWindow(limit: count, window: .calendar(unit), countsRejected: countsRejected)
    case .aligned:
      try limit.exclude(["per", "strict"], besides: "window")
      let (count, window) = try limit.limitAndWindow()
      let origin = try limit.settings.integer("origin", in: -100_000_000_000_000_000...100_000_000_000_000_000) ?? 0
      return .fixedWindow(
        limit: count, window: .aligned(length: window, origin: origin), countsRejected: countsRejected)
    case .firstHit:
      try limit.exclude(["per", "origin"], besides: "start")
      let (count, window) = try limit.limitAndWindow()
      let strict = try limit.flag("strict")
      return .fixedWindow(
        limit: count, window: .firstHit(length: window, strict: strict), countsRejected: countsRejected)
    }
  }

  static func slidingCounter(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let (count, window) = try limit.limitAndWindow()
    let rule = SlidingCounterRule(
      capsPrevious: try limit.flag("capsPrevious"),
      includesCurrent: try limit.flag("includesCurrent", default: true),
      countsRejected: try limit.flag("countsRejected"), rejectsAtLimit: try limit.flag("rejectsAtLimit"))
    return .slidingCounter(limit: count, window: window, rule: rule)
  }

  static func slidingLog(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let (count, window) = try limit.limitAndWindow()
    return .slidingLog(
      limit: count, window: window, keepsEdge: try limit.flag("keepsEdge"),
      countsRejected: try limit.flag("countsRejected"))
  }

  static func ringLog(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let (count, window) = try limit.limitAndWindow()
    let equality = try limit.choice(
      "equality", of: [.rejects, .passes, .passesUnrecorded], default: RingEquality.rejects)
    return .ringLog(limit: count, window: window, equality: equality)
  }

  static func frequencyCounter(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    let period = try limit.requiredDuration("period")
    guard period % 1_000 == 0 else { throw limit.settings.bad("period", expected: "whole milliseconds") }
    return .frequencyCounter(
      period: period, threshold: try limit.requiredCount("threshold"), counting: try counting(limit))
  }

  static func counting(_ limit: PlanParameters) throws(ConfigurationError) -> FrequencyCounting {
    try limit.choice(
      "counting", of: [.beforeJudging, .afterPassing, .never], default: FrequencyCounting.beforeJudging)
  }

  // MARK: At a time

  static func concurrency(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    .concurrency(
      ConcurrencySettings(
        limit: try limit.requiredCount("limit", atLeast: 1), queue: try limit.countOrUnbounded("queue") ?? 0,
        queueTimeout: try limit.duration("queueTimeout"), delayPerBlock: try limit.duration("delayPerBlock"),
        learnsDelay: try limit.flag("learnsDelay")))
  }

  static let adaptiveFields = [
    "algorithm", "percentile", "maximum", "minimum", "initial", "updateInterval", "minRTTInterval",
    "minRTTRequests", "buffer", "smoothing",
    "queue", "tolerance", "timeout", "backoff",
  ]

  private enum Adaptation: String, CaseIterable { case gradient, vegas, gradient2, aimd }

  static func adaptiveConcurrency(_ limit: PlanParameters) throws(ConfigurationError) -> LimiterSettings {
    guard limit.settings.has("algorithm") else { throw limit.settings.missing("algorithm") }
    let maximum = try limit.requiredCount("maximum", atLeast: 1)
    func refuse(allBut fields: [String]) throws(ConfigurationError) {
      try limit.exclude(
        adaptiveFields.filter { !fields.contains($0) && $0 != "algorithm" && $0 != "maximum" }, besides: "algorithm"
      )
    }
    if let minimum = try limit.count("minimum"), minimum > maximum {
      throw limit.settings.bad("minimum", expected: "at most the maximum of \(maximum)")
    }
    switch try limit.choice("algorithm", of: Adaptation.allCases, default: .gradient) {
    case .gradient:
      try refuse(allBut: ["percentile", "minimum", "updateInterval", "minRTTInterval", "minRTTRequests", "buffer"])
      return .adaptiveConcurrency(
        .gradient(
          percentile: try limit.requiredNumber("percentile", in: 0...100), maxLimit: maximum,
          updateInterval: try limit.requiredDuration("updateInterval"),
          minRTTInterval: try limit.requiredDuration("minRTTInterval"),
          minRTTRequests: try limit.requiredCount("minRTTRequests", atLeast: 1),
          minConcurrency: try limit.requiredCount("minimum", atLeast: 1),
          buffer: try limit.requiredNumber("buffer", in: 0...10_000)))
    case .vegas:
      try refuse(allBut: ["initial", "smoothing"])
      return .adaptiveConcurrency(
        .vegas(
          initial: try limit.requiredCount("initial", atLeast: 1), maximum: maximum,
          smoothing: try limit.requiredNumber("smoothing", in: 0...1)))
    case .gradient2:
      try refuse(allBut: ["initial", "minimum", "smoothing", "queue", "tolerance"])
      return .adaptiveConcurrency(
        .gradient2(
          initial: try limit.requiredCount("initial", atLeast: 1),
          minimum: try limit.requiredCount("minimum", atLeast: 1),
          maximum: maximum, smoothing: try limit.requiredNumber("smoothing", in: 0...1),
          queue: try limit.requiredNumber("queue", in: 0...1e9),
          tolerance: try limit.requiredNumber("tolerance", in: 0...1e9)))
    case .aimd:
      try refuse(allBut: ["initial", "minimum", "timeout", "backoff"])
      return .adaptiveConcurrency(
        .aimd(
          initial: try limit.requiredCount("initial", atLeast: 1),
          minimum: try limit.requiredCount("minimum", atLeast: 1),
          maximum: maximum, timeout: try limit.requiredDuration("timeout"),
          backoff: try limit.requiredNumber("backoff", in: 0...1)))
    }
  }
}
