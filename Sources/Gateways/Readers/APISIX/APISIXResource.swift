import Scanning

/// One resource that may have plugins.
struct APISIXResource {
  enum Kind: String {
    case route, service, consumer
    case consumerGroup = "consumer group"
    case globalRule = "global rule"
    case pluginConfig = "plugin config"

    /// The list that holds resources of the kind.
    var list: String {
      switch self {
      case .route: "routes"
      case .service: "services"
      case .consumer: "consumers"
      case .consumerGroup: "consumer_groups"
      case .globalRule: "global_rules"
      case .pluginConfig: "plugin_configs"
      }
    }

    /// Every field that APISIX takes beside the common ones.
    fileprivate var fields: [String] {
      switch self {
      case .route:
        [
          "uri", "uris", "host", "hosts", "methods", "priority", "plugins", "plugin_config_id", "service_id",
          "status",
          "vars", "remote_addr", "remote_addrs", "filter_func", "upstream", "upstream_id", "timeout",
          "enable_websocket", "script", "script_id", "service_protocol",
        ]
      case .service: ["plugins", "upstream", "upstream_id", "hosts", "enable_websocket", "script"]
      case .consumer: ["username", "group_id", "plugins", "auth_conf"]
      case .consumerGroup, .globalRule, .pluginConfig: ["plugins"]
      }
    }
  }

  let kind: Kind
  let id: String
  let fields: Settings
  let plugins: Settings?

  /// `route users`, as messages and counters call it.
  var name: String { "\(kind.rawValue) \(id)" }

  private static let common = ["id", "name", "desc", "labels", "create_time", "update_time"]
  static let limitPlugins = ["limit-conn", "limit-count", "limit-req"]
  private static let unsimulated = ["workflow", "graphql-limit-count", "ai-rate-limiting", "limit-count-advanced"]

  /// Every resource of a kind, in file order.
  /// - Throws: `.unknownWord` for a field that APISIX does not take, and for a plugin that is nearly one that limits.
  static func all(_ kind: Kind, in root: Settings, audit: ConfigurationAudit) throws(ConfigurationError)
    -> [APISIXResource]
  {
    var result: [APISIXResource] = []
    for (index, fields) in try root.settingsList(kind.list).enumerated() {
      let identity = kind == .consumer ? try fields.text("username") : try fields.text("id")
      let label = try fields.text("name")
      let resource = APISIXResource(
        kind: kind, id: identity ?? label ?? String(index + 1), fields: fields,
        plugins: try fields.settings("plugins"))
      try fields.expectOnly(kind.fields + common)
      try resource.notePlugins(audit)
      result.append(resource)
    }
    return result
  }

  private func notePlugins(_ audit: ConfigurationAudit) throws(ConfigurationError) {
    guard let plugins else { return }
    try plugins.refuseNearMisses(of: Self.limitPlugins)
    for name in Self.unsimulated where plugins.has(name) {
      audit.ignore(name, at: plugins.place(of: name), because: "what it limits is not simulated")
    }
    let others = plugins.entries.map(\.key).filter {
      !Self.limitPlugins.contains($0) && !Self.unsimulated.contains($0)
    }
    guard let first = others.first else { return }
    audit.ignore("plugins \(others.joined(separator: ", "))", at: plugins.place(of: first), because: "limit no rate")
  }
}

extension [APISIXResource] {
  /// The resource that another refers to; nil where it refers to none.
  /// - Throws: `.unknownReference`.
  func referred(by key: String, of owner: Settings, kind: String) throws(ConfigurationError) -> APISIXResource? {
    guard let id = try owner.text(key) else { return nil }
    guard let found = first(where: { $0.id == id }) else {
      throw ConfigurationError(
        .unknownReference(id, kind: kind, nearest: NearestWord.nearest(to: id, among: map(\.id))),
        at: owner.place(of: key))
    }
    return found
  }
}
