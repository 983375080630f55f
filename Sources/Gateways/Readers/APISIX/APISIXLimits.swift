import Scanning

/// Merges what resources say about the limit plugins into policies.
struct APISIXLimits {
  private let audit: ConfigurationAudit
  private let routes, services, consumers, groups, globalRules, pluginConfigs: [APISIXResource]
  private var draft = ModelDraft()
  /// The first use of each `limit-count` group, which all others must equal.
  private var settled: [String: (limit: APISIXLimit, owner: String)] = [:]

  init(_ root: Settings, audit: ConfigurationAudit) throws(ConfigurationError) {
    self.audit = audit
    routes = try APISIXResource.all(.route, in: root, audit: audit)
    services = try APISIXResource.all(.service, in: root, audit: audit)
    consumers = try APISIXResource.all(.consumer, in: root, audit: audit)
    groups = try APISIXResource.all(.consumerGroup, in: root, audit: audit)
    globalRules = try APISIXResource.all(.globalRule, in: root, audit: audit)
    pluginConfigs = try APISIXResource.all(.pluginConfig, in: root, audit: audit)
  }

  mutating func model() throws(ConfigurationError) -> GatewayModel {
    let plugins = try pluginsByPriority()
    for rule in globalRules {
      for plugin in plugins {
        let stages = try stages(of: plugin, in: [rule])
        draft.add("\(rule.name) \(plugin)", [LimitCase(stages: stages)])
      }
    }
    let cases = try casesOfRoutes()
    for plugin in plugins {
      var all: [LimitCase] = []
      for consumer in consumers { all += try self.cases(of: consumer, plugin: plugin) }
      for (match, owners) in cases { all.append(LimitCase(match: match, stages: try stages(of: plugin, in: owners))) }
      draft.add(plugin, all)
    }
    return draft.model(of: .apisix)
  }

  // MARK: Order

  private static let priorities: [String: Int64] = ["limit-conn": 1003, "limit-count": 1002, "limit-req": 1001]

  /// - Throws: `.unsupported` where `_meta.priority` says different things at different places.
  private func pluginsByPriority() throws(ConfigurationError) -> [String] {
    var priorities = Self.priorities
    for resource in routes + services + consumers + groups + globalRules + pluginConfigs {
      for plugin in APISIXResource.limitPlugins {
        guard let meta = try resource.plugins?.settings(plugin)?.settings("_meta"),
          let own = try meta.integer("priority", in: Int64(Int32.min)...Int64(Int32.max))
        else { continue }
        guard priorities[plugin] == Self.priorities[plugin] || priorities[plugin] == own else {
          throw ConfigurationError(
            .unsupported(feature: "different priorities of \(plugin)", instead: "one priority everywhere"),
            at: meta.place(of: "priority"))
        }
        priorities[plugin] = own
      }
    }
    return APISIXResource.limitPlugins.sorted { priorities[$0] ?? 0 > priorities[$1] ?? 0 }
  }

  /// Every route's cases, most specific first, each with the resources whose plugins it has, the strongest first.
  private func casesOfRoutes() throws(ConfigurationError) -> [(match: RequestMatch, owners: [APISIXResource])] {
    var result: [(rank: [Int64], match: RequestMatch, owners: [APISIXResource])] = []
    for (index, route) in routes.enumerated() {
      if try route.fields.integer("status", in: 0...1) == 0 {
        audit.ignore(route.name, at: route.fields.place, because: "the route is switched off")
        continue
      }
      let service = try services.referred(by: "service_id", of: route.fields, kind: "service")
      let config = try pluginConfigs.referred(by: "plugin_config_id", of: route.fields, kind: "plugin config")
      let owners = [route, config, service].compactMap { $0 }
      for one in try APISIXRoute(route.fields, service: service, audit: audit).cases {
        result.append((one.rank + [Int64(index)], one.match, owners))
      }
    }
    return result.sorted { $0.rank.lexicographicallyPrecedes($1.rank) }.map { ($0.match, $0.owners) }
  }

  // MARK: Rules

  private mutating func cases(
    of consumer: APISIXResource, plugin: String
  ) throws(ConfigurationError) -> [LimitCase] {
    let group = try groups.referred(by: "group_id", of: consumer.fields, kind: "consumer group")
    let owners = [consumer, group].compactMap { $0 }
    guard owners.contains(where: { $0.plugins?.value(plugin) != nil }) else { return [] }
    let match = RequestMatch([RequestMatch.Condition(.consumer, [.exact(consumer.id)])])
    return [LimitCase(match: match, stages: try stages(of: plugin, in: owners))]
  }

  /// What the first of the resources that has the plugin says.
  private mutating func stages(of plugin: String, in owners: [APISIXResource]) throws(ConfigurationError)
    -> [LimitStage]
  {
    guard let owner = owners.first(where: { $0.plugins?.value(plugin) != nil }), let plugins = owner.plugins,
      let fields = try plugins.settings(plugin)
    else { return [] }
    let place = plugins.place(of: plugin)
    guard let limit = try APISIXLimit(plugin, fields, at: place) else {
      noteOnce("\(plugin) of \(owner.name)", at: place, because: "it is switched off")
      return []
    }
    if let group = limit.group { try settle(group, limit, owner: owner.name) }
    if fields.has("sync_interval") {
      let remark = "counters are taken to be exact: between two synchronisations more may pass"
      noteOnce("sync_interval", at: fields.place(of: "sync_interval"), because: remark)
    }
    let name = limit.group.map { "limit-count group \($0)" } ?? "\(owner.name) \(plugin)"
    if !draft.counters.contains(where: { $0.name == name }) {
      let key = limit.key.parts.map(\.word).joined(separator: " and ")
      audit.use(
        limit.words, at: place, as: "\(owner.name), counted by \(key.isEmpty ? "nothing: all together" : key)")
    }
    let counter = draft.counter(LimitCounter(name: name, key: limit.key, scope: limit.scope))
    return [
      LimitStage([
        LimitRule(
          name: "\(owner.name) \(limit.words)", counter: counter, limiter: limit.limiter, status: limit.status,
          place: place)
      ])
    ]
  }

  private func noteOnce(_ setting: String, at place: ConfigurationPlace, because remark: String) {
    guard !audit.ignored.contains(where: { $0.place == place && $0.setting == setting }) else { return }
    audit.ignore(setting, at: place, because: remark)
  }

  /// - Throws: `.contradiction` where the group counts otherwise elsewhere, as APISIX refuses it.
  private mutating func settle(_ group: String, _ limit: APISIXLimit, owner: String) throws(ConfigurationError) {
    guard let first = settled[group] else {
      settled[group] = (limit, owner)
      return
    }
    let isSame =
      first.limit.limiter == limit.limiter && first.limit.key == limit.key && first.limit.status == limit.status
      && first.limit.scope == limit.scope
    guard isSame else {
      throw ConfigurationError(
        .contradiction("the limit-count group '\(group)' has other settings in \(first.owner)"), at: limit.place)
    }
  }
}
