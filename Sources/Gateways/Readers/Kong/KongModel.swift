import Scanning

/// Makes one policy of each limiting plugin: the route that takes a request, and its consumer, say which instance runs.
struct KongModel {
  private let entities: KongEntities
  private let audit: ConfigurationAudit
  private var draft = ModelDraft()
  private static let mostCombinations = 1_000_000

  init(_ entities: KongEntities, audit: ConfigurationAudit) {
    self.entities = entities
    self.audit = audit
  }

  /// Requests that one route, or one service without routes, takes.
  private struct Entry {
    let route: Int?
    let service: Int?
    let match: RequestMatch
  }

  mutating func model() throws(ConfigurationError) -> GatewayModel {
    for kind in KongPlugin.Kind.allCases {
      let plugins = entities.plugins.filter { $0.kind == kind }
      draft.add(kind.rawValue, try cases(of: plugins))
    }
    return draft.model(of: .kong)
  }

  private mutating func cases(of plugins: [KongPlugin]) throws(ConfigurationError) -> [LimitCase] {
    var alternatives: [[LimitCase]] = []
    for plugin in plugins { alternatives.append(try self.alternatives(of: plugin)) }
    // Which route takes a request matters only where a plugin was put on one.
    let hasPlaces = plugins.contains { $0.scope.route != nil || $0.scope.service != nil }
    let entries = hasPlaces ? entries() : [Entry(route: nil, service: nil, match: .everything)]
    guard entries.count * max(1, plugins.count) <= Self.mostCombinations else {
      throw ConfigurationError(
        .unsupported(
          feature: "more than \(Self.mostCombinations) combinations of routes and plugins",
          instead: "a part of the configuration"),
        at: plugins[0].place)
    }
    var cases = entries.flatMap { entry in self.cases(of: entry, plugins, alternatives) }
    if let end = cases.firstIndex(where: { $0.match.conditions.isEmpty }) {
      cases.removeSubrange((end + 1)...)
    }
    return cases
  }

  /// The instances that can run for one entry, those of consumers first; the first one for all consumers is the last.
  private func cases(of entry: Entry, _ plugins: [KongPlugin], _ alternatives: [[LimitCase]]) -> [LimitCase] {
    let candidates = plugins.indices.filter { index in
      let scope = plugins[index].scope
      return (scope.route == nil || scope.route == entry.route)
        && (scope.service == nil || scope.service == entry.service)
    }.sorted { (plugins[$0].scope.rank, $0) < (plugins[$1].scope.rank, $1) }
    var cases: [LimitCase] = []
    for index in candidates {
      guard let consumers = consumers(plugins[index].scope) else { continue }
      cases += alternatives[index].map { $0.limited(to: RequestMatch(entry.match.conditions + consumers)) }
      if consumers.isEmpty { return cases }
    }
    return cases + [LimitCase(match: entry.match, stages: [])]
  }

  /// Conditions for a plugin's consumers; nil where a group has none.
  private func consumers(_ scope: KongScope) -> [RequestMatch.Condition]? {
    var conditions: [RequestMatch.Condition] = []
    if let consumer = scope.consumer {
      conditions.append(.init(.consumer, [.exact(entities.consumers[consumer].username)]))
    }
    if let group = scope.group {
      var seen: Set<Int> = []
      let members = entities.groups[group].members.filter { seen.insert($0).inserted }
      if members.isEmpty { return nil }
      conditions.append(.init(.consumer, members.map { .exact(entities.consumers[$0].username) }))
    }
    return conditions
  }

  /// Routes in the order in which Kong tries them, path by path, then services that have none.
  private func entries() -> [Entry] {
    var ranked: [(rank: [Int64], entry: Entry)] = []
    for (index, route) in entities.routes.enumerated() {
      if let service = route.service, !entities.services[service].isEnabled { continue }
      if !route.unlogged.isEmpty, route.name == nil { continue }
      for path in route.paths.isEmpty ? [nil] : route.paths.map(Optional.some) {
        let isRegex = path?.isRegex == true
        let rank: [Int64] = [
          Int64(route.attributes), route.hasPlainHost ? 1 : 0, isRegex ? 1 : 0,
          isRegex ? route.regexPriority : 0,
          Int64(path?.length ?? 0),
        ]
        ranked.append((rank, Entry(route: index, service: route.service, match: route.match(path))))
      }
    }
    var entries = ranked.enumerated().sorted { a, b in
      if a.element.rank == b.element.rank { return a.offset < b.offset }
      return b.element.rank.lexicographicallyPrecedes(a.element.rank)
    }.map(\.element.entry)
    let routed = Set(entities.routes.compactMap(\.service))
    for (index, service) in entities.services.enumerated() where !routed.contains(index) && service.isEnabled
    {
      guard let name = service.name ?? service.id else { continue }
      entries.append(
        Entry(
          route: nil, service: index, match: RequestMatch([RequestMatch.Condition(.service, [.exact(name)])]))
      )
    }
    return entries
  }

  /// What a plugin does: by its identifier, and where that is a path, by client address for the others.
  private mutating func alternatives(of plugin: KongPlugin) throws(ConfigurationError) -> [LimitCase] {
    let limit =
      plugin.kind == .plain ? try KongRateLimiting.limit(plugin) : try KongRateLimitingAdvanced.limit(plugin)
    guard let limit else {
      audit.ignore(
        plugin.kind.rawValue, at: plugin.place, because: "neither limit nor window_size is written")
      return [LimitCase(stages: [])]
    }
    if let group = plugin.scope.group, entities.groups[group].members.isEmpty {
      audit.ignore(
        "\(plugin.kind.rawValue) of group \(entities.groups[group].name)", at: plugin.place,
        because: "the group has no consumers")
    } else {
      let text = limit.parts.map(\.text).joined(separator: ", ")
      audit.use(
        "\(plugin.kind.rawValue)\(owner(of: plugin))", at: plugin.place,
        as: "\(text); more is rejected with \(limit.status)")
    }
    for doubt in limit.doubts { audit.ignore(plugin.kind.rawValue, at: plugin.place, because: doubt) }
    noteMatching(of: plugin)
    let main = stage(limit, of: plugin, key: limit.identifier.key)
    guard let condition = limit.identifier.condition else { return [LimitCase(stages: [main])] }
    return [
      LimitCase(match: RequestMatch([condition]), stages: [main]),
      LimitCase(stages: [stage(limit, of: plugin, key: .client)]),
    ]
  }

  private func noteMatching(of plugin: KongPlugin) {
    let routes = entities.routes.enumerated().filter {
      plugin.scope.route == $0.offset || plugin.scope.service == $0.element.service
    }
    guard plugin.scope.route != nil || (plugin.scope.service != nil && !routes.isEmpty) else { return }
    audit.ignore(
      "names of routes\(owner(of: plugin))", at: plugin.place,
      because: "requests are matched by paths, hosts and methods of the routes, which every log has")
  }

  private mutating func stage(_ limit: KongLimit, of plugin: KongPlugin, key: LimitKey) -> LimitStage {
    let name = plugin.kind.rawValue + owner(of: plugin)
    var rules: [LimitRule] = []
    for part in limit.parts {
      let counter = draft.counter(
        of: "\(plugin.kind.rawValue) \(part.identity) \(key) \(limit.scope)",
        LimitCounter(name: "\(name): \(part.text)", key: key, scope: limit.scope))
      rules.append(
        LimitRule(
          name: "\(name): \(part.text)", counter: counter, limiter: part.limiter, status: limit.status,
          place: plugin.place))
    }
    return LimitStage(rules, joining: limit.joining)
  }

  /// ` of route r1 and consumer c`; empty for a global plugin.
  private func owner(of plugin: KongPlugin) -> String {
    var words: [String] = []
    if let consumer = plugin.scope.consumer {
      words.append("consumer \(entities.consumers[consumer].username)")
    }
    if let group = plugin.scope.group { words.append("group \(entities.groups[group].name)") }
    if let route = plugin.scope.route {
      words.append("route \(entities.routes[route].name ?? entities.routes[route].id ?? "")")
    }
    if let service = plugin.scope.service {
      words.append("service \(entities.services[service].name ?? entities.services[service].id ?? "")")
    }
    return words.isEmpty ? "" : " of " + words.joined(separator: " and ")
  }
}
