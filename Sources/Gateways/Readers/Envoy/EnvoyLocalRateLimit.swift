import Scanning

/// The settings of one local rate limit filter, or of one override on a route.
struct EnvoyLocalRateLimit {
  let name: String
  /// nil where only descriptors limit.
  let bucket: EnvoyTokenBucket?
  let descriptors: [EnvoyDescriptor]
  let isEnabled: Bool
  let isEnforced: Bool
  let status: Int
  let alwaysConsumesDefault: Bool
  /// Values that a wildcard descriptor keeps a bucket for.
  let dynamicKeys: Int
  let isPerConnection: Bool
  /// Envoy divides the limit by the number of members of its own cluster.
  let isDividedByCluster: Bool
  let stage: Int64
  /// `OVERRIDE`, `INCLUDE` or `IGNORE`.
  let hostRateLimits: String
  /// Actions written here replace those of the routes.
  let rateLimits: [Settings]
  let place: ConfigurationPlace

  private static let fields = [
    "@type", "stat_prefix", "status", "token_bucket", "filter_enabled", "filter_enforced",
    "request_headers_to_add_when_not_enforced", "response_headers_to_add", "descriptors", "stage",
    "local_rate_limit_per_downstream_connection", "local_cluster_rate_limit", "enable_x_ratelimit_headers",
    "vh_rate_limits", "always_consume_default_token_bucket", "rate_limited_as_resource_exhausted",
    "rate_limits",
    "max_dynamic_descriptors", "enable_retry_after_header",
  ]

  /// - Parameter isOverride: on a route, where Envoy insists on a bucket.
  init(_ settings: Settings, isOverride: Bool, runtime: [String: String]) throws(ConfigurationError) {
    try settings.expectOnly(Self.fields)
    place = settings.place
    name = try settings.text("stat_prefix") ?? "local_ratelimit"
    bucket =
      if let bucket = try settings.message("token_bucket") { try EnvoyTokenBucket(bucket) } else { nil }
    if isOverride, bucket == nil { throw settings.missing("token_bucket") }
    descriptors = try Self.descriptors(of: settings)
    isEnabled = try EnvoyFraction.isAll("filter_enabled", of: settings, runtime: runtime)
    isEnforced = try EnvoyFraction.isAll("filter_enforced", of: settings, runtime: runtime)
    status = try EnvoyStatus.code(try settings.message("status"), otherwise: 429)
    alwaysConsumesDefault = try settings.flag("always_consume_default_token_bucket") ?? true
    dynamicKeys = Int(try settings.integer("max_dynamic_descriptors", in: 1...Int64(UInt32.max)) ?? 20)
    isPerConnection = try settings.flag("local_rate_limit_per_downstream_connection") ?? false
    isDividedByCluster = settings.value("local_cluster_rate_limit") != nil
    stage = try settings.integer("stage", in: 0...10) ?? 0
    hostRateLimits =
      try settings.choice("vh_rate_limits", of: ["OVERRIDE", "INCLUDE", "IGNORE"]) ?? "OVERRIDE"
    rateLimits = try settings.settingsList("rate_limits")
  }
}

extension EnvoyLocalRateLimit {
  private static func descriptors(of settings: Settings) throws(ConfigurationError) -> [EnvoyDescriptor] {
    var (descriptors, places) = ([EnvoyDescriptor](), [[EnvoyDescriptor.Entry]: ConfigurationPlace]())
    for entry in try settings.settingsList("descriptors") {
      let descriptor = try EnvoyDescriptor(entry)
      if let first = places.updateValue(descriptor.place, forKey: descriptor.entries) {
        throw ConfigurationError(
          .contradiction("descriptor '\(descriptor.text)' is there already, in line \(first.line)"),
          at: entry.place)
      }
      descriptors.append(descriptor)
    }
    return descriptors
  }
}

/// A `TokenBucket` message.
struct EnvoyTokenBucket: Hashable {
  let limiter: LimiterSettings
  let rate: LimitRate
  /// Such as `2 tokens, 2 per 5s`.
  let text: String
  let place: ConfigurationPlace

  init(_ settings: Settings) throws(ConfigurationError) {
    try settings.expectOnly(["max_tokens", "tokens_per_fill", "fill_interval"])
    let whole = Int64(1)...Int64(UInt32.max)
    // Envoy takes 0, and then rejects everything.
    guard let capacity = try settings.integer("max_tokens", in: 0...Int64(UInt32.max)) else {
      throw settings.missing("max_tokens")
    }
    let perFill = try settings.integer("tokens_per_fill", in: whole) ?? 1
    guard let written = try settings.duration("fill_interval") else {
      throw settings.missing("fill_interval")
    }
    // Envoy cuts it to whole milliseconds.
    let interval = written / 1_000 * 1_000
    guard interval >= 50_000 else { throw settings.bad("fill_interval", expected: "at least 0.05s") }
    rate = LimitRate(perFill, per: interval)
    limiter = .tokenBucket(rate: rate, capacity: capacity)
    text = "\(capacity) tokens, \(perFill) per \(ExactDuration.protobufText(interval))"
    place = settings.place
  }

  /// Fills more slowly.
  static func isSlower(_ a: EnvoyTokenBucket, _ b: EnvoyTokenBucket) -> Bool {
    let left = a.rate.count.multipliedFullWidth(by: b.rate.period)
    let right = b.rate.count.multipliedFullWidth(by: a.rate.period)
    return (left.high, left.low) < (right.high, right.low)
  }
}

/// A descriptor with its own bucket.
struct EnvoyDescriptor {
  struct Entry: Hashable {
    let key: String
    /// Empty for any value, each with its bucket.
    let value: String
  }
  let entries: [Entry]
  let bucket: EnvoyTokenBucket
  let isShadow: Bool
  let place: ConfigurationPlace

  var text: String {
    entries.map { $0.value.isEmpty ? $0.key : "\($0.key)=\($0.value)" }.joined(separator: " ")
  }

  init(_ settings: Settings) throws(ConfigurationError) {
    let settings = try settings.snakeCased()
    try settings.expectOnly(["entries", "token_bucket", "shadow_mode"])
    place = settings.place
    var entries: [Entry] = []
    for entry in try settings.settingsList("entries") {
      try entry.expectOnly(["key", "value"])
      guard let key = try entry.text("key"), !key.isEmpty else { throw entry.missing("key") }
      entries.append(Entry(key: key, value: try entry.text("value") ?? ""))
    }
    guard !entries.isEmpty else { throw settings.missing("entries") }
    self.entries = entries
    guard let bucket = try settings.message("token_bucket") else { throw settings.missing("token_bucket") }
    self.bucket = try EnvoyTokenBucket(bucket)
    isShadow = try settings.flag("shadow_mode") ?? false
  }
}

/// A `RuntimeFractionalPercent`: how many of the requests something is done to.
enum EnvoyFraction {
  /// All or none; absent is none.
  /// - Throws: `.unsupported` for a share between, since which requests are drawn is not in a log.
  static func isAll(_ key: String, of settings: Settings, runtime: [String: String])
    throws(ConfigurationError) -> Bool
  {
    guard let fraction = try settings.message(key) else { return false }
    try fraction.expectOnly(["default_value", "runtime_key"])
    guard let value = try fraction.message("default_value") else { throw fraction.missing("default_value") }
    try value.expectOnly(["numerator", "denominator"])
    let numerator = try value.integer("numerator") ?? 0
    let denominators: [String: Int64] = ["HUNDRED": 100, "TEN_THOUSAND": 10_000, "MILLION": 1_000_000]
    let word = try value.choice("denominator", of: ["HUNDRED", "TEN_THOUSAND", "MILLION"]) ?? "HUNDRED"
    if let name = try fraction.text("runtime_key"), let text = runtime[name] {
      guard let percent = Double(text) else {
        return try decide(numerator, denominators[word] ?? 100, key, settings)
      }
      return try decide(percent >= 100 ? 100 : percent <= 0 ? 0 : 50, 100, key, settings)
    }
    return try decide(numerator, denominators[word] ?? 100, key, settings)
  }

  private static func decide(
    _ numerator: Int64, _ denominator: Int64, _ key: String, _ settings: Settings
  ) throws(ConfigurationError) -> Bool {
    if numerator >= denominator { return true }
    if numerator == 0 { return false }
    throw ConfigurationError(
      .unsupported(feature: "\(key) for a part of the requests", instead: "0 or 100 percent"),
      at: settings.place(of: key))
  }
}

/// An `HttpStatus` message.
enum EnvoyStatus {
  /// The code, by number or name; one below 400 is replaced as Envoy does.
  static func code(_ settings: Settings?, otherwise status: Int) throws(ConfigurationError) -> Int {
    guard let settings else { return status }
    try settings.expectOnly(["code"])
    guard let text = try settings.text("code") else { return status }
    if let code = names[text] { return code < 400 ? status : code }
    guard let code = Int(text), (100...599).contains(code) else {
      let meant = NearestWord.suggestion(for: text, among: names.keys.sorted())
      throw settings.bad("code", expected: "a status such as 429 or TooManyRequests\(meant)")
    }
    return code < 400 ? status : code
  }

  private static let names: [String: Int] = [
    "OK": 200, "BadRequest": 400, "Unauthorized": 401, "PaymentRequired": 402, "Forbidden": 403,
    "NotFound": 404,
    "MethodNotAllowed": 405, "NotAcceptable": 406, "RequestTimeout": 408, "Conflict": 409, "Gone": 410,
    "PreconditionFailed": 412, "PayloadTooLarge": 413, "ExpectationFailed": 417, "MisdirectedRequest": 421,
    "UnprocessableEntity": 422, "Locked": 423, "FailedDependency": 424, "UpgradeRequired": 426,
    "PreconditionRequired": 428, "TooManyRequests": 429, "RequestHeaderFieldsTooLarge": 431,
    "InternalServerError": 500, "NotImplemented": 501, "BadGateway": 502, "ServiceUnavailable": 503,
    "GatewayTimeout": 504, "InsufficientStorage": 507,
  ]
}
