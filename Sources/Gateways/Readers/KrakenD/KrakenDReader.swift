import Scanning

/// `krakend.json`: limits of the service, of endpoints (all callers and each) and of backends.
///
/// A request meets the service's limiter, the endpoint's limiter per client, then the endpoint's own, then those of
/// its backends. All counters are in the memory of one instance.
/// - Source: krakend-ratelimit, `router/router.go`, `router/gin/gin.go`, `proxy/proxy.go`; KrakenD documentation, *Rate
///   limiting*.
public struct KrakenDReader: GatewayReader {
  public init() {}

  public var product: GatewayProduct { .krakend }

  public func confidence(in text: String, named file: String) -> Int {
    guard text.contains("\"endpoints\"") else { return 0 }
    if text.contains("krakend.io/schema") { return 95 }
    if text.contains("\"url_pattern\"") || text.contains("\"qos/ratelimit/") { return 90 }
    if text.contains("krakend-ratelimit") { return 85 }
    return text.contains("\"endpoint\"") && text.contains("\"backend\"") ? 70 : 0
  }

  public func reading(of text: String, file: String, include: (String) -> [(path: String, text: String)])
    throws(ConfigurationError) -> GatewayReading
  {
    try reading(of: ConfigurationFile.document(text: text, file: file), file: file)
  }

  /// Reads a `krakend.json` that is a tree already.
  func reading(of root: ConfigurationNode, file: String) throws(ConfigurationError) -> GatewayReading {
    let audit = ConfigurationAudit()
    let settings = try Settings(root, name: "krakend.json", file: file)
    try settings.ignoreAllBut(["endpoints", "extra_config"], audit: audit, because: "limits no rate")
    var draft = ModelDraft()

    let service = try KrakenDLimits(in: settings, of: .service, audit: audit)
    let rules = try service.rules(named: "service", draft: &draft, audit: audit)
    draft.add("qos/ratelimit/service", [LimitCase(stages: rules.map { LimitStage([$0]) })])

    var endpoints: [KrakenDEndpoint] = []
    for element in try settings.settingsList("endpoints") { endpoints.append(try KrakenDEndpoint(element)) }
    endpoints = KrakenDEndpoint.inOrderOfMatching(endpoints)
    var (router, proxy): ([LimitCase], [LimitCase]) = ([], [])
    for endpoint in endpoints {
      router.append(LimitCase(match: endpoint.match, stages: try endpoint.ownStages(draft: &draft, audit: audit)))
      proxy.append(LimitCase(match: endpoint.match, stages: try endpoint.backendStages(draft: &draft, audit: audit)))
    }
    draft.add("qos/ratelimit/router", router)
    draft.add("qos/ratelimit/proxy", proxy)
    return audit.reading(draft.model(of: product))
  }
}
