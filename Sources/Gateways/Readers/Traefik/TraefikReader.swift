import Scanning

/// Traefik's dynamic and static configuration in YAML, TOML or JSON, and its Kubernetes resources (versions 2 and 3).
///
/// Read are the middlewares `rateLimit`, `inFlightReq` and `chain`, the routers that name them, and the entry points'
/// default middlewares.
/// - Source: gateway semantics §5.1 and §5.2; Traefik reference, "Middlewares" and "Routers".
public struct TraefikReader: GatewayReader {
  public init() {}

  public var product: GatewayProduct { .traefik }

  public func confidence(in text: String, named file: String) -> Int {
    if text.contains("traefik.io/v1alpha1") || text.contains("traefik.containo.us/v1alpha1") { return 95 }
    let words = text.lowercased()
    if words.contains("[http.routers") || words.contains("[http.middlewares")
      || words.contains("[entrypoints")
    {
      return 95
    }
    let hasRules = ["routers:", "middlewares:", "\"routers\"", "\"middlewares\""].contains {
      words.contains($0)
    }
    let hasHTTP = words.hasPrefix("http:") || words.contains("\nhttp:") || words.contains("\"http\"")
    if hasRules && hasHTTP { return 90 }
    if words.contains("entrypoints:") || words.contains("\"entrypoints\"") { return 85 }
    return words.contains("[frontends") ? 60 : 0
  }

  public func reading(
    of text: String, file: String, include: (String) -> [(path: String, text: String)]
  ) throws(ConfigurationError) -> GatewayReading {
    let audit = ConfigurationAudit()
    var configuration = TraefikConfiguration(file: file, audit: audit)
    for document in try ConfigurationFile.documents(text: text, file: file) {
      try configuration.add(document)
    }
    var model = TraefikModel(configuration, audit: audit)
    return audit.reading(try model.model()).withoutRepeats()
  }

  public func text(for proposal: LimitProposal) throws(NotExpressible) -> String {
    try TraefikProposal(proposal).text()
  }
}

extension Settings {
  /// Traefik reads names in any case; from here on only the manual's spelling is looked for.
  func spelled(_ words: [String]) throws(ConfigurationError) -> Settings {
    try renamed { key in words.first { $0.lowercased() == key.lowercased() } ?? key }
  }

  /// The settings of a key, their names in the manual's spelling.
  func settings(_ key: String, spelled words: [String]) throws(ConfigurationError) -> Settings? {
    try settings(key)?.spelled(words)
  }
}
