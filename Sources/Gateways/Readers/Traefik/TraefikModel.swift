import Scanning
import Traffic

/// Makes one policy of the routers: the router that takes a request says which limits it meets, in order.
struct TraefikModel {
  private let configuration: TraefikConfiguration
  private let audit: ConfigurationAudit
  private var draft = ModelDraft()
  private var referenced: Set<String> = []

  init(_ configuration: TraefikConfiguration, audit: ConfigurationAudit) {
    self.configuration = configuration
    self.audit = audit
  }

  mutating func model() throws(ConfigurationError) -> GatewayModel {
    var cases: [LimitCase] = []
    for router in Self.inOrder(configuration.routers) {
      var stages: [LimitStage] = []
      for reference in entryPointMiddlewares(of: router) + router.middlewares {
        try add(reference, of: router, inside: [], to: &stages)
      }
      cases += matches(of: router, isLimited: !stages.isEmpty).map { LimitCase(match: $0, stages: stages) }
    }
    noteUnreferenced()
    draft.add("middlewares", cases)
    return draft.model(of: .traefik)
  }

  /// By priority, the highest first; then as written.
  private static func inOrder(_ routers: [TraefikRouter]) -> [TraefikRouter] {
    routers.enumerated().sorted { ($1.element.priority, $0.offset) < ($0.element.priority, $1.offset) }.map(
      \.element)
  }

  private func matches(of router: TraefikRouter, isLimited: Bool) -> [RequestMatch] {
    if let alternatives = router.rule.alternatives { return alternatives.map { RequestMatch($0) } }
    audit.ignore(
      "rule \(router.rule.text)", at: router.rule.place,
      because: "the log does not have all of it; requests are matched by the router name that Traefik logs")
    return [RequestMatch([RequestMatch.Condition(.routeName, [router.logged])])]
  }

  private func entryPointMiddlewares(of router: TraefikRouter) -> [TraefikReference] {
    let points = configuration.entryPoints.filter {
      router.entryPoints.isEmpty || router.entryPoints.contains($0.name)
    }
    guard let first = points.first else { return [] }
    if let other = points.first(where: { $0.middlewares.map(\.name) != first.middlewares.map(\.name) }) {
      audit.ignore(
        "entry point \(other.name) for router \(router.name)", at: router.place,
        because: "the log does not say which entry point took a request; \(first.name) is taken")
    }
    return first.middlewares
  }

  private mutating func add(
    _ reference: TraefikReference, of router: TraefikRouter, inside chain: [String],
    to stages: inout [LimitStage]
  ) throws(ConfigurationError) {
    guard let middleware = try resolve(reference) else { return }
    referenced.insert(middleware.name)
    switch middleware.kind {
    case .chain(let references):
      guard !chain.contains(middleware.name), chain.count < 32 else {
        throw ConfigurationError(
          .contradiction("the chain \(reference.written) contains itself"), at: reference.place)
      }
      for inner in references { try add(inner, of: router, inside: chain + [middleware.name], to: &stages) }
    case .limit(let limit):
      if let stage = stage(limit, of: middleware, router: router, position: stages.count) {
        stages.append(stage)
      }
    case .other(let kind):
      audit.ignore("\(middleware.name) (\(kind))", at: middleware.place, because: "does not limit")
    }
  }

  private func resolve(_ reference: TraefikReference) throws(ConfigurationError) -> TraefikMiddleware? {
    if let found = configuration.middlewares[reference.name] { return found }
    guard configuration.definingProviders.contains(reference.provider) else {
      audit.ignore(
        "middleware \(reference.written)", at: reference.place, because: "it is not defined in this file")
      return nil
    }
    let known = configuration.middlewareNames.map { name in
      let bare = String(name.prefix { $0 != "@" })
      return reference.written.contains("@")
        ? name : reference.provider == "file" ? bare : Self.withoutNamespace(bare, as: reference)
    }
    throw ConfigurationError(
      .unknownReference(
        reference.written, kind: "middleware",
        nearest: NearestWord.nearest(to: reference.written, among: known)),
      at: reference.place)
  }

  private static func withoutNamespace(_ name: String, as reference: TraefikReference) -> String {
    let space = reference.name.dropLast(reference.written.count + "@kubernetescrd".count)
    return name.hasPrefix(space) ? String(name.dropFirst(space.count)) : name
  }

  /// In memory each router has its own buckets; in Redis all routers that name a middleware share them.
  private mutating func stage(
    _ limit: TraefikLimit, of middleware: TraefikMiddleware, router: TraefikRouter, position: Int
  ) -> LimitStage? {
    let name = String(middleware.name.prefix { $0 != "@" })
    guard let limiter = limit.limiter else {
      audit.ignore(middleware.name, at: middleware.place, because: "an average of 0 limits nothing")
      return nil
    }
    audit.use(
      middleware.name, at: limit.place,
      as: "\(limit.text), by \(Self.words(limit.key)); more is rejected with 429")
    if let doubt = limit.doubt {
      audit.ignore("sourceCriterion of \(middleware.name)", at: limit.place, because: doubt)
    }
    let identity =
      limit.scope == .shared
      ? middleware.name : "\(middleware.name) \(router.name) \(router.place.line) \(position)"
    let counter = draft.counter(
      of: identity,
      LimitCounter(
        name: limit.scope == .shared ? name : "\(name) of \(router.name)", key: limit.key, scope: limit.scope,
        capacity: limit.scope == .shared || Self.isConcurrency(limiter) ? nil : KeyCapacity(keys: 65_536)))
    return LimitStage([
      LimitRule(
        name: "\(name): \(limit.text)", counter: counter, limiter: limiter, status: 429, place: limit.place)
    ])
  }

  private static func isConcurrency(_ limiter: LimiterSettings) -> Bool {
    if case .concurrency = limiter { return true }
    return false
  }

  private static func words(_ key: LimitKey) -> String {
    switch key.parts.first {
    case .header(let name): "header \(name)"
    case .column(let column): column.name
    default: "nothing"
    }
  }

  private func noteUnreferenced() {
    for name in configuration.middlewareNames where !referenced.contains(name) {
      guard let middleware = configuration.middlewares[name] else { continue }
      audit.ignore(name, at: middleware.place, because: "no router in this file names it")
    }
  }
}
