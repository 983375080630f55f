import Scanning

/// Makes policies of Envoy's filters, in the order in which a request meets them.
struct EnvoyModel {
  private let resources: EnvoyResources
  private let audit: ConfigurationAudit
  private var draft = ModelDraft()
  private var noted: Set<ConfigurationPlace> = []
  /// Read once, however many routes they are for.
  private var limits: [ConfigurationPlace: EnvoyLocalRateLimit] = [:]

  init(_ resources: EnvoyResources, audit: ConfigurationAudit) {
    self.resources = resources
    self.audit = audit
  }

  /// A filter's place among the same kind of its connection manager; the same place of all managers is one policy.
  private struct Slot: Hashable {
    let kind: EnvoyFilter.Kind
    let number: Int
  }

  mutating func model() throws(ConfigurationError) -> GatewayModel {
    var order: [Slot] = []
    var found: [Slot: [(manager: EnvoyConnectionManager, filter: EnvoyFilter)]] = [:]
    for manager in resources.managers {
      var seen: [EnvoyFilter.Kind: Int] = [:]
      for filter in manager.filters {
        guard filter.kind == .localRateLimit || filter.kind == .adaptiveConcurrency else {
          try leave(filter)
          continue
        }
        let slot = Slot(kind: filter.kind, number: seen[filter.kind, default: 0])
        seen[filter.kind, default: 0] += 1
        if found[slot] == nil { order.append(slot) }
        found[slot, default: []].append((manager, filter))
      }
    }
    for slot in order {
      let name = slot.kind == .localRateLimit ? "local_ratelimit" : "adaptive_concurrency"
      draft.add(name, try cases(of: found[slot] ?? []))
    }
    var breakers = EnvoyCircuitBreakers(audit: audit)
    draft.add("circuit_breakers", try breakers.cases(of: resources.clusters, draft: &draft))
    return draft.model(of: .envoy)
  }

  private func leave(_ filter: EnvoyFilter) throws(ConfigurationError) {
    if filter.kind == .globalRateLimit, let config = filter.config {
      let domain = try config.text("domain") ?? ""
      audit.ignore(
        "rate limit service, domain \(domain)", at: filter.place,
        because: "its limits are in the service's own configuration; give that file too")
    } else if !filter.name.isEmpty {
      audit.ignore(filter.name, at: filter.place, because: "does not limit the rate of requests")
    }
  }

  private mutating func cases(
    of members: [(manager: EnvoyConnectionManager, filter: EnvoyFilter)]
  ) throws(ConfigurationError) -> [LimitCase] {
    if members.count == 1 {
      if resources.managers.count > 1 {
        noteListeners(of: members[0], "all are taken to come to this one, which limits")
      }
      return try cases(of: members[0].filter, in: members[0].manager)
    }
    var cases: [LimitCase] = []
    for (manager, filter) in members {
      noteListeners(of: (manager, filter), "the first that limits and whose routes match it is taken")
      for route in manager.routes {
        guard let match = route.match else { continue }
        cases += try alternatives(filter, of: manager, route).map { $0.limited(to: match) }
      }
      if manager.routes.isEmpty { cases += try alternatives(filter, of: manager, nil) }
    }
    return Self.untilCatchAll(cases)
  }

  private func noteListeners(
    of member: (manager: EnvoyConnectionManager, filter: EnvoyFilter), _ consequence: String
  ) {
    audit.ignore(
      "listener of \(member.filter.name)", at: member.manager.place,
      because: "the log does not say which listener took a request; \(consequence)")
  }

  /// The cases of the only connection manager that limits: routes that differ from what holds otherwise, and then that.
  private mutating func cases(
    of filter: EnvoyFilter, in manager: EnvoyConnectionManager
  ) throws(ConfigurationError) -> [LimitCase] {
    let otherwise = try alternatives(filter, of: manager, nil)
    var routes: [(match: RequestMatch, alternatives: [LimitCase])] = []
    for route in manager.routes {
      guard let match = route.match else { continue }
      routes.append((match, try alternatives(filter, of: manager, route)))
    }
    while let last = routes.last, last.alternatives == otherwise { routes.removeLast() }
    let cases = routes.flatMap { route in route.alternatives.map { $0.limited(to: route.match) } }
    return Self.untilCatchAll(cases + otherwise)
  }

  private static func untilCatchAll(_ cases: [LimitCase]) -> [LimitCase] {
    guard let end = cases.firstIndex(where: { $0.match.conditions.isEmpty }) else { return cases }
    return Array(cases[...end])
  }

  /// What a filter does to the requests of a route, or, without one, to those that no route matched.
  private mutating func alternatives(
    _ filter: EnvoyFilter, of manager: EnvoyConnectionManager, _ route: EnvoyRoute?
  ) throws(ConfigurationError) -> [LimitCase] {
    var owner = "manager \(manager.number) filter \(filter.place.line):\(filter.place.column)"
    var (config, isOn, isOverride) = (filter.config, !filter.isDisabled, false)
    if let found = route?.overrides[filter.name] {
      let override = found.settings
      owner += " " + found.owner
      let type = try override.text("@type") ?? ""
      if type.hasSuffix(".FilterConfig") {
        try override.expectOnly(["@type", "config", "is_optional", "disabled"])
        if try override.flag("disabled") == true { return [LimitCase(stages: [])] }
        if let inner = try override.message("config") { (config, isOn, isOverride) = (inner, true, true) }
      } else {
        (config, isOn, isOverride) = (override, true, true)
      }
    }
    guard isOn, let config else { return [LimitCase(stages: [])] }
    if filter.kind == .adaptiveConcurrency {
      let rule = try EnvoyAdaptiveConcurrency(config, runtime: resources.runtime).rule(draft: &draft)
      if let rule, noted.insert(config.place).inserted {
        audit.use(
          "adaptive_concurrency", at: config.place,
          as: "as many requests at a time as latency allows, else \(rule.status)")
      }
      return [LimitCase(stages: rule.map { [LimitStage([$0])] } ?? [])]
    }
    let limit =
      if let known = limits[config.place] { known } else {
        try EnvoyLocalRateLimit(config, isOverride: isOverride, runtime: resources.runtime)
      }
    limits[config.place] = limit
    let buckets = EnvoyBuckets(limit, of: owner, audit: audit, isNew: noted.insert(config.place).inserted)
    return try buckets.alternatives(for: route, draft: &draft)
  }
}
