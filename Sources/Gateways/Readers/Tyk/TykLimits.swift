import Scanning
import Traffic

/// Puts what the files say into the order in which Tyk asks.
struct TykLimits {
  private let audit: ConfigurationAudit
  private let algorithm: TykAlgorithm
  private let apis: [TykAPI]
  private let policies: [TykPolicy]
  private let hasGateway: Bool

  /// Requests without a key never come so far.
  static let key = LimitKey([.column(.stored(.consumer))], missing: .passes)

  init(_ files: TykFiles, audit: ConfigurationAudit) throws(ConfigurationError) {
    self.audit = audit
    hasGateway = files.gateway != nil
    algorithm = try TykAlgorithm(files.gateway)
    apis = files.apis.sorted { $0.weight > $1.weight }
    var policies: [TykPolicy] = []
    for (id, settings) in files.policies {
      guard let policy = try TykPolicy(id: id, settings, audit: audit) else { continue }
      if !policies.isEmpty {
        audit.ignore(
          "which keys have policy \(id)", at: settings.place,
          because: "a log does not say it: where policies share an API the first one counts")
      }
      policies.append(policy)
    }
    self.policies = policies
  }

  func model() throws(ConfigurationError) -> GatewayModel {
    var draft = ModelDraft()
    var cases: [LimitCase] = []
    for policy in policies { cases += try self.cases(of: policy, draft: &draft) }
    draft.add("policies", cases)
    var own: [LimitCase] = []
    for api in apis {
      for limit in api.limits {
        let stages = try stages(limit.name, limit.allowance, key: .all, draft: &draft)
        own.append(LimitCase(match: limit.match, stages: stages))
      }
      if !api.limits.isEmpty { continue }
      // An API without a limit shields what a shorter listen path would say.
      own.append(LimitCase(match: api.match, stages: []))
    }
    draft.add("global_rate_limit", own)
    return draft.model(of: .tyk)
  }

  // MARK: Policies

  private func cases(of policy: TykPolicy, draft: inout ModelDraft) throws(ConfigurationError) -> [LimitCase] {
    let name = "policy \(policy.id)"
    var result: [LimitCase] = []
    var plain: [TykPolicy.Grant] = []
    for grant in policy.grants {
      let api = apis.first { $0.id == grant.id }
      guard grant.own != nil || api?.disablesRate == true || api?.disablesQuota == true else {
        plain.append(grant)
        continue
      }
      guard var allowance = grant.own ?? policy.allowance else { continue }
      if api?.disablesRate == true { allowance.rate = nil }
      if api?.disablesQuota == true { allowance.quota = nil }
      let stages = try stages(
        grant.own == nil ? name : "\(name) API \(grant.name)", allowance, key: Self.key, draft: &draft)
      result.append(LimitCase(match: match([grant]), stages: stages))
    }
    guard let allowance = policy.allowance, !plain.isEmpty || policy.grants.isEmpty else { return result }
    let isAlone =
      policies.count == 1 && result.isEmpty && !plain.contains { grant in apis.contains { $0.id == grant.id } }
    let match = isAlone || plain.isEmpty ? .everything : match(plain)
    result.append(LimitCase(match: match, stages: try stages(name, allowance, key: Self.key, draft: &draft)))
    return result
  }

  /// By listen path where the definitions are known, else by the names that Tyk logs.
  private func match(_ grants: [TykPolicy.Grant]) -> RequestMatch {
    let known = grants.compactMap { grant in apis.first { $0.id == grant.id } }
    if known.count == grants.count {
      if known.count == 1 { return known[0].match }
      let paths = known.flatMap { $0.match.conditions.first { $0.subject == .path }?.patterns ?? [] }
      return RequestMatch([RequestMatch.Condition(.path, paths)])
    }
    let names = grants.flatMap { $0.name == $0.id ? [$0.id] : [$0.name, $0.id] }
    return RequestMatch([RequestMatch.Condition(.routeName, names.map { .exact($0) })])
  }

  // MARK: Rules

  private func stages(
    _ name: String, _ allowance: TykAllowance, key: LimitKey, draft: inout ModelDraft
  ) throws(ConfigurationError) -> [LimitStage] {
    var result: [LimitStage] = []
    if let (count, window, place) = allowance.rate {
      let limiter = try algorithm.limiter(rate: count, window: window)
      let counter = draft.counter(LimitCounter(name: name, key: key, scope: algorithm.scope))
      let words = "\(count.text) per \(ExactDuration.goText(window))"
      result.append(
        LimitStage([
          LimitRule(name: "\(name) \(words)", counter: counter, limiter: limiter, status: 429, place: place)
        ]))
      let source = hasGateway ? "" : "; tyk.conf may choose another one"
      audit.use("rate \(words)", at: place, as: "\(name): \(algorithm.remark)\(source)")
    }
    if let (count, renewal, place) = allowance.quota {
      let limiter = LimiterSettings.fixedWindow(
        limit: count, window: .firstHit(length: renewal, strict: false), countsRejected: true)
      let counter = draft.counter(LimitCounter(name: "\(name) quota", key: key, scope: .shared))
      let words =
        renewal == TykAllowance.never ? "\(count) for ever" : "\(count) per \(ExactDuration.goText(renewal))"
      result.append(
        LimitStage([
          LimitRule(name: "\(name) quota \(words)", counter: counter, limiter: limiter, status: 403, place: place)
        ]))
      audit.use("quota \(words)", at: place, as: "\(name): window from its first request on, status 403")
    }
    return result
  }
}
