import Scanning

/// A route as the filters see it: whom it is for, and what it says about their settings.
struct EnvoyRoute {
  /// nil where whether a request takes this route is not in the log.
  var match: RequestMatch?
  /// Settings by filter name, of the route, else of its virtual host, else of the whole table.
  var overrides: [String: EnvoyOverride]
  /// `rate_limits` of the route and of its virtual host.
  var rateLimits: [Settings]
  var hostRateLimits: [Settings]
  var includesHostRateLimits: Bool
  /// The one cluster it sends to.
  var cluster: String?
  var name: String
  var place: ConfigurationPlace
}

/// Settings of one filter on a route, a virtual host or a whole table, each of which has buckets of its own.
struct EnvoyOverride {
  let settings: Settings
  /// Who has it, such as `host 0 route 2`: an alias makes one text the settings of several.
  let owner: String
}

/// The routes of a `route_config` in the order in which Envoy tries them: exact domains, then suffixes and prefixes from
/// long to short, then `*`; inside a virtual host as written.
struct EnvoyRouteTable {
  private(set) var routes: [EnvoyRoute] = []
  private let audit: ConfigurationAudit

  init(_ table: Settings, audit: ConfigurationAudit) throws(ConfigurationError) {
    self.audit = audit
    try table.refuseNearMisses(of: ["virtual_hosts", "typed_per_filter_config", "vhds"])
    let overrides = try Self.overrides(of: table, owner: "table")
    var ranked: [(rank: EnvoyDomain, routes: [EnvoyRoute])] = []
    for (number, host) in try table.settingsList("virtual_hosts").enumerated() {
      let host = try host.snakeCased()
      try host.expectOnly(Self.hostFields)
      let routes = try routes(of: host, named: "host \(number)", under: overrides)
      for domain in try EnvoyDomain.domains(of: host) {
        ranked.append((domain, routes.map { $0.limited(to: domain) }))
      }
    }
    for (_, found) in ranked.enumerated().sorted(by: {
      ($0.element.rank.order, $0.offset) < ($1.element.rank.order, $1.offset)
    })
    .map(\.element) {
      routes += found
    }
  }

  private static let hostFields = [
    "name", "domains", "routes", "matcher", "require_tls", "virtual_clusters", "rate_limits",
    "request_headers_to_add",
    "request_headers_to_remove", "response_headers_to_add", "response_headers_to_remove", "cors",
    "typed_per_filter_config", "include_request_attempt_count", "include_attempt_count_in_response",
    "retry_policy",
    "retry_policy_typed_config", "hedge_policy", "include_is_timeout_retry_header",
    "per_request_buffer_limit_bytes",
    "request_body_buffer_limit", "request_mirror_policies", "metadata", "route_specifiers",
  ]
  private static let routeFields = [
    "name", "match", "route", "redirect", "direct_response", "filter_action", "non_forwarding_action",
    "metadata",
    "decorator", "typed_per_filter_config", "request_headers_to_add", "request_headers_to_remove",
    "response_headers_to_add", "response_headers_to_remove", "tracing", "per_request_buffer_limit_bytes",
    "stat_prefix", "request_body_buffer_limit", "route_specifiers",
  ]

  private func routes(
    of host: Settings, named owner: String, under table: [String: EnvoyOverride]
  ) throws(ConfigurationError) -> [EnvoyRoute] {
    let name = try host.text("name") ?? ""
    let hostOverrides = table.merging(try Self.overrides(of: host, owner: owner)) { $1 }
    let hostRateLimits = try host.settingsList("rate_limits")
    var result: [EnvoyRoute] = []
    for (number, route) in try host.settingsList("routes").enumerated() {
      let route = try route.snakeCased()
      try route.expectOnly(Self.routeFields)
      let action = try route.message("route")
      try action?.refuseNearMisses(
        of: ["cluster", "rate_limits", "weighted_clusters", "include_vh_rate_limits"], harmless: ["clusters"])
      let matcher = try EnvoyRouteMatch(try route.message("match"), of: name, audit: audit)
      result.append(
        EnvoyRoute(
          match: matcher.match,
          overrides: hostOverrides.merging(try Self.overrides(of: route, owner: "\(owner) route \(number)")) {
            $1
          },
          rateLimits: try action?.settingsList("rate_limits") ?? [], hostRateLimits: hostRateLimits,
          includesHostRateLimits: try action?.flag("include_vh_rate_limits") ?? false,
          cluster: try action?.text("cluster"), name: try route.text("name") ?? name, place: route.place))
    }
    return result
  }

  private static func overrides(
    of settings: Settings, owner: String
  ) throws(ConfigurationError) -> [String: EnvoyOverride] {
    guard let perFilter = try settings.settings("typed_per_filter_config") else { return [:] }
    var result: [String: EnvoyOverride] = [:]
    for entry in perFilter.entries {
      let message = try Settings(entry.value, name: entry.key, file: settings.file).snakeCased()
      result[entry.key] = EnvoyOverride(settings: message, owner: owner)
    }
    return result
  }
}

extension EnvoyRoute {
  fileprivate func limited(to domain: EnvoyDomain) -> EnvoyRoute {
    guard let match, !domain.patterns.isEmpty else { return self }
    var copy = self
    copy.match = RequestMatch([RequestMatch.Condition(.host, domain.patterns)] + match.conditions)
    return copy
  }
}

/// Domains of a virtual host that are tried at one moment.
struct EnvoyDomain {
  /// Empty for `*`.
  let patterns: [NamePattern]
  /// Lower is tried first.
  let order: Int

  static func domains(of host: Settings) throws(ConfigurationError) -> [EnvoyDomain] {
    let domains = try host.texts("domains").map(withoutPort)
    guard !domains.isEmpty else {
      // A fragment of a virtual host; Envoy itself insists on domains.
      return [EnvoyDomain(patterns: [], order: .max)]
    }
    let exact = domains.filter { !$0.hasPrefix("*") && !$0.hasSuffix("*") }
    var result = exact.isEmpty ? [] : [EnvoyDomain(patterns: exact.map { .exact($0) }, order: 0)]
    for domain in domains where domain.count > 1 {
      if domain.hasPrefix("*") {
        result.append(
          EnvoyDomain(patterns: [.suffix(String(domain.dropFirst()))], order: 10_000 - domain.utf8.count))
      } else if domain.hasSuffix("*") {
        result.append(
          EnvoyDomain(patterns: [.prefix(String(domain.dropLast()))], order: 20_000 - domain.utf8.count))
      }
    }
    if domains.contains("*") { result.append(EnvoyDomain(patterns: [], order: .max)) }
    return result
  }

  /// Logs have the authority without its port.
  private static func withoutPort(_ domain: String) -> String {
    let domain = domain.lowercased()
    guard !domain.hasSuffix("]"), let colon = domain.lastIndex(of: ":") else { return domain }
    let port = domain[domain.index(after: colon)...]
    return port.allSatisfy { $0.isNumber || $0 == "*" } ? String(domain[..<colon]) : domain
  }
}
