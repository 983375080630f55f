import Scanning

/// The buckets of one local rate limit as they meet the requests of one route.
struct EnvoyBuckets {
  private let limit: EnvoyLocalRateLimit
  private let identity: String
  private let audit: ConfigurationAudit
  /// Whether this configuration is met for the first time, so that notes are made once.
  private let isNew: Bool

  /// - Parameter owner: the filter, and the route or virtual host where it has settings of its own.
  init(_ limit: EnvoyLocalRateLimit, of owner: String, audit: ConfigurationAudit, isNew: Bool) {
    self.limit = limit
    identity = owner
    self.audit = audit
    self.isNew = isNew
    if isNew { note() }
  }

  private func note() {
    guard limit.isEnabled else {
      audit.ignore(
        "local_ratelimit \(limit.name)", at: limit.place,
        because: "filter_enabled is 0 percent, so the filter does nothing")
      return
    }
    let effect =
      limit.isEnforced ? "rejected with \(limit.status)" : "counted only: filter_enforced is 0 percent"
    if let bucket = limit.bucket {
      audit.use("token_bucket", at: bucket.place, as: "\(bucket.text); more is \(effect)")
    }
    for descriptor in limit.descriptors {
      audit.use(
        "descriptor \(descriptor.text)", at: descriptor.place,
        as: "\(descriptor.bucket.text); more is \(effect)")
    }
    if limit.isPerConnection {
      audit.ignore(
        "local_rate_limit_per_downstream_connection", at: limit.place,
        because:
          "the log does not tell connections apart; all share one bucket here, so this is the strictest case")
    }
    if limit.isDividedByCluster {
      audit.ignore(
        "local_cluster_rate_limit", at: limit.place,
        because: "the members' equal shares are taken as one limit that all nodes share")
    }
  }

  /// Cases without the route's own conditions; those with a descriptor that replaces the default bucket come first.
  func alternatives(for route: EnvoyRoute?, draft: inout ModelDraft) throws(ConfigurationError)
    -> [LimitCase]
  {
    guard limit.isEnabled else { return [LimitCase(stages: [])] }
    let found = try matches(for: route)
    var rules: [LimitRule] = []
    for (descriptor, match) in found { rules.append(rule(descriptor, match, draft: &draft)) }
    let replaced = limit.alwaysConsumesDefault ? [] : Self.replacing(found.map(\.1))
    let cases = replaced.map { LimitCase(match: $0, stages: [LimitStage(rules)]) }
    if cases.last?.match == .everything { return cases }
    if let bucket = limit.bucket { rules.append(defaultRule(bucket, draft: &draft)) }
    return cases + [LimitCase(stages: rules.isEmpty ? [] : [LimitStage(rules)])]
  }

  /// Which requests have a descriptor that replaces the default bucket; values of one name are one match.
  private static func replacing(_ matches: [EnvoyDescriptorMatch]) -> [RequestMatch] {
    if matches.contains(where: \.conditions.isEmpty) { return [.everything] }
    var (result, numbers) = ([RequestMatch](), [RequestMatch.Condition.Subject: Int]())
    for match in matches {
      guard match.conditions.count == 1, let only = match.conditions.first, !only.isNegated else {
        result.append(RequestMatch(match.conditions))
        continue
      }
      if let number = numbers[only.subject] {
        result[number].conditions[0].patterns += only.patterns
      } else {
        numbers[only.subject] = result.count
        result.append(RequestMatch([only]))
      }
    }
    return result
  }

  /// Descriptors that the route's requests can have, slowest fill first, as Envoy consumes them.
  private func matches(
    for route: EnvoyRoute?
  ) throws(ConfigurationError) -> [(EnvoyDescriptor, EnvoyDescriptorMatch)] {
    let requests = try EnvoyRequestDescriptors(limit, route: route, audit: audit).descriptors
    var found: [(EnvoyDescriptor, EnvoyDescriptorMatch)] = []
    for descriptor in limit.descriptors {
      for actions in requests {
        switch EnvoyDescriptorMatch.outcome(of: descriptor, for: actions) {
        case .matches(let match): found.append((descriptor, match))
        case .never: continue
        case .unlogged(let reason):
          audit.ignore(
            "descriptor \(descriptor.text)", at: descriptor.place,
            because: "\(reason), so no request is taken to have it")
        }
        break
      }
    }
    return found.enumerated().sorted {
      EnvoyTokenBucket.isSlower($0.element.0.bucket, $1.element.0.bucket)
        || (!EnvoyTokenBucket.isSlower($1.element.0.bucket, $0.element.0.bucket) && $0.offset < $1.offset)
    }.map(\.element)
  }

  private func rule(
    _ descriptor: EnvoyDescriptor, _ match: EnvoyDescriptorMatch, draft: inout ModelDraft
  ) -> LimitRule {
    var key = match.key
    if key.missing == .passes { key.missing = missing(descriptor, match) }
    if limit.isPerConnection { key.parts.append(Self.connection) }
    let name = "\(limit.name) \(descriptor.text)"
    let capacity = match.parts.isEmpty ? nil : KeyCapacity(keys: limit.dynamicKeys)
    let counter = draft.counter(
      of: "\(identity) \(descriptor.place.line):\(descriptor.place.column) \(match.parts)",
      LimitCounter(name: name, key: key, scope: scope, capacity: capacity))
    return LimitRule(
      name: "\(name): \(descriptor.bucket.text)", counter: counter, limiter: descriptor.bucket.limiter,
      status: limit.status, isDryRun: !limit.isEnforced || descriptor.isShadow,
      match: RequestMatch(match.conditions), place: descriptor.place)
  }

  /// What becomes of requests without the header. Where a descriptor replaces the default bucket, they meet that one:
  /// the same as a shared bucket of the descriptor, if both are alike.
  private func missing(_ descriptor: EnvoyDescriptor, _ match: EnvoyDescriptorMatch) -> LimitKey.Missing {
    guard !limit.alwaysConsumesDefault, let bucket = limit.bucket else { return .passes }
    if match.parts.count == 1, bucket.limiter == descriptor.bucket.limiter { return .counts }
    audit.ignore(
      "token_bucket of \(limit.name)", at: bucket.place,
      because: "requests that lack what the descriptor \(descriptor.text) counts by meet it; here they pass")
    return .passes
  }

  private func defaultRule(_ bucket: EnvoyTokenBucket, draft: inout ModelDraft) -> LimitRule {
    let key = limit.isPerConnection ? LimitKey([Self.connection]) : .all
    let counter = draft.counter(of: identity, LimitCounter(name: limit.name, key: key, scope: scope))
    return LimitRule(
      name: "\(limit.name): \(bucket.text)", counter: counter, limiter: bucket.limiter, status: limit.status,
      isDryRun: !limit.isEnforced, place: bucket.place)
  }

  private static let connection = LimitKey.Part.unlogged("downstream connection")
  private var scope: LimitCounter.Scope { limit.isDividedByCluster ? .shared : .perNode }
}
