import Scanning

/// One `"key": value` of a plan that is written.
struct PlanField {
  let text: String

  init(_ key: String, text value: String) { text = "\"\(key)\": \(QuotedText.json(value))" }
  init(_ key: String, texts: [String]) {
    text = "\"\(key)\": [" + texts.map(QuotedText.json).joined(separator: ", ") + "]"
  }
  init(_ key: String, number: Int64) { text = "\"\(key)\": \(number)" }
  init(_ key: String, decimal: Double) { text = "\"\(key)\": \(decimal)" }
  init(_ key: String, flag: Bool) { text = "\"\(key)\": \(flag)" }
  init(_ key: String, duration: Int64) { self.init(key, text: Quantity.durationText(duration)) }
  init(_ key: String, rate: LimitRate) {
    self.init(key, text: Quantity.rateText(Quantity.Rate(rate.count, per: rate.period)))
  }

  /// The dialect of a limiter and its parameters.
  static func fields(of limiter: LimiterSettings) -> [PlanField] {
    switch limiter {
    case .leakyBucket(let milliRate, let burst, let undelayed, let arithmetic):
      let delay = undelayed == .max ? PlanField("nodelay", flag: true) : PlanField("delay", number: undelayed)
      return dialect("leaky-bucket") + rate(thousandths: milliRate)
        + [PlanField("burst", number: burst), delay, PlanField("arithmetic", text: arithmetic.rawValue)]
    case .tokenBucket(let rate, let capacity):
      return dialect("token-bucket") + [PlanField("rate", rate: rate), PlanField("burst", number: capacity)]
    case .timerTokenBucket(let capacity, let perFill, let interval, let phase):
      return dialect("timer-token-bucket") + [
        PlanField("capacity", number: capacity), PlanField("perFill", number: perFill),
        PlanField("interval", duration: interval),
        PlanField("phase", duration: phase),
      ]
    case .reservationBucket(let rate, let burst, let wholeSeconds):
      return dialect("reservation-bucket") + [
        PlanField("rate", rate: rate), PlanField("burst", number: burst),
        PlanField("wholeSeconds", flag: wholeSeconds),
      ]
    case .secondStepBucket(let replenishRate, let capacity, let requested):
      return dialect("second-step-bucket") + [
        PlanField("replenishRate", number: replenishRate), PlanField("capacity", number: capacity),
        PlanField("requested", number: requested),
      ]
    case .deferredRefillBucket(let rate, let capacity, let idleLifetime):
      return dialect("deferred-refill-bucket") + [
        PlanField("rate", rate: rate), PlanField("burst", number: capacity),
        PlanField("idleLifetime", duration: idleLifetime),
      ]
    case .gcra(let emissionInterval, let burst):
      return dialect("gcra") + [
        PlanField("emissionNanoseconds", number: emissionInterval), PlanField("burst", number: burst),
      ]
    case .frequencyCounter(let period, let threshold, let counting):
      return dialect("frequency-counter") + [
        PlanField("period", duration: period), PlanField("threshold", number: threshold),
        PlanField("counting", text: counting.rawValue),
      ]
    case .spikeInterval(let interval):
      return dialect("spike-interval") + [PlanField("interval", duration: interval)]
    case .fixedWindow, .slidingCounter, .slidingLog, .ringLog: return windowFields(of: limiter)
    case .concurrency(let settings): return dialect("concurrency") + fields(of: settings)
    case .adaptiveConcurrency(let settings): return dialect("adaptive-concurrency") + fields(of: settings)
    }
  }

  private static func dialect(_ name: String) -> [PlanField] { [PlanField("dialect", text: name)] }

  /// Whole requests as people write them.
  private static func rate(thousandths: Int64) -> [PlanField] {
    thousandths > 0 && thousandths % 1_000 == 0
      ? [PlanField("rate", rate: .perSecond(thousandths / 1_000))] : [PlanField("milliRate", number: thousandths)]
  }

  private static func windowFields(of limiter: LimiterSettings) -> [PlanField] {
    func window(_ limit: Int64, _ length: Int64) -> [PlanField] {
      [PlanField("limit", number: limit), PlanField("window", duration: length)]
    }
    switch limiter {
    case .fixedWindow(let limit, let alignment, let countsRejected):
      let fields =
        switch alignment {
        case .calendar(let unit): [PlanField("limit", number: limit), PlanField("per", text: unit.rawValue)]
        case .aligned(let length, let origin):
          window(limit, length) + [PlanField("start", text: "aligned"), PlanField("origin", number: origin)]
        case .firstHit(let length, let strict):
          window(limit, length) + [PlanField("start", text: "firstHit"), PlanField("strict", flag: strict)]
        }
      return dialect("fixed-window") + fields + [PlanField("countsRejected", flag: countsRejected)]
    case .slidingCounter(let limit, let length, let rule):
      return dialect("sliding-counter") + window(limit, length) + [
        PlanField("capsPrevious", flag: rule.capsPrevious),
        PlanField("includesCurrent", flag: rule.includesCurrent),
        PlanField("countsRejected", flag: rule.countsRejected),
        PlanField("rejectsAtLimit", flag: rule.rejectsAtLimit),
      ]
    case .slidingLog(let limit, let length, let keepsEdge, let countsRejected):
      return dialect("sliding-log") + window(limit, length)
        + [PlanField("keepsEdge", flag: keepsEdge), PlanField("countsRejected", flag: countsRejected)]
    case .ringLog(let limit, let length, let equality):
      return dialect("ring-log") + window(limit, length) + [PlanField("equality", text: equality.rawValue)]
    default: return []
    }
  }

  private static func fields(of settings: ConcurrencySettings) -> [PlanField] {
    var fields = [PlanField("limit", number: settings.limit)]
    fields.append(
      settings.queue == .max ? PlanField("queue", text: "unbounded") : PlanField("queue", number: settings.queue))
    if let timeout = settings.queueTimeout { fields.append(PlanField("queueTimeout", duration: timeout)) }
    if let delay = settings.delayPerBlock { fields.append(PlanField("delayPerBlock", duration: delay)) }
    return fields + [PlanField("learnsDelay", flag: settings.learnsDelay)]
  }

  private static func fields(of settings: AdaptiveConcurrencySettings) -> [PlanField] {
    switch settings {
    case .gradient(
      let percentile, let maxLimit, let updateInterval, let minRTTInterval, let minRTTRequests, let minConcurrency,
      let buffer):
      [
        PlanField("algorithm", text: "gradient"), PlanField("percentile", decimal: percentile),
        PlanField("maximum", number: maxLimit),
        PlanField("minimum", number: minConcurrency), PlanField("updateInterval", duration: updateInterval),
        PlanField("minRTTInterval", duration: minRTTInterval), PlanField("minRTTRequests", number: minRTTRequests),
        PlanField("buffer", decimal: buffer),
      ]
    case .vegas(let initial, let maximum, let smoothing):
      [
        PlanField("algorithm", text: "vegas"), PlanField("initial", number: initial),
        PlanField("maximum", number: maximum),
        PlanField("smoothing", decimal: smoothing),
      ]
    case .gradient2(let initial, let minimum, let maximum, let smoothing, let queue, let tolerance):
      [
        PlanField("algorithm", text: "gradient2"), PlanField("initial", number: initial),
        PlanField("minimum", number: minimum),
        PlanField("maximum", number: maximum), PlanField("smoothing", decimal: smoothing),
        PlanField("queue", decimal: queue),
        PlanField("tolerance", decimal: tolerance),
      ]
    case .aimd(let initial, let minimum, let maximum, let timeout, let backoff):
      [
        PlanField("algorithm", text: "aimd"), PlanField("initial", number: initial),
        PlanField("minimum", number: minimum),
        PlanField("maximum", number: maximum), PlanField("timeout", duration: timeout),
        PlanField("backoff", decimal: backoff),
      ]
    }
  }
}
