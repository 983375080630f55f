import Scanning

/// Makes the model of a configuration: counters from zones, rules from lines, cases from servers and locations.
struct NginxModelBuilder {
  private let configuration: NginxConfiguration
  private let audit: ConfigurationAudit
  /// Zones that a limit uses, in file order.
  private let zones: [NginxZone]
  /// One per zone; of a zone that counts by `$server_name` one per name.
  private let counters: [NginxCounter]

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
    let names = Set(configuration.servers.map(\.firstName)).union([nil])
    let ordered = names.sorted { ($0 ?? "") < ($1 ?? "") }
    counters = zones.flatMap { zone in
      (zone.key.countsByServer ? ordered : [nil]).map { NginxCounter(zone: zone.name, serverName: $0) }
    }
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
    return GatewayModel(product: .nginx, counters: counters.map(counter), policies: policies.compactMap(\.self))
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

  private func counter(_ counter: NginxCounter) -> LimitCounter {
    let zone = zones.first { $0.name == counter.zone }
    let name = counter.serverName.map { "\(counter.zone) of \($0)" } ?? counter.zone
    return LimitCounter(name: name, key: zone?.key.key ?? .all, capacity: zone?.capacity)
  }

  /// The zone of a limit and its counter for a server; nil where the key is empty there.
  private func zone(
    of limit: NginxLimit, in one: NginxCase
  ) -> (zone: NginxZone, counter: Int)? {
    guard let zone = zones.first(where: { $0.name == limit.zone.text }) else { return nil }
    if zone.key.needsServerName, one.serverName == nil { return nil }
    let identity = NginxCounter(zone: zone.name, serverName: zone.key.countsByServer ? one.serverName : nil)
    return counters.firstIndex(of: identity).map { (zone, $0) }
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
      cases += own.map {
        NginxCase(conditions: host + $0.conditions, level: $0.level, serverName: server.firstName)
      }
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
    _ name: String, _ cases: [NginxCase], stages: (NginxCase) -> [LimitStage]
  ) -> LimitPolicy? {
    let all = cases.map { LimitCase(match: RequestMatch($0.conditions), stages: stages($0)) }
    let kept = MatchLogic.withoutNeedless(
      all, otherwise: [], conditions: { $0.match.conditions }, outcome: { $0.stages })
    return kept.isEmpty ? nil : LimitPolicy(name: name, cases: kept)
  }

  private func requestStages(_ one: NginxCase) -> [LimitStage] {
    let level = one.level
    let rules = level.requests.compactMap { limit -> LimitRule? in
      guard let (zone, counter) = zone(of: limit, in: one), let milliRate = zone.milliRate else { return nil }
      return LimitRule(
        name: [zone.name, zone.rateText, limit.parameters].filter { !$0.isEmpty }.joined(
          separator: " "),
        counter: counter,
        limiter: .leakyBucket(
          milliRate: milliRate, burst: limit.amount, undelayed: limit.undelayed, arithmetic: .nginx),
        status: level.requestStatus ?? 503, isDryRun: level.isRequestDryRun ?? false, place: limit.place)
    }
    return rules.isEmpty ? [] : [LimitStage(rules, joining: .allOrNothing)]
  }

  private func connectionStages(_ one: NginxCase) -> [LimitStage] {
    let level = one.level
    let rules = level.connections.compactMap { limit -> LimitRule? in
      guard let (zone, counter) = zone(of: limit, in: one) else { return nil }
      return LimitRule(
        name: "\(zone.name) \(limit.parameters)", counter: counter,
        limiter: .concurrency(ConcurrencySettings(limit: limit.amount)),
        status: level.connectionStatus ?? 503, isDryRun: level.isConnectionDryRun ?? false, place: limit.place
      )
    }
    return rules.isEmpty ? [] : [LimitStage(rules)]
  }
}

/// What one counter of the model stands for.
struct NginxCounter: Hashable, Sendable {
  var zone: String
  /// The value of `$server_name` that it counts; nil where the key does not have it, or where it is empty.
  var serverName: String?
}
