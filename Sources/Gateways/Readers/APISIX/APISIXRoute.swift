import Scanning

/// When a route applies: one of several cases, since each of its URIs has its own rank among all routes.
struct APISIXRoute {
  /// One rank's URIs of the route.
  struct Case {
    var match: RequestMatch
    /// Smaller comes first: the kind of host, minus its length, the kind of URI, minus its length, minus the priority.
    var rank: [Int64]
  }

  let cases: [Case]

  /// - Parameter service: whose hosts count where the route has none.
  /// - Throws: `.missing` without a URI.
  init(_ fields: Settings, service: APISIXResource?, audit: ConfigurationAudit) throws(ConfigurationError) {
    let uris = try fields.texts("uri") + fields.texts("uris")
    guard !uris.isEmpty else { throw fields.missing("uri") }
    var hosts = try fields.texts("host") + fields.texts("hosts")
    if hosts.isEmpty, let service { hosts = try service.fields.texts("hosts") }
    let methods = try fields.texts("methods")
    let priority = try fields.integer("priority", in: Int64(Int32.min)...Int64(Int32.max)) ?? 0
    for key in ["vars", "filter_func", "remote_addr", "remote_addrs"] where fields.has(key) {
      audit.ignore(key, at: fields.place(of: key), because: "a log does not answer it; the route is taken to match")
    }
    var common: [RequestMatch.Condition] = []
    if !hosts.isEmpty { common.append(RequestMatch.Condition(.host, hosts.map(Self.host))) }
    if !methods.isEmpty { common.append(RequestMatch.Condition(.method, methods.map { .exact($0) })) }
    let hostRank = hosts.map(Self.hostRank).min { $0.lexicographicallyPrecedes($1) } ?? [2, 0]
    let byRank = Dictionary(grouping: uris, by: Self.uriRank)
    cases = byRank.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { rank, uris in
      Case(
        match: RequestMatch([RequestMatch.Condition(.path, uris.map(Self.path))] + common),
        rank: hostRank + rank + [-priority])
    }
  }

  /// `/users/*` is a prefix, `:name` any one segment, everything else exact.
  private static func path(_ uri: String) -> NamePattern {
    if isParametrised(uri) {
      return .segments(
        uri.split(separator: "/").map { $0 == "*" ? "**" : $0.hasPrefix(":") ? "{\($0.dropFirst())}" : String($0) })
    }
    return uri.hasSuffix("*") ? .prefix(String(uri.dropLast())) : .exact(uri)
  }

  private static func isParametrised(_ uri: String) -> Bool { uri.contains("/:") }

  private static func uriRank(_ uri: String) -> [Int64] {
    if isParametrised(uri) { return [1, 0] }
    return uri.hasSuffix("*") ? [2, -Int64(uri.utf8.count)] : [0, 0]
  }

  private static func host(_ host: String) -> NamePattern {
    host.hasPrefix("*") ? .suffix(host.dropFirst().lowercased()) : .exact(host.lowercased())
  }

  private static func hostRank(_ host: String) -> [Int64] {
    host.hasPrefix("*") ? [1, -Int64(host.utf8.count)] : [0, 0]
  }
}
