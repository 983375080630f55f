import Scanning

/// One API definition, classic or OpenAPI.
struct TykAPI {
  /// One limit of the whole API or of an endpoint.
  struct Limit {
    var match: RequestMatch
    var name: String
    var allowance: TykAllowance
  }

  let id: String
  let name: String
  /// Requests of this API.
  let match: RequestMatch
  /// Longer listen paths are tried first.
  let weight: Int
  let disablesRate: Bool
  let disablesQuota: Bool
  /// Endpoints first, then the API's own.
  let limits: [Limit]

  private static let fields = [
    "global_rate_limit", "disable_rate_limit", "disable_quota", "version_data", "proxy", "api_id", "active", "domain",
  ]

  init(_ settings: Settings, audit: ConfigurationAudit) throws(ConfigurationError) {
    if let open = try settings.settings("x-tyk-api-gateway") {
      try self.init(open: open, audit: audit)
    } else {
      try self.init(classic: settings, audit: audit)
    }
  }

  private init(classic settings: Settings, audit: ConfigurationAudit) throws(ConfigurationError) {
    try settings.refuseNearMisses(of: Self.fields)
    id = try settings.text("api_id") ?? ""
    name = try settings.text("name") ?? id
    let path = try settings.settings("proxy")?.text("listen_path") ?? "/"
    match = Self.match(path: path, host: try settings.text("domain") ?? "")
    weight = path.utf8.count
    disablesRate = try settings.flag("disable_rate_limit") ?? false
    disablesQuota = try settings.flag("disable_quota") ?? false
    if try settings.flag("active") == false {
      audit.ignore("API \(name)", at: settings.place, because: "it is not active")
      limits = []
      return
    }
    var limits = try Self.endpoints(settings, of: name, match: match)
    if let own = try settings.settings("global_rate_limit"), let allowance = try TykAllowance(rateOf: own) {
      limits.append(Limit(match: match, name: "API \(name)", allowance: allowance))
    }
    self.limits = limits
  }

  /// - Source: Tyk OAS, `x-tyk-api-gateway`.
  private init(open: Settings, audit: ConfigurationAudit) throws(ConfigurationError) {
    let info = try open.settings("info")
    id = try info?.text("id") ?? ""
    name = try info?.text("name") ?? id
    let server = try open.settings("server")
    let path = try server?.settings("listenPath")?.text("value") ?? "/"
    match = Self.match(path: path, host: try server?.settings("customDomain")?.text("name") ?? "")
    weight = path.utf8.count
    (disablesRate, disablesQuota) = (false, false)
    var limits: [Limit] = []
    let upstream = try open.settings("upstream")
    try upstream?.refuseNearMisses(of: ["rateLimit"])
    if let own = try upstream?.settings("rateLimit"), let allowance = try TykAllowance(openRateOf: own) {
      limits.append(Limit(match: match, name: "API \(name)", allowance: allowance))
    }
    if let operations = try open.settings("middleware")?.settings("operations") {
      for entry in operations.entries where entry.value["rateLimit"] != nil {
        audit.ignore(
          "rateLimit of \(entry.key)", at: operations.place(of: entry.key),
          because: "limits of operations are read in classic definitions only")
      }
    }
    self.limits = limits
  }

  private static func match(path: String, host: String) -> RequestMatch {
    var patterns: [NamePattern] = [.prefix(path)]
    if path.contains("{") {
      patterns = [.segments(path.split(separator: "/").map(String.init) + ["**"])]
    } else if path.hasSuffix("/"), path.count > 1 {
      patterns.append(.exact(String(path.dropLast())))
    }
    let hosts = host.isEmpty ? [] : [RequestMatch.Condition(.host, [.exact(host.lowercased())])]
    return RequestMatch([RequestMatch.Condition(.path, patterns)] + hosts)
  }

  /// `extended_paths.rate_limit` of every version. Tyk finds an endpoint's path anywhere in the request's.
  private static func endpoints(
    _ settings: Settings, of api: String, match: RequestMatch
  ) throws(ConfigurationError) -> [Limit] {
    guard let versions = try settings.settings("version_data")?.settings("versions") else { return [] }
    var result: [Limit] = []
    for entry in versions.entries {
      let version = try Settings(entry.value, name: entry.key, file: versions.file)
      for endpoint in try version.settings("extended_paths")?.settingsList("rate_limit") ?? [] {
        guard let path = try endpoint.text("path") else { throw endpoint.missing("path") }
        guard let allowance = try TykAllowance(rateOf: endpoint) else { continue }
        var own = match
        own.conditions.append(
          RequestMatch.Condition(.path, [.regularExpression(expression(path), ignoresCase: false)]))
        if let method = try endpoint.text("method"), !method.isEmpty {
          own.conditions.append(RequestMatch.Condition(.method, [.exact(method.uppercased())]))
        }
        result.append(Limit(match: own, name: "API \(api) \(path)", allowance: allowance))
      }
    }
    return result
  }

  /// `/users/{id}` with `[^/]+` for each name.
  private static func expression(_ path: String) -> String {
    var (result, rest) = ("", Substring(path))
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      result += rest[..<open] + "[^/]+"
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}
