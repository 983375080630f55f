import Scanning

/// Envoy's bootstrap, its file-based discovery resources, or a fragment of a connection manager, in YAML or JSON.
///
/// Read are the local rate limit filter with its descriptors and per-route overrides, adaptive concurrency and the
/// clusters' circuit breakers. Everything else is named in the audit by section.
/// - Source: gateway semantics §2.1 and §10.1; field names from the Envoy v3 API.
public struct EnvoyReader: GatewayReader {
  public init() {}

  public var product: GatewayProduct { .envoy }

  public func confidence(in text: String, named file: String) -> Int {
    if text.contains("type.googleapis.com/envoy.") { return 95 }
    if text.contains("static_resources") || text.contains("staticResources") { return 90 }
    if text.contains("envoy.filters.") || text.contains("http_connection_manager") { return 70 }
    return text.contains("circuit_breakers") && text.contains("clusters") ? 40 : 0
  }

  public func reading(
    of text: String, file: String, include: (String) -> [(path: String, text: String)]
  ) throws(ConfigurationError) -> GatewayReading {
    try reading(of: try ConfigurationFile.documents(text: text, file: file), file: file)
  }

  func reading(of documents: [ConfigurationNode], file: String) throws(ConfigurationError) -> GatewayReading {
    let audit = ConfigurationAudit()
    let resources = try EnvoyResources(documents, file: file, audit: audit)
    var model = EnvoyModel(resources, audit: audit)
    return audit.reading(try model.model()).withoutRepeats()
  }

  public func text(for proposal: LimitProposal) throws(NotExpressible) -> String {
    try EnvoyProposal(proposal).text()
  }
}
