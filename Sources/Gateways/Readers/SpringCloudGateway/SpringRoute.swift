import Scanning

/// One of the gateway's routes.
struct SpringRoute {
  let id: String
  let order: Int64
  let match: RequestMatch
  let filters: [SpringDefinition]

  private static let fields = ["id", "uri", "order", "predicates", "filters", "metadata", "enabled"]
  private static let predicates = [
    "Path", "Host", "Method", "After", "Before", "Between", "Cookie", "Header", "Query", "RemoteAddr", "Weight",
    "XForwardedRemoteAddr", "ReadBody", "CloudFoundryRouteService", "Version",
  ]

  /// - Throws: `.unknownWord` for a field or predicate that is nearly one of Spring's.
  init(
    _ node: ConfigurationNode, number: Int, file: String, properties: SpringProperties, audit: ConfigurationAudit
  ) throws(ConfigurationError) {
    let route = try Settings(node, name: "route", file: file)
    try route.expectOnly(Self.fields)
    id = try route.text("id") ?? "route \(number)"
    order = try Self.order(route, properties)
    var conditions: [RequestMatch.Condition] = []
    for element in try route.list("predicates") {
      let predicate = try SpringDefinition(element, kind: "predicate", file: file, properties: properties)
      if let condition = try Self.condition(predicate, audit: audit) { conditions.append(condition) }
    }
    match = RequestMatch(conditions)
    var filters: [SpringDefinition] = []
    for element in try route.list("filters") {
      filters.append(try SpringDefinition(element, kind: "filter", file: file, properties: properties))
    }
    self.filters = filters
  }

  private static func order(_ route: Settings, _ properties: SpringProperties) throws(ConfigurationError) -> Int64 {
    guard let text = try route.text("order") else { return 0 }
    guard let order = Int64(try properties.resolved(text, at: route.place(of: "order"))) else {
      throw route.bad("order", expected: "a whole number")
    }
    return order
  }

  private static func condition(
    _ predicate: SpringDefinition, audit: ConfigurationAudit
  ) throws(ConfigurationError) -> RequestMatch.Condition? {
    let name = predicate.name
    if !predicates.contains(name), let meant = NearestWord.nearest(to: name, among: predicates),
      NearestWord.distance(meant.lowercased(), name.lowercased()) <= 2
    {
      throw ConfigurationError(.unknownWord(name, kind: "predicate", nearest: meant), at: predicate.place)
    }
    switch name {
    case "Path":
      let flags: Set = ["true", "false"]
      let patterns = try predicate.texts().filter { !flags.contains($0) }.map(SpringPatterns.path)
      return RequestMatch.Condition(.path, patterns)
    case "Host": return RequestMatch.Condition(.host, try predicate.texts().flatMap(SpringPatterns.host))
    case "Method": return RequestMatch.Condition(.method, try predicate.texts().map { .exact($0.uppercased()) })
    default:
      audit.ignore(
        "predicate \(name)", at: predicate.place, because: "a log does not answer it; the route is taken to match")
      return nil
    }
  }
}
