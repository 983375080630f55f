import Scanning

/// The entities of a declarative configuration, with the references between them resolved.
struct KongEntities {
  struct Service {
    let name: String?
    let id: String?
    let isEnabled: Bool
    let place: ConfigurationPlace
  }
  struct Consumer {
    /// As Kong logs it.
    let username: String
    let names: [String]
    let place: ConfigurationPlace
  }
  struct Group {
    let name: String
    let id: String?
    /// Indexes of consumers.
    var members: [Int] = []
  }

  private(set) var services: [Service] = []
  private(set) var routes: [KongRoute] = []
  private(set) var consumers: [Consumer] = []
  private(set) var groups: [Group] = []
  private(set) var plugins: [KongPlugin] = []

  private let file: String
  private let audit: ConfigurationAudit
  private var waitingPlugins: [(settings: Settings, owner: KongScope)] = []
  private var waitingServices: [(route: Int, reference: Settings)] = []
  private var waitingMembers: [(group: Int, name: String, place: ConfigurationPlace)] = []
  private var waitingGroups: [(consumer: Int, name: String, place: ConfigurationPlace)] = []
  private var numbers: [String: [String: Int]] = [:]
  private var sharedConfigs: [String: Settings] = [:]
  /// Before version 3, a path with the characters of a pattern is one.
  private var guessesPatterns = false

  init(file: String, audit: ConfigurationAudit) {
    self.file = file
    self.audit = audit
  }

  private static let words = [
    "services", "routes", "consumers", "consumer_groups", "plugins", "_plugin_configs",
  ]
  private static let harmless = [
    "_format_version", "_transform", "_info", "_comment", "_workspace", "_ignore", "_konnect",
  ]

  mutating func add(_ document: ConfigurationNode) throws(ConfigurationError) {
    let document = try Settings(document, name: "configuration", file: file)
    try document.refuseNearMisses(of: Self.words, harmless: Self.harmless)
    if let version = try document.text("_format_version") {
      guessesPatterns = version.hasPrefix("1") || version.hasPrefix("2")
    }
    if let shared = try document.settings("_plugin_configs") {
      for entry in shared.entries {
        sharedConfigs[entry.key] = try Settings(entry.value, name: entry.key, file: file)
      }
    }
    for service in try document.settingsList("services") { try addService(service) }
    for route in try document.settingsList("routes") { try addRoute(route, of: nil) }
    for consumer in try document.settingsList("consumers") { try addConsumer(consumer) }
    for group in try document.settingsList("consumer_groups") { try addGroup(group) }
    for plugin in try document.settingsList("plugins") { waitingPlugins.append((plugin, KongScope())) }
    for entry in document.entries where !Self.words.contains(entry.key) && !Self.harmless.contains(entry.key)
    {
      audit.ignore(entry.key, at: document.place(of: entry.key), because: "does not limit")
    }
  }

  /// Resolves what could refer to something further down.
  mutating func finish() throws(ConfigurationError) {
    numbers["service"] = Self.numbers(services.map { [$0.name, $0.id] })
    numbers["route"] = Self.numbers(routes.map { [$0.name, $0.id] })
    numbers["consumer"] = Self.numbers(consumers.map(\.names))
    numbers["consumer_group"] = Self.numbers(groups.map { [$0.name, $0.id] })
    for (route, reference) in waitingServices {
      routes[route].service = try find("service", in: reference)
    }
    for (group, name, place) in waitingMembers {
      groups[group].members.append(try find(name, "consumer", at: place))
    }
    for (consumer, name, place) in waitingGroups {
      groups[try find(name, "consumer_group", at: place)].members.append(consumer)
    }
    for (settings, owner) in waitingPlugins {
      if let plugin = try plugin(settings, owner) { plugins.append(plugin) }
    }
  }

  private mutating func addService(_ service: Settings) throws(ConfigurationError) {
    try service.refuseNearMisses(of: ["name", "routes", "plugins", "enabled"])
    let index = services.count
    services.append(
      Service(
        name: try service.text("name"), id: try service.text("id"),
        isEnabled: try service.flag("enabled") ?? true,
        place: service.place))
    for route in try service.settingsList("routes") { try addRoute(route, of: index) }
    for plugin in try service.settingsList("plugins") {
      waitingPlugins.append((plugin, KongScope(service: index)))
    }
  }

  private mutating func addRoute(_ route: Settings, of service: Int?) throws(ConfigurationError) {
    let index = routes.count
    routes.append(try KongRoute(route, service: service, guessesPatterns: guessesPatterns, audit: audit))
    if service == nil, route.value("service") != nil { waitingServices.append((index, route)) }
    for plugin in try route.settingsList("plugins") {
      waitingPlugins.append((plugin, KongScope(route: index)))
    }
  }

  private mutating func addConsumer(_ consumer: Settings) throws(ConfigurationError) {
    try consumer.refuseNearMisses(of: ["username", "custom_id", "groups", "plugins"])
    let index = consumers.count
    let (username, custom, id) = (
      try consumer.text("username"), try consumer.text("custom_id"), try consumer.text("id")
    )
    guard let name = username ?? custom ?? id else { throw consumer.missing("username") }
    consumers.append(
      Consumer(username: name, names: [username, custom, id].compactMap { $0 }, place: consumer.place))
    for group in try consumer.list("groups") {
      waitingGroups.append((index, try referredName(of: group, key: "groups"), group.place(in: file)))
    }
    for plugin in try consumer.settingsList("plugins") {
      waitingPlugins.append((plugin, KongScope(consumer: index)))
    }
  }

  private mutating func addGroup(_ group: Settings) throws(ConfigurationError) {
    try group.refuseNearMisses(of: ["name", "consumers", "plugins"])
    let index = groups.count
    guard let name = try group.firstText(of: ["name", "id"]) else { throw group.missing("name") }
    groups.append(Group(name: name, id: try group.text("id")))
    for consumer in try group.list("consumers") {
      waitingMembers.append(
        (index, try referredName(of: consumer, key: "consumers"), consumer.place(in: file)))
    }
    for plugin in try group.settingsList("plugins") {
      waitingPlugins.append((plugin, KongScope(group: index)))
    }
  }

  /// The name in a reference: a text, or `{name: …}`, `{id: …}`, `{username: …}`.
  private func referredName(of node: ConfigurationNode, key: String) throws(ConfigurationError) -> String {
    if case .scalar(let scalar) = node.value { return scalar.text }
    let settings = try Settings(node, name: key, file: file)
    guard let name = try settings.firstText(of: ["name", "username", "id", "custom_id"]) else {
      throw settings.missing("name")
    }
    return name
  }

  /// Entities by every name they go by; the first of a name counts.
  private static func numbers(_ names: [[String?]]) -> [String: Int] {
    var result: [String: Int] = [:]
    for (number, names) in names.enumerated() {
      for case let name? in names where result[name] == nil { result[name] = number }
    }
    return result
  }

  private func find(_ key: String, in settings: Settings) throws(ConfigurationError) -> Int? {
    guard let node = settings.value(key) else { return nil }
    return try find(try referredName(of: node, key: key), key, at: node.place(in: file))
  }

  /// - Parameter key: `service`, `route`, `consumer` or `consumer_group`.
  private func find(_ name: String, _ key: String, at place: ConfigurationPlace) throws(ConfigurationError)
    -> Int
  {
    if let number = numbers[key]?[name] { return number }
    let known = (numbers[key] ?? [:]).keys.sorted()
    let kind = key == "consumer_group" ? "consumer group" : key
    throw ConfigurationError(
      .unknownReference(name, kind: kind, nearest: NearestWord.nearest(to: name, among: known)), at: place)
  }

  private static let pluginFields = [
    "name", "instance_name", "enabled", "config", "_config", "protocols", "tags", "id", "created_at",
    "updated_at",
    "ordering", "condition", "service", "route", "consumer", "consumer_group", "run_on", "partials",
    "_comment",
  ]

  private func plugin(_ settings: Settings, _ owner: KongScope) throws(ConfigurationError) -> KongPlugin? {
    guard let name = try settings.text("name") else { throw settings.missing("name") }
    guard let kind = KongPlugin.Kind(rawValue: name) else {
      if let meant = KongPlugin.Kind.allCases.first(where: { NearestWord.distance($0.rawValue, name) <= 2 }) {
        throw ConfigurationError(
          .unknownWord(name, kind: "plugin", nearest: meant.rawValue), at: settings.place(of: "name"))
      }
      let counts = [
        "ai-rate-limiting-advanced", "graphql-rate-limiting-advanced", "response-ratelimiting",
        "service-protection",
      ]
      audit.ignore(
        "plugin \(name)", at: settings.place,
        because: counts.contains(name)
          ? "it counts what the log does not have" : "does not limit the rate of requests")
      return nil
    }
    try settings.expectOnly(Self.pluginFields)
    guard try settings.flag("enabled") ?? true else {
      audit.ignore("plugin \(name)", at: settings.place, because: "it is not enabled")
      return nil
    }
    if settings.value("condition") != nil {
      throw ConfigurationError(
        .unsupported(feature: "a condition on a plugin", instead: "routes of their own"),
        at: settings.place(of: "condition"))
    }
    var scope = owner
    scope.service = try find("service", in: settings) ?? scope.service
    scope.route = try find("route", in: settings) ?? scope.route
    scope.consumer = try find("consumer", in: settings) ?? scope.consumer
    scope.group = try find("consumer_group", in: settings) ?? scope.group
    var config = try settings.settings("config")
    if let shared = try settings.text("_config") {
      guard let found = sharedConfigs[shared] else {
        throw ConfigurationError(
          .unknownReference(
            shared, kind: "plugin configuration",
            nearest: NearestWord.nearest(to: shared, among: sharedConfigs.keys.sorted())),
          at: settings.place(of: "_config"))
      }
      config = try config?.over(found) ?? found
    }
    guard let config else { throw settings.missing("config") }
    return KongPlugin(kind: kind, scope: scope, config: config, place: settings.place, number: plugins.count)
  }
}

extension Settings {
  fileprivate func firstText(of keys: [String]) throws(ConfigurationError) -> String? {
    for key in keys { if let text = try text(key) { return text } }
    return nil
  }

  /// These settings, and of others those that are not set here.
  fileprivate func over(_ others: Settings) throws(ConfigurationError) -> Settings {
    let added = others.entries.filter { !has($0.key) }
    return try Settings(ConfigurationNode(.mapping(entries + added), at: node.place), name: name, file: file)
  }
}
