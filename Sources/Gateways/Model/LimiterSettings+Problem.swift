extension LimiterSettings {
  /// What no limiter can compute exactly, in words that follow the setting's name: "has a negative capacity"; nil for
  /// settings that are as they should be.
  public func problem() -> String? {
    switch self {
    case .leakyBucket(let milliRate, let burst, let undelayed, _):
      if milliRate < 1 { return "has a rate below a thousandth of a request per second" }
      if milliRate > Self.largest { return "has a rate above a billion requests per second" }
      return Self.count(burst, "burst") ?? (undelayed < 0 ? "has a negative delay" : nil)
    case .tokenBucket(let rate, let capacity):
      return Self.rate(rate) ?? Self.count(capacity, "capacity") ?? Self.parts(rate, capacity)
    case .timerTokenBucket(let capacity, let perFill, let interval, _):
      return Self.count(capacity, "capacity") ?? Self.count(perFill, "fill") ?? Self.length(interval, "fill interval")
    case .reservationBucket(let rate, let burst, _):
      return Self.rate(rate) ?? Self.count(burst, "burst")
    case .secondStepBucket(let replenishRate, let capacity, let requested):
      if replenishRate < 1 { return "has a replenish rate below 1" }
      return Self.count(replenishRate, "replenish rate") ?? Self.count(capacity, "capacity")
        ?? Self.count(requested, "number of requested tokens")
    case .deferredRefillBucket(let rate, let capacity, _):
      return Self.rate(rate) ?? Self.count(capacity, "capacity")
    case .fixedWindow(let limit, let window, _):
      return Self.count(limit, "limit") ?? Self.window(window)
    case .slidingCounter(let limit, let window, _):
      return Self.count(limit, "limit") ?? Self.length(window, "window")
    case .slidingLog(let limit, let window, _, _), .ringLog(let limit, let window, _):
      return Self.count(limit, "limit") ?? (window == 0 ? nil : Self.length(window, "window"))
    case .gcra(let emissionInterval, let burst):
      if emissionInterval < 1 { return "has a rate above a billion requests per second" }
      if emissionInterval > Self.longest * 1_000 { return "has a rate below one request in 100 years" }
      let isLarge = burst >= 0 && burst > Int64.max / 4 / emissionInterval
      return Self.count(burst, "burst") ?? (isLarge ? "has a burst too large for its rate" : nil)
    case .frequencyCounter(let period, let threshold, _):
      if period % 1_000 != 0 { return "has a period that is not whole milliseconds" }
      return Self.length(period, "period") ?? Self.count(threshold, "threshold")
    case .spikeInterval(let interval):
      return Self.length(interval, "interval")
    case .concurrency(let settings):
      return settings.problem()
    case .adaptiveConcurrency(let settings):
      return settings.problem()
    }
  }

  /// Of anything that is counted.
  private static let largest: Int64 = 1_000_000_000_000
  /// A hundred years, µs.
  private static let longest: Int64 = 3_155_760_000_000_000

  private static func count(_ count: Int64, _ name: String) -> String? {
    if count < 0 { return "has a negative \(name)" }
    return count > largest ? "has a \(name) above a million million" : nil
  }

  private static func length(_ length: Int64, _ name: String) -> String? {
    if length < 1 { return "has a \(name) that is not positive" }
    return length > longest ? "has a \(name) of more than 100 years" : nil
  }

  private static func rate(_ rate: LimitRate) -> String? {
    if rate.count < 1 { return "has a rate that is not positive" }
    return count(rate.count, "rate") ?? length(rate.period, "period")
  }

  private static func window(_ window: WindowAlignment) -> String? {
    switch window {
    case .aligned(let length, _), .firstHit(let length, _): Self.length(length, "window")
    case .calendar: nil
    }
  }

  /// A bucket holds its tokens in parts as small as what comes in one µs.
  private static func parts(_ rate: LimitRate, _ capacity: Int64) -> String? {
    let isLarge = max(1, capacity) > Int64.max / 4 / rate.reduced.period
    return isLarge ? "has a capacity too large for so fine a rate" : nil
  }
}

extension ConcurrencySettings {
  func problem() -> String? {
    if limit < 1 { return "has a limit below 1" }
    if queue < 0 { return "has a negative queue" }
    if let queueTimeout, queueTimeout < 0 { return "has a negative queue timeout" }
    if let delayPerBlock, delayPerBlock < 0 { return "has a negative delay" }
    return nil
  }
}

extension AdaptiveConcurrencySettings {
  func problem() -> String? {
    switch self {
    case .gradient(let percentile, let maxLimit, let update, let measuring, let requests, let minimum, let buffer):
      if !(percentile >= 0 && percentile <= 100) { return "has a percentile outside of 0…100" }
      if update < 1 { return "has an update interval that is not positive" }
      if measuring < 1 { return "has a minimum latency interval that is not positive" }
      if requests < 1 { return "measures the minimum latency of no request" }
      if !(buffer >= 0 && buffer.isFinite) { return "has a negative buffer" }
      return Self.bounds(minimum, maxLimit)
    case .vegas(let initial, let maximum, let smoothing):
      return Self.share(smoothing, "smoothing") ?? Self.bounds(initial, maximum)
    case .gradient2(let initial, let minimum, let maximum, let smoothing, let queue, let tolerance):
      if initial < 1 { return "has an initial limit below 1" }
      if !(queue >= 0 && queue.isFinite) { return "has a negative queue" }
      if !(tolerance >= 1 && tolerance.isFinite) { return "has a tolerance below 1" }
      return Self.share(smoothing, "smoothing") ?? Self.bounds(minimum, maximum)
    case .aimd(let initial, let minimum, let maximum, let timeout, let backoff):
      if initial < 1 { return "has an initial limit below 1" }
      if timeout < 1 { return "has a timeout that is not positive" }
      return Self.share(backoff, "backoff") ?? Self.bounds(minimum, maximum)
    }
  }

  private static func bounds(_ lowest: Int64, _ highest: Int64) -> String? {
    if lowest < 1 { return "has a limit below 1" }
    return highest < lowest ? "has a largest limit below its smallest" : nil
  }

  private static func share(_ share: Double, _ name: String) -> String? {
    share >= 0 && share <= 1 ? nil : "has a \(name) outside of 0…1"
  }
}
