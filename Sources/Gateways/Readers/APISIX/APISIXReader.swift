import Scanning

/// Apache APISIX's `apisix.yaml` (standalone), or the `config.yaml` beside it, which limits nothing.
///
/// Global rules run first. Then each of `limit-conn`, `limit-count`, `limit-req`, in the order of their priorities, runs
/// with the settings of the consumer, else its group, the route, the route's plugin config, the route's service. State
/// belongs to the resource that has the plugin.
/// - Source: apisix, `plugin.lua`, `plugins/limit-{conn,count,req}`, `utils/router.lua`.
public struct APISIXReader: GatewayReader {
  public init() {}

  public var product: GatewayProduct { .apisix }

  static let resources = [
    "routes", "services", "consumers", "consumer_groups", "global_rules", "plugin_configs", "upstreams", "ssls",
    "plugins", "plugin_metadata", "stream_routes", "protos", "secrets", "credentials",
  ]

  public func confidence(in text: String, named file: String) -> Int {
    let mentionsLimits = ["limit-req:", "limit-count:", "limit-conn:"].contains(where: text.contains)
    if text.contains("\n#END"), text.contains("routes:") || mentionsLimits { return 95 }
    if text.contains("\n#END") { return 60 }
    if text.contains("config_provider:"), text.contains("deployment:") { return 85 }
    if mentionsLimits { return 70 }
    return text.contains("plugin_configs:") || text.contains("global_rules:") ? 60 : 0
  }

  public func reading(of text: String, file: String, include: (String) -> [(path: String, text: String)])
    throws(ConfigurationError) -> GatewayReading
  {
    let root = try ConfigurationFile.document(text: text, file: file)
    return try reading(of: root, file: file, hasEndMark: Self.hasEndMark(text))
  }

  /// Reads an `apisix.yaml` that is a tree already.
  /// - Throws: `.missing` for resources without `#END`: APISIX does not load such a file.
  func reading(
    of root: ConfigurationNode, file: String, hasEndMark: Bool = true
  ) throws(ConfigurationError) -> GatewayReading {
    let audit = ConfigurationAudit()
    let settings = try Settings(root, name: "apisix.yaml", file: file)
    let used = ["routes", "services", "consumers", "consumer_groups", "global_rules", "plugin_configs"]
    try settings.ignoreAllBut(used, harmless: Self.resources, audit: audit, because: "limits no rate")
    if !hasEndMark, settings.entries.contains(where: { Self.resources.contains($0.key) && $0.key != "plugins" }) {
      throw ConfigurationError(.missing(setting: "#END", within: "the last line of the file"), at: settings.place)
    }
    var limits = try APISIXLimits(settings, audit: audit)
    return audit.reading(try limits.model())
  }

  /// JSON needs none.
  private static func hasEndMark(_ text: String) -> Bool {
    if text.drop(while: \.isWhitespace).first == "{" { return true }
    return text.split(whereSeparator: \.isNewline).contains { $0.hasPrefix("#END") }
  }
}
