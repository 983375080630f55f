import Scanning

/// A router, or one route of an `IngressRoute`.
struct TraefikRouter {
  /// As the access log names it; Kubernetes adds a hash that nobody can foresee.
  let logged: NamePattern
  let name: String
  let rule: TraefikRule
  let priority: Int64
  let middlewares: [TraefikReference]
  /// Empty for all.
  let entryPoints: [String]
  let place: ConfigurationPlace

  init(named name: String, _ settings: Settings) throws(ConfigurationError) {
    let settings = try settings.spelled(TraefikWords.router)
    try settings.expectOnly(TraefikWords.router)
    guard let rule = try settings.text("rule") else { throw settings.missing("rule") }
    self.name = name
    logged = .exact(name + "@file")
    self.rule = try TraefikRule(rule, at: settings.value("rule")?.place(in: settings.file) ?? settings.place)
    priority = Self.priority(try settings.integer("priority", in: .min...(.max)), rule: rule)
    middlewares = try TraefikReference.references("middlewares", of: settings, namespace: nil)
    entryPoints = try settings.texts("entryPoints")
    place = settings.place
  }

  init(
    _ route: Settings, of resource: String, namespace: String, entryPoints: [String]
  ) throws(ConfigurationError) {
    try route.expectOnly(TraefikWords.ingressRoute)
    guard let rule = try route.text("match") else { throw route.missing("match") }
    name = resource
    let normal = "\(namespace)-\(resource)-".map { $0.isLetter || $0.isNumber ? $0 : "-" }
    logged = .prefix(String(normal))
    self.rule = try TraefikRule(rule, at: route.value("match")?.place(in: route.file) ?? route.place)
    priority = Self.priority(try route.integer("priority", in: .min...(.max)), rule: rule)
    middlewares = try TraefikReference.references("middlewares", of: route, namespace: namespace)
    self.entryPoints = entryPoints
    place = route.place
  }

  /// Routers without a priority have the length of their rule.
  private static func priority(_ written: Int64?, rule: String) -> Int64 {
    guard let written, written != 0 else { return Int64(rule.utf8.count) }
    return written
  }
}

/// A middleware as a router names it.
struct TraefikReference {
  /// With its provider, such as `limit@file`.
  let name: String
  let written: String
  let place: ConfigurationPlace

  /// - Parameter namespace: of the resource that names it; nil in files.
  static func references(
    _ key: String, of settings: Settings, namespace: String?
  ) throws(ConfigurationError) -> [TraefikReference] {
    var result: [TraefikReference] = []
    for element in try settings.list(key) {
      let place = element.place(in: settings.file)
      if case .scalar(let scalar) = element.value {
        let name = scalar.text.contains("@") ? scalar.text : scalar.text + "@file"
        result.append(TraefikReference(name: name, written: scalar.text, place: place))
        continue
      }
      let reference = try Settings(element, name: key, file: settings.file)
      try reference.expectOnly(["name", "namespace"])
      guard let name = try reference.text("name") else { throw reference.missing("name") }
      let space = try reference.text("namespace") ?? namespace ?? "default"
      let qualified = name.contains("@") ? name : "\(space)-\(name)@kubernetescrd"
      result.append(TraefikReference(name: qualified, written: name, place: place))
    }
    return result
  }

  var provider: String { String(name[name.index(after: name.lastIndex(of: "@") ?? name.startIndex)...]) }
}
