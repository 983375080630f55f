import Scanning

/// One HTTP connection manager: its filters in order, its routes in the order in which they are tried.
struct EnvoyConnectionManager {
  let filters: [EnvoyFilter]
  let routes: [EnvoyRoute]
  let place: ConfigurationPlace
  /// Its place among the connection managers.
  let number: Int

  private static let words = ["http_filters", "route_config", "rds", "scoped_routes"]

  init(
    _ settings: Settings, number: Int, routeConfigurations: [String: Settings], audit: ConfigurationAudit
  ) throws(ConfigurationError) {
    place = settings.place
    self.number = number
    try settings.refuseNearMisses(of: Self.words)
    var filters: [EnvoyFilter] = []
    for filter in try settings.settingsList("http_filters") {
      filters.append(try EnvoyFilter(filter))
      if filter.has("config_discovery") || filter.has("configDiscovery") {
        audit.ignore("config_discovery", at: filter.place, because: "this filter's settings are not in this file")
      }
    }
    self.filters = filters
    var table = try settings.message("route_config")
    if table == nil, let rds = try settings.message("rds"), let name = try rds.text("route_config_name") {
      table = routeConfigurations[name]
      if table == nil {
        audit.ignore(
          "rds \(name)", at: rds.place,
          because: "these routes are not in this file; overrides on them are not seen")
      }
    }
    routes = if let table { try EnvoyRouteTable(table, audit: audit).routes } else { [] }
    let others = settings.entries.map(\.key).filter {
      !Self.words.contains($0) && !$0.hasPrefix("@") && !$0.hasPrefix("static")
    }
    if !others.isEmpty {
      audit.ignore(
        "http_connection_manager: \(others.joined(separator: ", "))", at: place, because: "does not limit")
    }
  }
}

/// One entry of `http_filters`.
struct EnvoyFilter {
  enum Kind: Hashable { case localRateLimit, globalRateLimit, adaptiveConcurrency, other }

  let name: String
  let kind: Kind
  let isDisabled: Bool
  let config: Settings?
  let place: ConfigurationPlace

  init(_ settings: Settings) throws(ConfigurationError) {
    let settings = try settings.snakeCased()
    try settings.expectOnly(["name", "typed_config", "config_discovery", "is_optional", "disabled"])
    name = try settings.text("name") ?? ""
    isDisabled = try settings.flag("disabled") ?? false
    config = try settings.message("typed_config")
    if let inner = try config?.message("extension_config") {
      let wrapped = Self.kind(name: name, type: try inner.message("typed_config")?.text("@type") ?? "")
      guard wrapped == .other else {
        throw ConfigurationError(
          .unsupported(feature: "a matcher around \(name)", instead: "settings per route"), at: settings.place)
      }
    }
    kind = Self.kind(name: name, type: try config?.text("@type") ?? "")
    place = settings.place
  }

  static func kind(name: String, type: String) -> Kind {
    let word = type.split(separator: ".").last.map(String.init) ?? ""
    switch (word, name) {
    case ("LocalRateLimit", _), ("", "envoy.filters.http.local_ratelimit"): return .localRateLimit
    case ("AdaptiveConcurrency", _), ("", "envoy.filters.http.adaptive_concurrency"):
      return .adaptiveConcurrency
    case ("RateLimit", _), ("", "envoy.filters.http.ratelimit"): return .globalRateLimit
    default: return .other
    }
  }
}
