import Scanning
import Traffic

/// Spring Cloud Gateway's `application.yml`: the `RequestRateLimiter` filters of its routes.
///
/// The counters are in Redis, one per route and key, shared by all gateways. Routes apply in order of `order`, then of
/// the file; default filters come beside a route's own, the first of both before the second of both.
/// - Source: spring-cloud-gateway, `RequestRateLimiterGatewayFilterFactory`, `RedisRateLimiter`,
///   `RouteDefinitionRouteLocator`; Spring Boot documentation, *Externalized Configuration*.
public struct SpringCloudGatewayReader: GatewayReader {
  public init() {}

  public var product: GatewayProduct { .springCloudGateway }

  /// Where the gateway's properties are, the current name first.
  static let prefixes = ["spring.cloud.gateway.server.webflux", "spring.cloud.gateway"]

  public func confidence(in text: String, named file: String) -> Int {
    guard text.contains("gateway") else { return 0 }
    if text.contains("RequestRateLimiter") { return 90 }
    let isSpring = text.contains("spring:") || text.contains("spring.cloud")
    guard isSpring, text.contains("cloud") else { return 0 }
    return text.contains("predicates") || text.contains("default-filters") ? 90 : 60
  }

  public func reading(of text: String, file: String, include: (String) -> [(path: String, text: String)])
    throws(ConfigurationError) -> GatewayReading
  {
    try reading(of: ConfigurationFile.documents(text: text, file: file), file: file)
  }

  /// Reads the documents of an `application.yml` that are trees already.
  func reading(of documents: [ConfigurationNode], file: String) throws(ConfigurationError) -> GatewayReading {
    let audit = ConfigurationAudit()
    let properties = SpringProperties(documents: Self.inForce(documents, file: file, audit: audit))
    try SpringSections(file: file, audit: audit).note(properties)
    var draft = ModelDraft()
    var limits = SpringLimits(file: file, properties: properties, audit: audit)
    let cases = try limits.cases(draft: &draft)
    draft.add(SpringRateLimiter.name, cases)
    return audit.reading(draft.model(of: product))
  }

  /// Documents without those for profiles that nobody said are active.
  private static func inForce(
    _ documents: [ConfigurationNode], file: String, audit: ConfigurationAudit
  ) -> [ConfigurationNode] {
    documents.filter { document in
      let own = SpringProperties(documents: [document])
      for condition in [
        "spring.config.activate.on-profile", "spring.config.activate.on-cloud-platform", "spring.profiles",
      ] {
        guard let entry = own.entry(condition) else { continue }
        if condition == "spring.profiles", case .mapping = entry.value.value { continue }
        let place = entry.place(in: file)
        audit.ignore("document for a profile", at: place, because: "no profile is taken to be active")
        return false
      }
      return true
    }
  }
}
