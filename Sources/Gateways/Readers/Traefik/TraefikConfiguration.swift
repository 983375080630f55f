import Scanning

/// What Traefik's documents define, by qualified name (`name@provider`).
struct TraefikConfiguration {
  private(set) var middlewares: [String: TraefikMiddleware] = [:]
  /// In the order in which they are written.
  private(set) var middlewareNames: [String] = []
  private(set) var routers: [TraefikRouter] = []
  /// Default middlewares by entry point, in file order.
  private(set) var entryPoints: [(name: String, middlewares: [TraefikReference])] = []
  /// Whether the file says which middlewares its provider has, so that another is a mistake.
  private(set) var definingProviders: Set<String> = []
  let file: String
  private let audit: ConfigurationAudit

  init(file: String, audit: ConfigurationAudit) {
    self.file = file
    self.audit = audit
  }

  private static let staticWords = [
    "global", "serversTransport", "tcpServersTransport", "entryPoints", "providers", "api", "metrics", "ping",
    "log",
    "accessLog", "tracing", "hostResolver", "certificatesResolvers", "experimental", "core", "spiffe", "ocsp",
    "pilot",
    "hub",
  ]
  private static let dynamicWords = ["http", "tcp", "udp", "tls"]

  mutating func add(_ document: ConfigurationNode) throws(ConfigurationError) {
    let words = Self.staticWords + Self.dynamicWords + ["kind", "apiVersion"]
    let document = try Settings(document, name: "configuration", file: file).spelled(words)
    if document.has("apiVersion"), document.has("kind") { return try addResource(document) }
    try refuseVersion1(document)
    try document.refuseNearMisses(of: ["http", "entryPoints"])
    if let http = try document.settings("http", spelled: TraefikWords.http) { try addHTTP(http) }
    if let points = try document.settings("entryPoints") { try addEntryPoints(points) }
    for entry in document.entries where entry.key != "http" && entry.key != "entryPoints" {
      audit.ignore(entry.key, at: document.place(of: entry.key), because: "does not limit HTTP requests")
    }
  }

  private func refuseVersion1(_ document: Settings) throws(ConfigurationError) {
    guard let frontends = document.value("frontends"), case .mapping(let entries) = frontends.value else {
      return
    }
    for entry in entries where entry.value["ratelimit"] != nil || entry.value["rateLimit"] != nil {
      throw ConfigurationError(
        .unsupported(
          feature: "rate limits of Traefik 1", instead: "a rateLimit middleware of Traefik 2 or 3"),
        at: entry.place(in: file))
    }
  }

  private mutating func addHTTP(_ http: Settings) throws(ConfigurationError) {
    try http.expectOnly(TraefikWords.http)
    if http.has("middlewares") || http.has("routers") { definingProviders.insert("file") }
    if let found = try http.settings("middlewares") {
      for entry in found.entries {
        let settings = try Settings(entry.value, name: entry.key, file: file)
        try define(entry.key + "@file", settings, namespace: nil, at: found.place(of: entry.key))
      }
    }
    if let found = try http.settings("routers") {
      for entry in found.entries {
        routers.append(
          try TraefikRouter(named: entry.key, Settings(entry.value, name: entry.key, file: file)))
      }
    }
    for key in ["services", "serversTransports", "models"] where http.has(key) {
      audit.ignore("http.\(key)", at: http.place(of: key), because: "does not limit")
    }
  }

  private mutating func define(
    _ name: String, _ settings: Settings, namespace: String?, at place: ConfigurationPlace
  ) throws(ConfigurationError) {
    middlewares[name] = try TraefikMiddleware(name, settings, namespace: namespace, place: place)
    middlewareNames.append(name)
  }

  private mutating func addEntryPoints(_ points: Settings) throws(ConfigurationError) {
    for entry in points.entries {
      let point = try Settings(entry.value, name: entry.key, file: file).spelled(["http", "address"])
      try point.refuseNearMisses(of: ["http"], harmless: ["http2", "http3"])
      var references: [TraefikReference] = []
      if let http = try point.settings("http", spelled: ["middlewares"]) {
        try http.refuseNearMisses(of: ["middlewares"])
        references = try TraefikReference.references("middlewares", of: http, namespace: nil)
      }
      entryPoints.append((entry.key, references))
    }
    audit.ignore("entryPoints", at: points.place, because: "only their http.middlewares limit")
  }

  /// A Kubernetes resource; those of other programs are none of Traefik's business.
  private mutating func addResource(_ resource: Settings) throws(ConfigurationError) {
    let metadata = try resource.settings("metadata")
    let name = try metadata?.text("name") ?? ""
    let namespace = try metadata?.text("namespace") ?? "default"
    switch try resource.text("kind") {
    case "Middleware":
      definingProviders.insert("kubernetescrd")
      let spec = try resource.settings("spec") ?? resource
      try define("\(namespace)-\(name)@kubernetescrd", spec, namespace: namespace, at: resource.place)
    case "IngressRoute":
      let spec = try resource.settings("spec") ?? resource
      try spec.refuseNearMisses(of: ["routes", "entryPoints"])
      for route in try spec.settingsList("routes") {
        routers.append(
          try TraefikRouter(route, of: name, namespace: namespace, entryPoints: try spec.texts("entryPoints"))
        )
      }
    case let kind:
      audit.ignore("\(kind ?? "resource") \(name)", at: resource.place, because: "does not limit")
    }
  }
}

/// Traefik's words, as its manual spells them.
enum TraefikWords {
  static let http = ["routers", "services", "middlewares", "serversTransports", "models"]
  static let router = [
    "entryPoints", "middlewares", "service", "rule", "ruleSyntax", "priority", "tls", "observability",
    "parentRefs",
  ]
  static let ingressRoute = [
    "match", "kind", "priority", "syntax", "services", "middlewares", "observability", "parentRefs",
  ]
  static let middlewares = [
    "addPrefix", "basicAuth", "buffering", "chain", "circuitBreaker", "compress", "contentType", "digestAuth",
    "encodedCharacters", "errors", "forwardAuth", "grpcWeb", "headers", "inFlightReq", "ipAllowList",
    "ipWhiteList",
    "passTLSClientCert", "plugin", "rateLimit", "redirectRegex", "redirectScheme", "replacePath",
    "replacePathRegex",
    "retry", "stripPrefix", "stripPrefixRegex",
  ]
}
