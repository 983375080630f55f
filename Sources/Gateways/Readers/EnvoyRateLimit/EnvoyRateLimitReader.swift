import Scanning

/// The configuration of Envoy's rate limit service: one domain per document, a tree of descriptors.
///
/// Which descriptors a request carries is written on Envoy's routes, not here. Every chain of keys is taken to be sent
/// with every request that has the values; constants such as `generic_key` are taken to be on every route.
/// - Source: gateway semantics §2.2; the service's README, "Configuration".
public struct EnvoyRateLimitReader: GatewayReader {
  public init() {}

  public var product: GatewayProduct { .envoyRateLimit }

  public func confidence(in text: String, named file: String) -> Int {
    func has(_ key: String) -> Bool {
      text.hasPrefix("\(key):") || text.contains("\n\(key):") || text.contains("\"\(key)\"")
    }
    guard has("domain") else { return 0 }
    return has("descriptors") ? 90 : text.contains("requests_per_unit") ? 70 : 0
  }

  public func reading(
    of text: String, file: String, include: (String) -> [(path: String, text: String)]
  ) throws(ConfigurationError) -> GatewayReading {
    let audit = ConfigurationAudit()
    var model = EnvoyRateLimitModel(audit: audit)
    for document in try ConfigurationFile.documents(text: text, file: file) {
      try model.add(try EnvoyRateLimitDomain(try Settings(document, name: "configuration", file: file)))
    }
    return audit.reading(model.model).withoutRepeats()
  }

  public func text(for proposal: LimitProposal) throws(NotExpressible) -> String {
    try EnvoyRateLimitProposal(proposal).text()
  }
}
