import Scanning

/// What one limit plugin of one resource says.
struct APISIXLimit {
  let limiter: LimiterSettings
  let key: LimitKey
  let status: Int
  let scope: LimitCounter.Scope
  /// `limit-count`: counters of one group are one.
  let group: String?
  let place: ConfigurationPlace
  /// `limit-req rate=10 burst=5`.
  let words: String

  private static let common = [
    "key", "key_type", "policy", "rejected_code", "rejected_msg", "allow_degradation", "_meta",
  ]

  /// - Returns: nil where the plugin is switched off.
  /// - Throws: `.unknownWord` for a field that the plugin does not take; `.missing` and `.badValue` as its schema does.
  init?(_ plugin: String, _ fields: Settings, at place: ConfigurationPlace) throws(ConfigurationError) {
    if try fields.settings("_meta")?.flag("disable") == true { return nil }
    self.place = place
    let policy = try fields.choice("policy", of: ["local", "redis", "redis-cluster"]) ?? "local"
    if policy == "redis", !fields.has("redis_host") { throw fields.missing("redis_host") }
    if policy == "redis-cluster", !fields.has("redis_cluster_nodes") { throw fields.missing("redis_cluster_nodes") }
    scope = policy == "local" ? .perNode : .shared
    status = Int(try fields.integer("rejected_code", in: 200...599) ?? 503)
    let own: [String]
    switch plugin {
    case "limit-req": (limiter, words, own) = try Self.leakyBucket(fields, isLocal: scope == .perNode)
    case "limit-count": (limiter, words, own) = try Self.window(fields)
    default: (limiter, words, own) = try Self.concurrency(fields)
    }
    let redis = fields.entries.map(\.key).filter { $0.hasPrefix("redis_") }
    try fields.expectOnly(own + Self.common + redis)
    group = plugin == "limit-count" ? try fields.text("group") : nil
    key = try Self.key(fields, of: plugin, isLocal: scope == .perNode)
  }

  private static func key(_ fields: Settings, of plugin: String, isLocal: Bool) throws(ConfigurationError) -> LimitKey
  {
    let types = ["var", "var_combination"] + (plugin == "limit-count" ? ["constant"] : [])
    let type = try fields.choice("key_type", of: types) ?? "var"
    guard let text = try fields.text("key") ?? (plugin == "limit-count" ? "remote_addr" : nil) else {
      throw fields.missing("key")
    }
    return APISIXKey.key(text, type: type, isLocal: isLocal)
  }

  // MARK: Limiters

  private typealias Parts = (LimiterSettings, words: String, fields: [String])

  private static func leakyBucket(_ fields: Settings, isLocal: Bool) throws(ConfigurationError) -> Parts {
    guard let rate = try fields.decimal("rate") else { throw fields.missing("rate") }
    guard let milliRate = rate.scaled(by: 1_000), milliRate > 0 else {
      throw fields.bad("rate", expected: "requests per second, at least 0.001, in thousandths")
    }
    guard let burst = try fields.count("burst", in: 0...1_000_000_000_000) else { throw fields.missing("burst") }
    let isUndelayed = try fields.flag("nodelay") ?? false
    return (
      .leakyBucket(
        milliRate: milliRate, burst: burst, undelayed: isUndelayed ? .max : 0,
        arithmetic: isLocal ? .apisix : .apisixRedis),
      "limit-req rate=\(rate.text) burst=\(burst)" + (isUndelayed ? " nodelay" : ""), ["rate", "burst", "nodelay"]
    )
  }

  private static func window(_ fields: Settings) throws(ConfigurationError) -> Parts {
    if fields.has("rules") {
      throw ConfigurationError(
        .unsupported(feature: "rules of limit-count", instead: "count and time_window"), at: fields.place(of: "rules")
      )
    }
    guard let count = try fields.count("count", in: 1...Int64.max) else { throw fields.missing("count") }
    guard let seconds = try fields.count("time_window", in: 1...1_000_000_000_000) else {
      throw fields.missing("time_window")
    }
    let window = seconds * 1_000_000
    let isSliding = try fields.choice("window_type", of: ["fixed", "sliding"]) == "sliding"
    let limiter: LimiterSettings =
      isSliding
      ? .slidingCounter(limit: count, window: window, rule: slidingRule)
      : .fixedWindow(limit: count, window: .firstHit(length: window, strict: false), countsRejected: true)
    return (
      limiter, "limit-count \(count) in \(seconds) s" + (isSliding ? " sliding" : ""),
      ["count", "time_window", "window_type", "group", "show_limit_quota_header", "sync_interval"]
    )
  }

  static let slidingRule = SlidingCounterRule(
    capsPrevious: true, includesCurrent: false, countsRejected: false, rejectsAtLimit: true)

  private static func concurrency(_ fields: Settings) throws(ConfigurationError) -> Parts {
    guard let limit = try fields.count("conn", in: 1...1_000_000_000_000) else { throw fields.missing("conn") }
    guard let burst = try fields.count("burst", in: 0...1_000_000_000_000) else { throw fields.missing("burst") }
    guard let delay = try fields.decimal("default_conn_delay") else { throw fields.missing("default_conn_delay") }
    guard let microseconds = delay.scaled(by: 1_000_000), microseconds > 0 else {
      throw fields.bad("default_conn_delay", expected: "seconds, more than 0, to the microsecond")
    }
    let isFixed = try fields.flag("only_use_default_delay") ?? false
    return (
      .concurrency(
        ConcurrencySettings(limit: limit, queue: burst, delayPerBlock: microseconds, learnsDelay: !isFixed)),
      "limit-conn conn=\(limit) burst=\(burst)",
      ["conn", "burst", "default_conn_delay", "only_use_default_delay", "key_ttl"]
    )
  }
}
