import Scanning

/// What a policy, a key, an API or an endpoint allows.
struct TykAllowance {
  var rate: (count: ExactDecimal, window: Int64, place: ConfigurationPlace)?
  var quota: (count: Int64, renewal: Int64, place: ConfigurationPlace)?

  /// Longer than any log: a quota that never renews. µs.
  static let never: Int64 = 1_000 * 366 * 86_400 * 1_000_000

  /// A policy's or key's limits, or those of one of its APIs; nil for neither rate nor quota.
  init?(sessionOf settings: Settings) throws(ConfigurationError) {
    try settings.refuseNearMisses(of: [
      "rate", "per", "quota_max", "quota_renewal_rate", "access_rights", "partitions",
    ])
    if let smoothing = try settings.settings("smoothing"), try smoothing.flag("enabled") == true {
      throw ConfigurationError(
        .unsupported(feature: "rate limit smoothing", instead: "a fixed rate"), at: settings.place(of: "smoothing"))
    }
    rate = try Self.rate(settings)
    quota = try Self.quota(settings)
    if rate == nil, quota == nil { return nil }
  }

  /// `global_rate_limit`, or an endpoint's.
  init?(rateOf settings: Settings) throws(ConfigurationError) {
    try settings.expectOnly(["rate", "per", "disabled", "enabled", "path", "method", "ignore_case", "smoothing"])
    if try settings.flag("disabled") == true { return nil }
    rate = try Self.rate(settings)
    if rate == nil { return nil }
  }

  /// `rateLimit` of an OpenAPI definition, where `per` is a duration.
  init?(openRateOf settings: Settings) throws(ConfigurationError) {
    try settings.expectOnly(["enabled", "rate", "per", "smoothing"])
    guard try settings.flag("enabled") == true else { return nil }
    guard let count = try settings.decimal("rate"), count.digits > 0 else { return nil }
    guard let text = try settings.text("per"), let window = ExactDuration.go(text), window > 0 else {
      throw settings.bad("per", expected: "a duration such as 10s or 1m")
    }
    rate = (count, window, settings.place(of: "rate"))
  }

  /// nil where nothing is limited: 0 or −1.
  private static func rate(_ settings: Settings) throws(ConfigurationError) -> (
    ExactDecimal, Int64, ConfigurationPlace
  )? {
    guard let count = try limit("rate", settings), let per = try limit("per", settings) else { return nil }
    guard let window = per.scaled(by: 1_000_000) else {
      throw settings.bad("per", expected: "seconds, to the microsecond")
    }
    return (count, window, settings.place(of: "rate"))
  }

  private static func limit(_ key: String, _ settings: Settings) throws(ConfigurationError) -> ExactDecimal? {
    if let text = try settings.text(key), text.hasPrefix("-"), ExactDecimal(String(text.dropFirst())) != nil {
      return nil
    }
    guard let number = try settings.decimal(key), number.digits > 0 else { return nil }
    return number
  }

  private static func quota(_ settings: Settings) throws(ConfigurationError) -> (Int64, Int64, ConfigurationPlace)? {
    let range: ClosedRange<Int64> = -1...1_000_000_000_000
    guard let count = try settings.integer("quota_max", in: range), count > 0 else { return nil }
    let seconds = try settings.integer("quota_renewal_rate", in: -1...never / 1_000_000) ?? 0
    return (count, seconds > 0 ? seconds * 1_000_000 : never, settings.place(of: "quota_max"))
  }
}
