import Scanning

/// Kong's declarative configuration (decK, Ingress Controller and Konnect dumps) in YAML or JSON.
///
/// Read are the plugins `rate-limiting` and `rate-limiting-advanced` in every scope, and the services, routes, consumers
/// and groups that decide which one of them applies to a request.
/// - Source: gateway semantics §3; Kong documentation, "Plugin precedence", "Routes".
public struct KongReader: GatewayReader {
  public init() {}

  public var product: GatewayProduct { .kong }

  public func confidence(in text: String, named file: String) -> Int {
    if text.contains("_format_version") { return 95 }
    if text.contains("konghq.com") { return 60 }
    let hasPlugins = Self.hasKey("plugins", in: text) || Self.hasNamedPlugins(text)
    if hasPlugins && (text.contains("name: rate-limiting") || text.contains("\"rate-limiting")) { return 90 }
    let hasEntities = ["services", "consumers", "consumer_groups", "upstreams"].contains {
      Self.hasKey($0, in: text)
    }
    if hasEntities && (Self.hasNamedPlugins(text) || text.contains("\nupstreams:")) { return 60 }
    return Self.hasNamedPlugins(text) ? 40 : 0
  }

  /// Whether plugins are a list by name, as in Kong only; elsewhere they are settings by name.
  private static func hasNamedPlugins(_ text: String) -> Bool {
    var follows = false
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
      let line = line.drop { $0 == UInt8(ascii: " ") }
      if follows, line.starts(with: "- name:".utf8) || line.starts(with: "- config:".utf8) { return true }
      follows = line.elementsEqual("plugins:".utf8)
    }
    return false
  }

  /// Whether a line at the margin, or a JSON key, has the name.
  private static func hasKey(_ key: String, in text: String) -> Bool {
    text.hasPrefix("\(key):") || text.contains("\n\(key):") || text.contains("\"\(key)\"")
  }

  public func reading(
    of text: String, file: String, include: (String) -> [(path: String, text: String)]
  ) throws(ConfigurationError) -> GatewayReading {
    let audit = ConfigurationAudit()
    var entities = KongEntities(file: file, audit: audit)
    for document in try ConfigurationFile.documents(text: text, file: file) { try entities.add(document) }
    try entities.finish()
    var model = KongModel(entities, audit: audit)
    return audit.reading(try model.model()).withoutRepeats()
  }

  public func text(for proposal: LimitProposal) throws(NotExpressible) -> String {
    try KongProposal(proposal).text()
  }
}
