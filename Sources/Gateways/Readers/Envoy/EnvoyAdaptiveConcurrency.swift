import Scanning

/// The adaptive concurrency filter with its gradient controller.
struct EnvoyAdaptiveConcurrency {
  private let limiter: LimiterSettings
  private let isEnabled: Bool
  private let status: Int
  private let place: ConfigurationPlace

  init(_ settings: Settings, runtime: [String: String]) throws(ConfigurationError) {
    try settings.expectOnly([
      "@type", "gradient_controller_config", "enabled", "concurrency_limit_exceeded_status",
    ])
    place = settings.place
    guard let gradient = try settings.message("gradient_controller_config") else {
      throw settings.missing("gradient_controller_config")
    }
    limiter = try Self.limiter(gradient)
    isEnabled = try Self.isEnabled(settings, runtime: runtime)
    status = try EnvoyStatus.code(try settings.message("concurrency_limit_exceeded_status"), otherwise: 503)
  }

  func rule(draft: inout ModelDraft) -> LimitRule? {
    guard isEnabled else { return nil }
    let counter = draft.counter(
      of: "adaptive \(place.line):\(place.column)", LimitCounter(name: "adaptive_concurrency", key: .all))
    return LimitRule(
      name: "adaptive_concurrency", counter: counter, limiter: limiter, status: status, place: place)
  }

  private static func isEnabled(_ settings: Settings, runtime: [String: String]) throws(ConfigurationError)
    -> Bool
  {
    guard let enabled = try settings.message("enabled") else { return true }
    try enabled.expectOnly(["default_value", "runtime_key"])
    let written = try enabled.flag("default_value") ?? false
    guard let key = try enabled.text("runtime_key"), let value = runtime[key] else { return written }
    return value == "true" ? true : value == "false" ? false : written
  }

  private static func limiter(_ gradient: Settings) throws(ConfigurationError) -> LimiterSettings {
    try gradient.expectOnly([
      "sample_aggregate_percentile", "concurrency_limit_params", "min_rtt_calc_params",
    ])
    guard let limits = try gradient.message("concurrency_limit_params") else {
      throw gradient.missing("concurrency_limit_params")
    }
    try limits.expectOnly(["max_concurrency_limit", "concurrency_update_interval", "min_concurrency_limit"])
    guard let update = try limits.duration("concurrency_update_interval"), update > 0 else {
      throw limits.missing("concurrency_update_interval")
    }
    guard let rtt = try gradient.message("min_rtt_calc_params") else {
      throw gradient.missing("min_rtt_calc_params")
    }
    try rtt.expectOnly(["interval", "fixed_value", "request_count", "jitter", "min_concurrency", "buffer"])
    guard let interval = try rtt.duration("interval"), interval > 0, !rtt.has("fixed_value") else {
      throw ConfigurationError(
        .unsupported(
          feature: "a minRTT that is not measured", instead: "min_rtt_calc_params with an interval"),
        at: rtt.place)
    }
    let positive = Int64(1)...Int64(UInt32.max)
    let least = try rtt.integer("min_concurrency", in: positive) ?? 3
    if let other = try limits.integer("min_concurrency_limit", in: positive), other != least {
      throw ConfigurationError(
        .unsupported(
          feature: "min_concurrency_limit other than min_concurrency", instead: "one value for both"),
        at: limits.place(of: "min_concurrency_limit"))
    }
    return .adaptiveConcurrency(
      .gradient(
        percentile: try percent("sample_aggregate_percentile", of: gradient, otherwise: 50),
        maxLimit: try limits.integer("max_concurrency_limit", in: positive) ?? 1_000, updateInterval: update,
        minRTTInterval: interval, minRTTRequests: try rtt.integer("request_count", in: positive) ?? 50,
        minConcurrency: least, buffer: try percent("buffer", of: rtt, otherwise: 25)))
  }

  private static func percent(_ key: String, of settings: Settings, otherwise value: Double)
    throws(ConfigurationError) -> Double
  {
    guard let percent = try settings.message(key) else { return value }
    try percent.expectOnly(["value"])
    let number = try percent.number("value") ?? 0
    guard number <= 100 else { throw percent.bad("value", expected: "0 to 100 percent") }
    return number
  }
}
