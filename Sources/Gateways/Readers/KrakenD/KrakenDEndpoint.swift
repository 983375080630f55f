import Scanning

/// One entry of `endpoints`.
struct KrakenDEndpoint {
  let settings: Settings
  /// `GET /users/{id}`.
  let name: String
  let method: String
  /// `*` only at the end, where it is any rest.
  let segments: [String]

  /// - Throws: `.missing` without `endpoint`, `.badValue` where that is no path.
  init(_ settings: Settings) throws(ConfigurationError) {
    self.settings = settings
    try settings.refuseNearMisses(of: ["endpoint", "method", "extra_config", "backend"])
    guard let path = try settings.text("endpoint") else { throw settings.missing("endpoint") }
    guard path.hasPrefix("/") else { throw settings.bad("endpoint", expected: "a path that begins with '/'") }
    method = try settings.text("method")?.uppercased() ?? "GET"
    name = "\(method) \(path)"
    segments = path.split(separator: "/").map(String.init)
  }

  /// The wildcard `/*` takes any rest; `{name}` one segment.
  var match: RequestMatch {
    var pattern = segments
    if pattern.last == "*" { pattern[pattern.count - 1] = "**" }
    return RequestMatch([
      RequestMatch.Condition(.path, [.segments(pattern)]), RequestMatch.Condition(.method, [.exact(method)]),
    ])
  }

  /// The router prefers literal segments to variables and variables to the wildcard, wherever they are in the file.
  static func inOrderOfMatching(_ endpoints: [KrakenDEndpoint]) -> [KrakenDEndpoint] {
    endpoints.enumerated().sorted { a, b in
      let (first, second) = (a.element.generality, b.element.generality)
      return first == second ? a.offset < b.offset : first.lexicographicallyPrecedes(second)
    }.map(\.element)
  }

  /// Per segment 0 literal, 1 variable, 2 any rest.
  private var generality: [Int] {
    segments.map { $0 == "*" ? 2 : $0.hasPrefix("{") || $0.hasPrefix(":") ? 1 : 0 }
  }

  /// The limiter per client, then that of all clients together.
  func ownStages(draft: inout ModelDraft, audit: ConfigurationAudit) throws(ConfigurationError) -> [LimitStage] {
    let limits = try KrakenDLimits(in: settings, of: .endpoint, audit: audit)
    return try limits.rules(named: name, draft: &draft, audit: audit).map { LimitStage([$0]) }
  }

  /// The limiters of the backends, which are asked side by side.
  func backendStages(draft: inout ModelDraft, audit: ConfigurationAudit) throws(ConfigurationError) -> [LimitStage] {
    let backends = try settings.settingsList("backend")
    var rules: [LimitRule] = []
    for (index, backend) in backends.enumerated() {
      try backend.refuseNearMisses(of: ["extra_config"])
      let limits = try KrakenDLimits(in: backend, of: .backend(isOnlyOne: backends.count == 1), audit: audit)
      rules += try limits.rules(named: "\(name) backend \(index + 1)", draft: &draft, audit: audit)
    }
    return rules.isEmpty ? [] : [LimitStage(rules, joining: .sequence)]
  }
}
