import Scanning
import Traffic

/// A middleware that is defined.
struct TraefikMiddleware {
  enum Kind {
    case limit(TraefikLimit)
    case chain([TraefikReference])
    /// None that limits, by name.
    case other(String)
  }
  let name: String
  let kind: Kind
  let place: ConfigurationPlace

  init(
    _ name: String, _ settings: Settings, namespace: String?, place: ConfigurationPlace
  ) throws(ConfigurationError) {
    let settings = try settings.spelled(TraefikWords.middlewares)
    try settings.expectOnly(TraefikWords.middlewares)
    self.name = name
    self.place = place
    if settings.entries.count > 1 {
      throw ConfigurationError(
        .contradiction(
          "a middleware is of one kind; \(settings.name) has \(settings.entries.map(\.key).joined(separator: " and "))"
        ),
        at: settings.place(of: settings.entries[1].key))
    }
    let type = settings.entries.first?.key ?? ""
    switch type {
    case "rateLimit":
      kind = .limit(
        try TraefikLimit(rateLimit: try settings.settings(type, spelled: TraefikLimit.rateWords), at: place))
    case "inFlightReq":
      kind = .limit(
        try TraefikLimit(
          inFlight: try settings.settings(type, spelled: TraefikLimit.inFlightWords), at: place))
    case "chain":
      let chain = try settings.settings(type, spelled: ["middlewares"])
      try chain?.expectOnly(["middlewares"])
      kind = .chain(
        try chain.map { chain throws(ConfigurationError) in
          try TraefikReference.references("middlewares", of: chain, namespace: namespace)
        } ?? [])
    default:
      kind = .other(type)
    }
  }
}

/// A `rateLimit` or `inFlightReq`.
struct TraefikLimit {
  /// nil where it limits nothing (`average: 0`).
  let limiter: LimiterSettings?
  let key: LimitKey
  let scope: LimitCounter.Scope
  /// Such as `100 per 1s, burst 50`.
  let text: String
  /// What about its key the log cannot answer.
  let doubt: String?
  let place: ConfigurationPlace

  static let rateWords = ["average", "period", "burst", "sourceCriterion", "redis"]
  static let inFlightWords = ["amount", "sourceCriterion"]

  init(rateLimit settings: Settings?, at place: ConfigurationPlace) throws(ConfigurationError) {
    try settings?.expectOnly(Self.rateWords)
    self.place = settings?.place ?? place
    let average = try settings?.integer("average") ?? 0
    let burst = max(1, try settings?.integer("burst") ?? 1)
    let period = try settings.map(Self.period) ?? 1_000_000
    let isShared = settings?.value("redis") != nil
    scope = isShared ? .shared : .perNode
    text = "\(average) per \(ExactDuration.goText(period)), burst \(burst)"
    limiter =
      average == 0
      ? nil : .reservationBucket(rate: LimitRate(average, per: period), burst: burst, wholeSeconds: !isShared)
    (key, doubt) = try Self.key(settings, otherwise: .client)
  }

  init(inFlight settings: Settings?, at place: ConfigurationPlace) throws(ConfigurationError) {
    try settings?.expectOnly(Self.inFlightWords)
    self.place = settings?.place ?? place
    guard let settings else {
      throw ConfigurationError(.missing(setting: "amount", within: "inFlightReq"), at: place)
    }
    guard let amount = try settings.integer("amount", in: 1...Int64.max) else {
      throw settings.missing("amount")
    }
    scope = .perNode
    text = "\(amount) at a time"
    limiter = .concurrency(ConcurrencySettings(limit: amount))
    (key, doubt) = try Self.key(settings, otherwise: LimitKey([.column(.stored(.host))]))
  }

  /// Go's durations, or whole seconds; 0 is a second.
  private static func period(_ settings: Settings) throws(ConfigurationError) -> Int64 {
    guard let text = try settings.text("period") else { return 1_000_000 }
    if let seconds = Int64(text), seconds >= 0 {
      let (period, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
      if !overflow { return period == 0 ? 1_000_000 : period }
    }
    guard let period = ExactDuration.go(text) else {
      throw settings.bad("period", expected: "a duration such as 1s, 500ms or 1m30s, or whole seconds")
    }
    return period == 0 ? 1_000_000 : period
  }

  private static let sourceWords = ["ipStrategy", "requestHeaderName", "requestHost"]

  private static func key(
    _ settings: Settings?, otherwise key: LimitKey
  ) throws(ConfigurationError) -> (LimitKey, doubt: String?) {
    guard let source = try settings?.settings("sourceCriterion", spelled: sourceWords) else {
      return (key, nil)
    }
    try source.expectOnly(sourceWords)
    let header = try source.text("requestHeaderName") ?? ""
    let usesHost = try source.flag("requestHost") ?? false
    let usesAddress = source.has("ipStrategy")
    if [!header.isEmpty, usesHost, usesAddress].count(where: { $0 }) > 1 {
      throw ConfigurationError(
        .contradiction("a sourceCriterion has one of ipStrategy, requestHeaderName and requestHost"),
        at: source.place)
    }
    if usesHost { return (LimitKey([.column(.stored(.host))]), nil) }
    if !header.isEmpty { return (LimitKey([.header(header.lowercased())]), nil) }
    guard usesAddress,
      let strategy = try source.settings("ipStrategy", spelled: ["depth", "excludedIPs", "ipv6Subnet"])
    else {
      return (usesAddress ? .client : key, nil)
    }
    try strategy.expectOnly(["depth", "excludedIPs", "ipv6Subnet"])
    let depth = try strategy.integer("depth") ?? 0
    if let subnet = try strategy.integer("ipv6Subnet", in: 0...128) {
      return (.client, "IPv6 clients of one /\(subnet) share a limit; here each address has its own")
    }
    guard depth > 0 || strategy.value("excludedIPs") != nil else { return (.client, nil) }
    return (.client, "the address is taken from X-Forwarded-For; here it is the recorded client address")
  }
}
