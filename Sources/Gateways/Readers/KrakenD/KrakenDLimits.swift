import Scanning

/// The rate limits in one `extra_config`.
struct KrakenDLimits {
  /// Whose `extra_config` it is.
  enum Level: Equatable {
    case service, endpoint
    /// `isOnlyOne`: its failing fails the request, where of several the others still answer.
    case backend(isOnlyOne: Bool)

    var namespace: String {
      switch self {
      case .service: "qos/ratelimit/service"
      case .endpoint: "qos/ratelimit/router"
      case .backend: "qos/ratelimit/proxy"
      }
    }

    /// Names that KrakenD took before version 2, and rewrites.
    var formerNames: [String] {
      switch self {
      case .service: []
      case .endpoint: Self.former("router")
      case .backend: Self.former("proxy")
      }
    }

    private static func former(_ part: String) -> [String] {
      ["juju", "rate"].flatMap { library in
        ["github.com", "github_com"].map { "\($0)/devopsfaith/krakend-ratelimit/\(library)/\(part)" }
      }
    }

    static let all: [Level] = [.service, .endpoint, .backend(isOnlyOne: true)]
  }

  let level: Level
  /// nil where this level limits nothing.
  let settings: KrakenDNumbers?

  /// Finds the level's limits and notes every other namespace.
  /// - Throws: `.unknownWord` for a namespace that is nearly one of the limits', and what `KrakenDNumbers` throws.
  init(in owner: Settings, of level: Level, audit: ConfigurationAudit) throws(ConfigurationError) {
    self.level = level
    guard let extra = try owner.settings("extra_config") else {
      settings = nil
      return
    }
    let known = Level.all.flatMap { [$0.namespace] + $0.formerNames }
    try extra.refuseNearMisses(of: known, harmless: Self.otherLimits)
    var found: KrakenDNumbers?
    for entry in extra.entries {
      let isFormer = level.formerNames.contains(entry.key)
      guard entry.key == level.namespace || isFormer else {
        audit.ignore(entry.key, at: extra.place(of: entry.key), because: Self.remark(on: entry.key, among: known))
        continue
      }
      guard found == nil else {
        throw ConfigurationError(
          .contradiction("two limits of one kind: \(entry.key)"), at: extra.place(of: entry.key))
      }
      let numbers = try Settings(entry.value, name: entry.key, file: extra.file)
      found = try KrakenDNumbers(numbers, place: extra.place(of: entry.key), hasFormerSpelling: isFormer)
    }
    settings = found
  }

  private static let otherLimits = [
    "qos/ratelimit/tiered", "qos/ratelimit/service/redis", "qos/ratelimit/router/redis",
  ]

  private static func remark(on namespace: String, among known: [String]) -> String {
    if known.contains(namespace) { return "KrakenD takes it at another level only: it limits nothing here" }
    if otherLimits.contains(namespace) { return "this limiter is not simulated" }
    return "limits no rate"
  }

  /// The rules in the order in which a request meets them.
  func rules(
    named name: String, draft: inout ModelDraft, audit: ConfigurationAudit
  ) throws(ConfigurationError) -> [LimitRule] {
    guard let settings else { return [] }
    var rules: [LimitRule] = []
    if level == .service || level == .endpoint, let limiter = try settings.perClient() {
      let counter = draft.counter(LimitCounter(name: "\(name) client", key: try settings.key()))
      rules.append(settings.rule("\(name) client_max_rate", counter, limiter, status: 429))
      audit.use(
        "client_max_rate \(settings.clientRate?.text ?? "")", at: settings.place, as: settings.summary(of: limiter))
    }
    if let limiter = try settings.forAll() {
      let counter = draft.counter(LimitCounter(name: name, key: .all))
      rules.append(ruleForAll(name, settings, counter, limiter))
      audit.use(
        "max_rate \(settings.rate?.text ?? "")", at: settings.place, as: settings.summary(of: limiter) + consequence)
    }
    return rules
  }

  private func ruleForAll(
    _ name: String, _ settings: KrakenDNumbers, _ counter: Int, _ limiter: LimiterSettings
  ) -> LimitRule {
    guard case .backend(let isOnlyOne) = level else {
      return settings.rule("\(name) max_rate", counter, limiter, status: 503)
    }
    var rule = settings.rule("\(name) max_rate", counter, limiter, status: 500)
    rule.isDryRun = !isOnlyOne
    return rule
  }

  /// What becomes of a request that this level's limiter turns down.
  private var consequence: String {
    switch level {
    case .service, .endpoint: ""
    case .backend(isOnlyOne: true): "; the backend call fails, and with it the request, with status 500"
    case .backend(isOnlyOne: false):
      "; this backend call fails and the others still answer, so it is counted as a dry run"
    }
  }
}
