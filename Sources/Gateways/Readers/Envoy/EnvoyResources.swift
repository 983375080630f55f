import Scanning

/// The parts of Envoy's documents that may limit: connection managers, clusters, and runtime values.
///
/// A document is a bootstrap (`static_resources`), a discovery file (`resources`), or what people keep as a fragment:
/// the settings of one connection manager (`http_filters`, `route_config`).
struct EnvoyResources {
  private(set) var managers: [EnvoyConnectionManager] = []
  private(set) var clusters: [Settings] = []
  /// Values of static runtime layers by dotted key; a later layer wins.
  private(set) var runtime: [String: String] = [:]

  private var routeConfigurations: [String: Settings] = [:]
  private let file: String
  private let audit: ConfigurationAudit

  init(_ documents: [ConfigurationNode], file: String, audit: ConfigurationAudit) throws(ConfigurationError) {
    self.file = file
    self.audit = audit
    for document in documents {
      try readRuntime(try Settings(document, name: "bootstrap", file: file).snakeCased())
    }
    var waiting: [Settings] = []
    for document in documents {
      try gather(try Settings(document, name: "bootstrap", file: file).snakeCased(), managers: &waiting)
    }
    for (number, settings) in waiting.enumerated() {
      managers.append(
        try EnvoyConnectionManager(
          settings, number: number, routeConfigurations: routeConfigurations, audit: audit))
    }
  }

  private static let bootstrapWords = [
    "static_resources", "resources", "http_filters", "route_config", "layered_runtime", "admin", "node",
    "dynamic_resources", "version_info",
  ]

  private mutating func gather(_ document: Settings, managers: inout [Settings]) throws(ConfigurationError) {
    try document.refuseNearMisses(of: Self.bootstrapWords)
    if document.has("http_filters") || document.has("route_config") { managers.append(document) }
    if let resources = try document.settings("static_resources")?.snakeCased() {
      try resources.refuseNearMisses(of: ["listeners", "clusters", "secrets"])
      for listener in try resources.settingsList("listeners") {
        try gatherListener(listener, into: &managers)
      }
      for cluster in try resources.settingsList("clusters") { clusters.append(try cluster.snakeCased()) }
    }
    for resource in try document.settingsList("resources") {
      try gatherResource(resource, managers: &managers)
    }
    for key in ["admin", "dynamic_resources", "tracing", "stats_sinks", "overload_manager"]
    where document.has(key) {
      let remark =
        key == "dynamic_resources" ? "what a control plane sends is not in this file" : "does not limit"
      audit.ignore(key, at: document.place(of: key), because: remark)
    }
  }

  private mutating func gatherResource(_ resource: Settings, managers: inout [Settings])
    throws(ConfigurationError)
  {
    let type = try resource.text("@type") ?? ""
    if type.hasSuffix(".Listener") {
      try gatherListener(resource, into: &managers)
    } else if type.hasSuffix(".Cluster") {
      clusters.append(try resource.snakeCased())
    } else if type.hasSuffix(".RouteConfiguration"), let name = try resource.text("name") {
      routeConfigurations[name] = try resource.snakeCased()
    } else {
      audit.ignore("resource \(type)", at: resource.place, because: "does not limit")
    }
  }

  private func gatherListener(_ listener: Settings, into managers: inout [Settings])
    throws(ConfigurationError)
  {
    let listener = try listener.snakeCased()
    try listener.refuseNearMisses(
      of: ["filter_chains", "default_filter_chain"], harmless: ["filter_chain_matcher"])
    var chains = try listener.settingsList("filter_chains")
    if let last = try listener.settings("default_filter_chain") { chains.append(last) }
    for chain in chains {
      let chain = try chain.snakeCased()
      try chain.refuseNearMisses(of: ["filters"])
      for filter in try chain.settingsList("filters") { try gatherFilter(filter, into: &managers) }
    }
  }

  private func gatherFilter(_ filter: Settings, into managers: inout [Settings]) throws(ConfigurationError) {
    let filter = try filter.snakeCased()
    try filter.refuseNearMisses(of: ["name", "typed_config"])
    let name = try filter.text("name") ?? ""
    let config = try filter.settings("typed_config")
    let type = try config?.text("@type") ?? ""
    guard let config, type.hasSuffix(".HttpConnectionManager") || name.hasSuffix("http_connection_manager")
    else {
      audit.ignore(
        "filter \(name)", at: filter.place,
        because: "no HTTP connection manager: its requests are not limited")
      return
    }
    managers.append(try config.snakeCased())
  }

  private mutating func readRuntime(_ document: Settings) throws(ConfigurationError) {
    guard let layered = try document.settings("layered_runtime") else { return }
    for layer in try layered.settingsList("layers") {
      guard let values = try layer.snakeCased().value("static_layer") else {
        audit.ignore(
          "runtime layer", at: layer.place, because: "its values are not in this file; defaults are used")
        continue
      }
      flatten(values, under: "", depth: 0)
    }
  }

  private mutating func flatten(_ node: ConfigurationNode, under path: String, depth: Int) {
    switch node.value {
    case .scalar(let scalar): runtime[path] = scalar.text
    case .mapping(let entries) where depth < 16:
      for entry in entries {
        flatten(entry.value, under: path.isEmpty ? entry.key : path + "." + entry.key, depth: depth + 1)
      }
    default: break
    }
  }
}

extension Settings {
  /// Protobuf reads `maxTokens` for `max_tokens`; from here on only the latter is looked for.
  func snakeCased() throws(ConfigurationError) -> Settings {
    try renamed { key in
      guard key.utf8.allSatisfy({ UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20 || 48...57 ~= $0 })
      else { return key }
      guard key.utf8.first.map({ $0 >= UInt8(ascii: "a") }) == true else { return key }
      return key.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
    }
  }

  /// The message of a key, its fields in the manual's spelling.
  func message(_ key: String) throws(ConfigurationError) -> Settings? { try settings(key)?.snakeCased() }

  /// A protobuf duration in µs.
  func duration(_ key: String) throws(ConfigurationError) -> Int64? {
    guard let text = try text(key) else { return nil }
    guard let duration = ExactDuration.protobuf(text) else {
      throw bad(key, expected: "a duration in seconds, such as 1s or 0.25s, no finer than a microsecond")
    }
    return duration
  }
}
