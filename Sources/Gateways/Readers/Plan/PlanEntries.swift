import Scanning
import Traffic

/// The model of a plan while its `limits` are read. An element of `limits` is one of
///
///     {"dialect": …}                    a limit
///     {"join": …, "limits": [limit …]}  limits that make one decision
///     {"firstMatch": [element …]}       of these the first whose `when` matches applies
///
/// and becomes one policy.
struct PlanEntries {
  private(set) var counters: [LimitCounter] = []
  private(set) var policies: [LimitPolicy] = []
  private let audit: ConfigurationAudit
  private let file: String
  /// Counters that limits named, and where first.
  private var named: [String: (counter: Int, place: ConfigurationPlace)] = [:]
  private var limits = 0

  init(audit: ConfigurationAudit, file: String) {
    self.audit = audit
    self.file = file
  }

  mutating func add(_ entry: Settings) throws(ConfigurationError) {
    if entry.has("firstMatch") {
      try entry.expectOnly(["name", "firstMatch"])
      var cases: [LimitCase] = []
      for element in try entry.settingsList("firstMatch") { cases.append(try limitCase(element, mayBeFree: true)) }
      guard !cases.isEmpty else { throw entry.bad("firstMatch", expected: "at least one limit") }
      policies.append(LimitPolicy(name: try Self.name(of: entry, else: "first match"), cases: cases))
    } else {
      let limitCase = try limitCase(entry, mayBeFree: false)
      let first = limitCase.stages.first?.rules.first?.name ?? ""
      policies.append(LimitPolicy(name: try Self.name(of: entry, else: first), cases: [limitCase]))
    }
  }

  private static func name(of entry: Settings, else name: String) throws(ConfigurationError) -> String {
    guard let written = try entry.text("name") else { return name }
    return written
  }

  private mutating func limitCase(_ entry: Settings, mayBeFree: Bool) throws(ConfigurationError) -> LimitCase {
    if entry.has("firstMatch") {
      throw ConfigurationError(
        .unsupported(feature: "'firstMatch' within 'firstMatch'", instead: "one list, in order"),
        at: entry.place(of: "firstMatch"))
    }
    if entry.has("unlimited") { return try free(entry, isAllowed: mayBeFree) }
    let match = try PlanMatch.match(in: entry)
    guard entry.has("limits") else { return LimitCase(match: match, stages: [LimitStage([try rule(entry)])]) }
    try entry.expectOnly(["name", "join", "when", "limits"])
    var rules: [LimitRule] = []
    for limit in try entry.settingsList("limits") {
      var rule = try rule(limit)
      rule.match = try PlanMatch.match(in: limit)
      rules.append(rule)
    }
    guard !rules.isEmpty else { throw entry.bad("limits", expected: "at least one limit") }
    return LimitCase(match: match, stages: [LimitStage(rules, joining: try joining(entry))])
  }

  /// `{"when": …, "unlimited": true}`: who matches is not limited by what follows.
  private func free(_ entry: Settings, isAllowed: Bool) throws(ConfigurationError) -> LimitCase {
    try entry.expectOnly(["name", "when", "unlimited"])
    guard isAllowed, try entry.flag("unlimited") == true else {
      throw entry.bad("unlimited", expected: "true, in an element of 'firstMatch'")
    }
    audit.use("unlimited", at: entry.place, as: "requests that match are not limited here")
    return LimitCase(match: try PlanMatch.match(in: entry), stages: [])
  }

  private func joining(_ entry: Settings) throws(ConfigurationError) -> LimitStage.Joining {
    let words = ["sequence", "allOrNothing", "everyCounts"]
    return try entry.choice("join", of: words).flatMap(LimitStage.Joining.init(rawValue:)) ?? .allOrNothing
  }

  // MARK: One limit

  static let commonFields = [
    "name", "description", "dialect", "key", "missing", "keys", "idle", "counter", "scope", "status", "dryRun",
    "when",
  ]

  private mutating func rule(_ element: Settings) throws(ConfigurationError) -> LimitRule {
    limits += 1
    let dialect = try dialect(of: element)
    let entry = try Settings(element.node, name: "\(dialect.name) limit", file: file)
    try entry.expectOnly(Self.commonFields + dialect.fields)
    let limiter = try dialect.limiter(PlanParameters(entry))
    let summary = Self.summary(of: entry, dialect)
    let key = try PlanKey.key(in: entry, missing: dialect.missing)
    let counter = try counter(entry, key: key, dialect)
    let status = try entry.integer("status", in: 200...599).map(Int.init) ?? dialect.status(of: key)
    let isDryRun = try entry.flag("dryRun") ?? false
    let remark = PlanKey.remark(key, counters[counter].scope, status, isDryRun)
    audit.use(summary, at: entry.place, as: remark)
    return LimitRule(
      name: try Self.name(of: entry, else: summary), counter: counter, limiter: limiter, status: status,
      isDryRun: isDryRun, place: entry.place)
  }

  private func dialect(of element: Settings) throws(ConfigurationError) -> PlanDialect {
    guard let word = try element.text("dialect") else { throw element.missing("dialect") }
    if let dialect = PlanDialects.all.first(where: { $0.name == word }) { return dialect }
    let nearest = NearestWord.nearest(to: word, among: PlanDialects.all.map(\.name))
    throw ConfigurationError(
      .unknownWord(word, kind: "dialect", nearest: nearest),
      at: element.value("dialect")?.place(in: file) ?? element.place)
  }

  /// `nginx rate=50r/s burst=20`.
  private static func summary(of entry: Settings, _ dialect: PlanDialect) -> String {
    let parameters = entry.entries.filter { dialect.fields.contains($0.key) }.map {
      "\($0.key)=\($0.value.summary)"
    }
    return ([dialect.name] + parameters).joined(separator: " ")
  }

  /// The counter of a limit: its own, or the one that an earlier limit named, with the same key and scope.
  private mutating func counter(
    _ entry: Settings, key: LimitKey, _ dialect: PlanDialect
  ) throws(ConfigurationError) -> Int {
    let shared = try entry.text("counter")
    if shared == "" { throw entry.bad("counter", expected: "a name") }
    let scopes = ["perNode", "shared"]
    let scope = try entry.choice("scope", of: scopes).flatMap(LimitCounter.Scope.init(rawValue:)) ?? dialect.scope
    let written = try entry.text("name")
    let name = shared ?? written ?? "limit \(limits)"
    let counter = LimitCounter(name: name, key: key, scope: scope, capacity: try capacity(entry))
    if let shared, let known = named[shared] {
      guard counters[known.counter] == counter else {
        throw ConfigurationError(
          .contradiction("the counter '\(shared)' has another key, scope or size on line \(known.place.line)"),
          at: entry.place(of: "counter"))
      }
      return known.counter
    }
    counters.append(counter)
    if let shared { named[shared] = (counters.count - 1, entry.place(of: "counter")) }
    return counters.count - 1
  }

  private func capacity(_ entry: Settings) throws(ConfigurationError) -> KeyCapacity? {
    guard let keys = try entry.integer("keys", in: 1...1_000_000_000) else {
      if entry.has("idle") { throw entry.missing("keys") }
      return nil
    }
    let idle = try PlanParameters(entry).duration("idle")
    return KeyCapacity(keys: Int(keys), idle: idle.map { Microseconds($0) })
  }
}
