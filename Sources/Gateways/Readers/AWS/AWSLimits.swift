import Traffic

/// Gathers limits of all kinds and puts them into the order in which AWS asks.
struct AWSLimits {
  /// A usage plan.
  struct Plan {
    var name: String
    var place: ConfigurationPlace
    /// The APIs it is for; nil where only the deployed stack knows.
    var apis: [String]?
    var throttle: AWSThrottle?
    var quota: (limit: Int64, unit: CalendarUnit, place: ConfigurationPlace)?
    var methods: [MethodLimit] = []

    var isLimiting: Bool { throttle != nil || quota != nil || !methods.isEmpty }
  }

  /// A limit of a method or route of one stage.
  struct MethodLimit {
    var method: AWSMethod
    var stage: String?
    var throttle: AWSThrottle
    /// Instead of the method's: the route key `$default`.
    var routeName: String?
    /// What the counter is called after, such as a stage's name.
    var owner: String
  }

  let audit: ConfigurationAudit
  private var plans: [Plan] = []
  private var methods: [MethodLimit] = []
  private var accounts: [AWSThrottle] = []

  init(audit: ConfigurationAudit) { self.audit = audit }

  mutating func add(_ plan: Plan) { if plan.isLimiting { plans.append(plan) } }
  mutating func add(_ limit: MethodLimit) { methods.append(limit) }
  mutating func add(account throttle: AWSThrottle) { accounts.append(throttle) }

  /// Requests without an API key belong to no usage plan.
  static let apiKey = LimitKey([.column(.stored(.consumer))], missing: .passes)

  func model() -> GatewayModel {
    var draft = ModelDraft()
    notePlans()
    var (byMethod, byPlan): ([LimitCase], [LimitCase]) = ([], [])
    for plan in plans {
      for limit in Self.sorted(plan.methods) {
        var key = Self.apiKey
        key.parts += limit.method.key
        byMethod.append(self.case(limit, "usage plan \(plan.name)", key: key, within: match(plan), draft: &draft))
      }
      byPlan.append(LimitCase(match: match(plan), stages: stages(plan, draft: &draft)))
    }
    draft.add("usage plan method", byMethod)
    draft.add("usage plan", byPlan)
    let ofStages = Self.sorted(methods).map { limit in
      self.case(limit, limit.owner, key: LimitKey(limit.method.key), within: .everything, draft: &draft)
    }
    draft.add("stage method", ofStages)
    for throttle in accounts {
      let stage = stage(throttle, "account", key: .all, draft: &draft)
      draft.add("account", [LimitCase(stages: [stage])])
    }
    return draft.model(of: .aws)
  }

  // MARK: Usage plans

  private func notePlans() {
    for plan in plans.dropFirst() {
      audit.ignore(
        "which API keys have usage plan \(plan.name)", at: plan.place,
        because: "a log does not say it: where plans share an API the first one counts")
    }
  }

  private func match(_ plan: Plan) -> RequestMatch {
    guard plans.count > 1, let apis = plan.apis, !apis.isEmpty else { return .everything }
    return RequestMatch([RequestMatch.Condition(.service, apis.map { .exact($0) })])
  }

  private func stages(_ plan: Plan, draft: inout ModelDraft) -> [LimitStage] {
    var result: [LimitStage] = []
    let name = "usage plan \(plan.name)"
    if let throttle = plan.throttle { result.append(stage(throttle, name, key: Self.apiKey, draft: &draft)) }
    if let (limit, unit, place) = plan.quota {
      let limiter = LimiterSettings.fixedWindow(limit: limit, window: .calendar(unit), countsRejected: false)
      let counter = draft.counter(LimitCounter(name: "\(name) quota", key: Self.apiKey, scope: .shared))
      let words = "\(limit) per \(unit.rawValue)"
      let rule = LimitRule(
        name: "\(name) quota \(words)", counter: counter, limiter: limiter, status: 429, place: place)
      result.append(LimitStage([rule]))
      audit.use("Quota \(words)", at: place, as: "\(name): by API key, in the UTC calendar (AWS does not say which)")
    }
    return result
  }

  // MARK: Methods

  private static func sorted(_ limits: [MethodLimit]) -> [MethodLimit] {
    limits.enumerated().sorted {
      ($0.element.method.generality, $0.offset) < ($1.element.method.generality, $1.offset)
    }.map(\.element)
  }

  private func `case`(
    _ limit: MethodLimit, _ owner: String, key: LimitKey, within: RequestMatch, draft: inout ModelDraft
  ) -> LimitCase {
    let name = "\(owner) \(limit.routeName ?? limit.method.words)"
    let stage = stage(limit.throttle, name, key: limit.routeName == nil ? key : .all, draft: &draft)
    let own = limit.routeName.map { RequestMatch([RequestMatch.Condition(.routeName, [.exact($0)])]) }
    let match = own ?? limit.method.match(stage: limit.stage)
    return LimitCase(match: RequestMatch(within.conditions + match.conditions), stages: [stage])
  }

  private func stage(_ throttle: AWSThrottle, _ name: String, key: LimitKey, draft: inout ModelDraft) -> LimitStage {
    let counter = draft.counter(LimitCounter(name: name, key: key, scope: .shared))
    let parts = key.parts.map(\.word).joined(separator: " and ")
    audit.use(throttle.words, at: throttle.place, as: "\(name), " + (parts.isEmpty ? "all together" : "by \(parts)"))
    return LimitStage([
      LimitRule(
        name: "\(name) \(throttle.words)", counter: counter, limiter: throttle.limiter, status: 429,
        place: throttle.place)
    ])
  }
}
