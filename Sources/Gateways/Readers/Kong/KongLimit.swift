import Scanning

/// What one limiting plugin asks of a request, whichever it is.
struct KongLimit {
  /// One number of one plugin.
  struct Part {
    /// Such as `5 per minute`.
    let text: String
    /// Tells counters of one plugin apart; parts of several plugins with the same identity share a counter.
    let identity: String
    let limiter: LimiterSettings
  }
  let parts: [Part]
  let identifier: KongIdentifier
  let joining: LimitStage.Joining
  let scope: LimitCounter.Scope
  let status: Int
  /// What was made of it that the reader of the audit should know.
  let doubts: [String]
}

/// The plugin `rate-limiting`.
enum KongRateLimiting {
  private static let periods: [(name: String, unit: CalendarUnit)] = [
    ("second", .second), ("minute", .minute), ("hour", .hour), ("day", .day), ("month", .month),
    ("year", .year),
  ]
  private static let fields =
    periods.map(\.name) + [
      "limit_by", "header_name", "path", "policy", "fault_tolerant", "hide_client_headers", "error_code",
      "error_message",
      "sync_rate", "redis", "redis_host", "redis_port", "redis_username", "redis_password", "redis_ssl",
      "redis_ssl_verify", "redis_server_name", "redis_timeout", "redis_database",
    ]

  static func limit(_ plugin: KongPlugin) throws(ConfigurationError) -> KongLimit {
    let config = plugin.config
    try config.expectOnly(fields)
    let policy = try config.choice("policy", of: ["local", "cluster", "redis"]) ?? "local"
    let syncRate = try KongNumber.signed("sync_rate", of: config) ?? -1
    let isRealTime = policy == "redis" && syncRate < 0
    var parts: [KongLimit.Part] = []
    var last: (name: String, limit: Double) = ("", 0)
    for (name, unit) in periods {
      guard let limit = try config.number(name) else { continue }
      guard limit > 0, limit < 1e15 else { throw config.bad(name, expected: "a number above 0") }
      guard limit >= last.limit else {
        throw ConfigurationError(
          .contradiction(
            "the limit per \(name) (\(config.summary(of: name))) is below that per \(last.name)"),
          at: config.place(of: name))
      }
      last = (name, limit)
      // A request passes while fewer than the limit have: 2.5 lets three pass.
      let whole = Int64(limit.rounded(.up))
      parts.append(
        KongLimit.Part(
          text: "\(whole) per \(name)", identity: "\(plugin.number) \(name)",
          limiter: .fixedWindow(limit: whole, window: .calendar(unit), countsRejected: isRealTime)))
    }
    guard !parts.isEmpty else { throw config.missing("second, minute, hour, day, month or year") }
    let identifier = try KongIdentifier(
      "limit_by", of: config, choices: ["consumer", "credential", "ip", "service", "header", "path"])
    var doubts = [identifier.doubt].compactMap { $0 }
    if policy == "cluster" {
      doubts.append("nodes hear of each other's requests with the database's delay; here at once")
    }
    if policy == "redis", !isRealTime {
      doubts.append("nodes hear of each other's requests every \(syncRate) s; here at once")
    }
    return KongLimit(
      parts: parts, identifier: identifier, joining: isRealTime ? .everyCounts : .allOrNothing,
      scope: policy == "local" ? .perNode : .shared, status: try KongNumber.status(config), doubts: doubts)
  }
}

/// The plugin `rate-limiting-advanced`.
enum KongRateLimitingAdvanced {
  private static let fields = [
    "limit", "window_size", "window_type", "identifier", "sync_rate", "namespace", "strategy",
    "dictionary_name",
    "hide_client_headers", "retry_after_jitter_max", "header_name", "path", "redis",
    "enforce_consumer_groups",
    "consumer_groups", "disable_penalty", "error_code", "error_message", "lock_dictionary_name",
    "compound_identifier",
    "throttling",
  ]

  /// nil where neither limits nor windows are written.
  static func limit(_ plugin: KongPlugin) throws(ConfigurationError) -> KongLimit? {
    let config = plugin.config
    try config.expectOnly(fields)
    let limits = try KongNumber.whole("limit", of: config)
    let windows = try KongNumber.whole("window_size", of: config)
    if limits.isEmpty && windows.isEmpty { return nil }
    guard !limits.isEmpty else { throw config.missing("limit") }
    guard !windows.isEmpty else { throw config.missing("window_size") }
    guard limits.count == windows.count else {
      throw ConfigurationError(
        .contradiction("limit has \(limits.count) numbers and window_size \(windows.count)"),
        at: config.place(of: "limit"))
    }
    for key in ["compound_identifier", "throttling"] where config.value(key).map(isSet) ?? false {
      throw ConfigurationError(
        .unsupported(feature: key, instead: "one identifier, without throttling"), at: config.place(of: key))
    }
    let isFixed = try config.choice("window_type", of: ["sliding", "fixed"]) == "fixed"
    let counts = try config.flag("disable_penalty") != true
    let (scope, doubt) = try scope(config)
    let identifier = try KongIdentifier(
      "identifier", of: config,
      choices: ["consumer", "credential", "ip", "service", "header", "path", "consumer-group"])
    let space = try config.text("namespace") ?? "\n\(plugin.number)"
    let parts = zip(limits, windows).map { limit, window in
      KongLimit.Part(
        text: "\(limit) per \(window) s",
        identity: "\(space) \(window) \(isFixed) \(counts) \(identifier.key)",
        limiter: limiter(limit, window: window * 1_000_000, isFixed: isFixed, counts: counts))
    }
    return KongLimit(
      parts: parts, identifier: identifier, joining: counts ? .everyCounts : .allOrNothing, scope: scope,
      status: try KongNumber.status(config), doubts: [identifier.doubt, doubt].compactMap { $0 })
  }

  private static func isSet(_ node: ConfigurationNode) -> Bool {
    switch node.value {
    case .list(let elements): !elements.isEmpty
    case .mapping: node["enabled"]?.summary != "false"
    case .scalar: true
    }
  }

  private static func limiter(_ limit: Int64, window: Int64, isFixed: Bool, counts: Bool) -> LimiterSettings {
    if isFixed {
      return .fixedWindow(limit: limit, window: .aligned(length: window, origin: 0), countsRejected: counts)
    }
    let rule = SlidingCounterRule(
      capsPrevious: false, includesCurrent: true, countsRejected: counts, rejectsAtLimit: false)
    return .slidingCounter(limit: limit, window: window, rule: rule)
  }

  private static func scope(_ config: Settings) throws(ConfigurationError) -> (
    LimitCounter.Scope, doubt: String?
  ) {
    let strategy = try config.choice("strategy", of: ["local", "cluster", "redis"]) ?? "local"
    let syncRate = try KongNumber.signed("sync_rate", of: config)
    if strategy == "local" { return (.perNode, nil) }
    if let syncRate, syncRate < 0 {
      return (.perNode, "sync_rate -1 never shares the counters of strategy \(strategy)")
    }
    guard let syncRate, syncRate > 0 else { return (.shared, nil) }
    return (.shared, "nodes hear of each other's requests every \(syncRate) s; here at once")
  }
}

/// Numbers as Kong's plugins write them.
enum KongNumber {
  /// -1 or seconds.
  static func signed(_ key: String, of config: Settings) throws(ConfigurationError) -> Double? {
    guard let text = try config.text(key) else { return nil }
    guard let number = Double(text), number.isFinite, number >= 0 || number == -1 else {
      throw config.bad(key, expected: "-1, 0 or a number of seconds")
    }
    return number
  }

  static func status(_ config: Settings) throws(ConfigurationError) -> Int {
    Int(try config.integer("error_code", in: 100...599) ?? 429)
  }

  /// Whole numbers above 0, in a list or alone.
  static func whole(_ key: String, of config: Settings) throws(ConfigurationError) -> [Int64] {
    var result: [Int64] = []
    for text in try config.texts(key) {
      guard let number = Int64(text), (1...1_000_000_000_000).contains(number) else {
        throw config.bad(key, expected: "whole numbers from 1 to 1000000000000, not \(text)")
      }
      result.append(number)
    }
    return result
  }
}
