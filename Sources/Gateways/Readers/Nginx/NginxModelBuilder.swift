import Scanning

/// Makes the model of a configuration: counters from zones, rules from lines, cases from servers and locations.
struct NginxModelBuilder {
  private let configuration: NginxConfiguration
  private let audit: ConfigurationAudit
  /// Zones that a limit uses, in file order: the model's counters.
  private let zones: [NginxZone]

  init(_ configuration: NginxConfiguration, audit: ConfigurationAudit) throws(ConfigurationError) {
    self.configuration = configuration
    self.audit = audit
    let levels = Self.levels(of: configuration)
    for level in levels {
      for limit in level.requests {
        try Self.expectZone(of: limit, forRequests: true, in: configuration.zones)
      }
      for limit in level.connections {
        try Self.expectZone(of: limit, forRequests: false, in: configuration.zones)
      }
    }
    let wanted = Set(levels.flatMap { $0.requests + $0.connections }.map(\.zone.text))
    zones = configuration.zones.filter { wanted.contains($0.name) }
    for zone in configuration.zones where !wanted.contains(zone.name) {
      audit.ignore(zone.summary, at: zone.place, because: "no limit uses this zone")
    }
    for level in levels { noteUse(of: level) }
    for zone in zones { noteUse(of: zone) }
  }

  func model() throws(ConfigurationError) -> GatewayModel {
    let cases = try self.cases()
    let policies = [
      policy("limit_req", cases, stages: requestStages),
      policy("limit_conn", cases, stages: connectionStages),
    ]
    return GatewayModel(product: .nginx, counters: zones.map(counter), policies: policies.compactMap(\.self))
  }

  // MARK: Zones

  private static func levels(of configuration: NginxConfiguration) -> [NginxLevel] {
    func inside(_ locations: [NginxLocation]) -> [NginxLevel] {
      locations.flatMap { [$0.level] + inside($0.locations) }
    }
    return [configuration.http] + configuration.servers.flatMap { [$0.level] + inside($0.locations) }
  }

  private static func expectZone(
    of limit: NginxLimit, forRequests: Bool, in zones: [NginxZone]
  ) throws(ConfigurationError) {
    let directive = forRequests ? "limit_req" : "limit_conn"
    guard let zone = zones.first(where: { $0.name == limit.zone.text }) else {
      let known = zones.filter { $0.isForRequests == forRequests }.map(\.name)
      throw ConfigurationError(
        .unknownReference(
          limit.zone.text, kind: "zone of \(directive)",
          nearest: NearestWord.nearest(to: limit.zone.text, among: known)),
        at: limit.zone.place)
    }
    guard zone.isForRequests == forRequests else {
      throw ConfigurationError(
        .contradiction("zone '\(zone.name)' is declared for another use, in line \(zone.place.line)"),
        at: limit.zone.place)
    }
  }

  private func noteUse(of level: NginxLevel) {
    for limit in level.requests {
      let rate = zones.first { $0.name == limit.zone.text }?.rateText ?? ""
      let delay =
        limit.amount == 0
        ? "" : limit.undelayed == .max ? ", at once" : ", spread out beyond \(limit.undelayed)"
      audit.use(limit.summary, at: limit.place, as: "\(rate) and \(limit.amount) more\(delay)")
    }
    for limit in level.connections {
      audit.use(limit.summary, at: limit.place, as: "\(limit.amount) requests at a time")
    }
  }

  private func noteUse(of zone: NginxZone) {
    let kind = zone.isForRequests ? "\(zone.rateText) " : "connections "
    audit.use(zone.summary, at: zone.place, as: "counts \(kind)by \(zone.keyText)")
    configuration.noteKey(of: zone)
  }

  private func counter(_ zone: NginxZone) -> LimitCounter {
    LimitCounter(name: zone.name, key: zone.key.key, capacity: zone.capacity)
  }

  // MARK: Cases

  /// Servers by host, then locations by path; settings with all that is inherited.
  private func cases() throws(ConfigurationError) -> [NginxCase] {
    let http = configuration.http
    guard !configuration.servers.isEmpty else { return [NginxCase(conditions: [], level: http.effective)] }
    let hosts = try NginxHosts(configuration.servers, audit: audit)
    var byServer: [Int: [NginxCase]] = [:]
    var cases: [NginxCase] = []
    for group in hosts.groups {
      let server = configuration.servers[group.server]
      if byServer[group.server] == nil {
        byServer[group.server] = try NginxLocationCases(of: server, level: server.level.inheriting(http))
          .cases
      }
      let own = byServer[group.server] ?? []
      let host = group.patterns.isEmpty ? [] : [RequestMatch.Condition(.host, group.patterns)]
      cases += own.map { NginxCase(conditions: host + $0.conditions, level: $0.level) }
      guard cases.count <= NginxLocationCases.most else {
        throw ConfigurationError(
          .unsupported(
            feature: "more than \(NginxLocationCases.most) combinations of servers and locations",
            instead: "fewer"),
          at: server.place)
      }
    }
    return cases
  }

  private func policy(
    _ name: String, _ cases: [NginxCase], stages: (NginxLevel) -> [LimitStage]
  ) -> LimitPolicy? {
    let all = cases.map { LimitCase(match: RequestMatch($0.conditions), stages: stages($0.level)) }
    let kept = MatchLogic.withoutNeedless(
      all, otherwise: [], conditions: { $0.match.conditions }, outcome: { $0.stages })
    return kept.isEmpty ? nil : LimitPolicy(name: name, cases: kept)
  }

  private func requestStages(_ level: NginxLevel) -> [LimitStage] {
    let rules = level.requests.compactMap { limit -> LimitRule? in
      guard let index = zones.firstIndex(where: { $0.name == limit.zone.text }),
        let milliRate = zones[index].milliRate
      else { return nil }
      return LimitRule(
        name: [zones[index].name, zones[index].rateText, limit.parameters].filter { !$0.isEmpty }.joined(
          separator: " "),
        counter: index,
        limiter: .leakyBucket(
          milliRate: milliRate, burst: limit.amount, undelayed: limit.undelayed, arithmetic: .nginx),
        status: level.requestStatus ?? 503, isDryRun: level.isRequestDryRun ?? false, place: limit.place)
    }
    return rules.isEmpty ? [] : [LimitStage(rules, joining: .allOrNothing)]
  }

  private func connectionStages(_ level: NginxLevel) -> [LimitStage] {
    let rules = level.connections.compactMap { limit -> LimitRule? in
      guard let index = zones.firstIndex(where: { $0.name == limit.zone.text }) else { return nil }
      return LimitRule(
        name: "\(zones[index].name) \(limit.parameters)", counter: index,
        limiter: .concurrency(ConcurrencySettings(limit: limit.amount)),
        status: level.connectionStatus ?? 503, isDryRun: level.isConnectionDryRun ?? false, place: limit.place
      )
    }
    return rules.isEmpty ? [] : [LimitStage(rules)]
  }
}
