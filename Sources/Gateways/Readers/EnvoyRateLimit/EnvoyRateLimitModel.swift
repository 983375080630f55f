import Scanning

/// Makes one policy of each domain. All descriptors of a request are counted before any rejects it.
struct EnvoyRateLimitModel {
  private let audit: ConfigurationAudit
  private(set) var model = GatewayModel(product: .envoyRateLimit)

  init(audit: ConfigurationAudit) { self.audit = audit }

  /// What holds of the requests that come to a place in the tree.
  private struct Way {
    var text: [String] = []
    var conditions: [RequestMatch.Condition] = []
    var parts: [LimitKey.Part] = []
    /// Why the log cannot tell whether a request comes here.
    var doubt: String?
  }

  mutating func add(_ domain: EnvoyRateLimitDomain) throws(ConfigurationError) {
    if let known = model.policies.first(where: { $0.name == domain.name }) {
      throw ConfigurationError(
        .contradiction("the domain \(known.name) is there already"),
        at: domain.descriptors.first?.place ?? ConfigurationPlace(file: "", line: 0))
    }
    var rules: [LimitRule] = []
    walk(domain.descriptors, Way(), into: &rules)
    guard !rules.isEmpty else { return }
    model.policies.append(
      LimitPolicy(name: domain.name, cases: [LimitCase(stages: [LimitStage(rules, joining: .everyCounts)])]))
  }

  private mutating func walk(
    _ siblings: [EnvoyRateLimitDomain.Descriptor], _ way: Way, into rules: inout [LimitRule]
  ) {
    for descriptor in siblings {
      var way = step(descriptor, among: siblings, from: way)
      way.text.append(descriptor.value.map { "\(descriptor.key)=\($0)" } ?? descriptor.key)
      if let limit = descriptor.limit { add(limit, of: descriptor, way, to: &rules) }
      walk(descriptor.inner, way, into: &rules)
    }
  }

  /// A value narrows whom a descriptor is for; without one, it is for every value that no sibling has.
  private func step(
    _ descriptor: EnvoyRateLimitDomain.Descriptor, among siblings: [EnvoyRateLimitDomain.Descriptor],
    from way: Way
  ) -> Way {
    var way = way
    let key = EnvoyRateLimitKey(descriptor.key)
    let others = siblings.filter {
      $0.key == descriptor.key && $0.value != nil && $0.value != descriptor.value
    }
    if case .constant = key, descriptor.value != nil || !others.isEmpty {
      let claim =
        "which requests have \(descriptor.key) '\(descriptor.value ?? "")' is written on Envoy's routes"
      if !others.isEmpty {
        way.doubt = claim
      } else {
        audit.ignore(
          "descriptor \(descriptor.key)", at: descriptor.place, because: "\(claim); here all have it")
      }
      return way
    }
    if let part = key.part(named: descriptor.key), descriptor.value == nil { way.parts.append(part) }
    guard let subject = key.subject else {
      if let value = descriptor.value {
        way.doubt = "whether \(descriptor.key) is '\(value)' is not in the log"
      }
      if descriptor.value == nil, !others.isEmpty, way.doubt == nil {
        audit.ignore(
          "descriptor \(descriptor.key)", at: descriptor.place,
          because:
            "it is not for the values with descriptors of their own, which the log does not tell; here it is for all"
        )
      }
      return way
    }
    let values = (descriptor.value.map { [$0] } ?? others.compactMap(\.value)).map { NamePattern.exact($0) }
    if !values.isEmpty {
      way.conditions.append(RequestMatch.Condition(subject, values, isNegated: descriptor.value == nil))
    }
    return way
  }

  private mutating func add(
    _ limit: EnvoyRateLimitDomain.Limit, of descriptor: EnvoyRateLimitDomain.Descriptor, _ way: Way,
    to rules: inout [LimitRule]
  ) {
    let text = way.text.joined(separator: " ")
    guard let limiter = limit.limiter else {
      audit.use("descriptor \(text)", at: limit.place, as: "unlimited")
      return
    }
    if let doubt = way.doubt {
      audit.ignore("descriptor \(text)", at: descriptor.place, because: "\(doubt), so it limits nothing here")
      return
    }
    if !limit.replaces.isEmpty {
      audit.ignore(
        "replaces of \(text)", at: limit.place,
        because: "the limits it replaces (\(limit.replaces.joined(separator: ", "))) count here as well")
    }
    let isDryRun = descriptor.isShadow || descriptor.isQuota
    audit.use(
      "descriptor \(text)", at: limit.place,
      as: limit.text + (isDryRun ? ", counted only" : "; more is rejected with 429"))
    let key = LimitKey(
      way.parts, missing: way.parts.allSatisfy(EnvoyRateLimitKey.isAlwaysThere) ? .counts : .passes)
    model.counters.append(LimitCounter(name: "\(text): \(limit.text)", key: key, scope: .shared))
    rules.append(
      LimitRule(
        name: limit.name ?? "\(text): \(limit.text)", counter: model.counters.count - 1, limiter: limiter,
        status: 429,
        isDryRun: isDryRun, match: RequestMatch(way.conditions), place: limit.place))
  }
}
