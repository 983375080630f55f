import Scanning

/// A route: what it matches, in terms of the log, and how Kong ranks it among the others.
struct KongRoute {
  let name: String?
  let id: String?
  var service: Int?
  let hosts: [NamePattern]
  let methods: [String]
  let paths: [Path]
  /// Attributes that the log does not have, such as headers; then the route's name is asked for as well.
  let unlogged: [String]
  let regexPriority: Int64
  let place: ConfigurationPlace

  struct Path {
    let pattern: NamePattern
    let isRegex: Bool
    let length: Int
  }

  private static let words = [
    "name", "paths", "hosts", "methods", "headers", "snis", "sources", "destinations", "service", "plugins",
    "expression",
    "regex_priority",
  ]

  init(_ settings: Settings, service: Int?, guessesPatterns: Bool, audit: ConfigurationAudit)
    throws(ConfigurationError)
  {
    try settings.refuseNearMisses(of: Self.words)
    self.service = service
    name = try settings.text("name")
    id = try settings.text("id")
    place = settings.place
    hosts = try settings.texts("hosts").map(Self.host)
    methods = try settings.texts("methods").map { $0.uppercased() }
    regexPriority = try settings.integer("regex_priority", in: .min...(.max)) ?? 0
    var paths: [Path] = []
    for text in try settings.texts("paths") {
      guard text.hasPrefix("/") || text.hasPrefix("~") else {
        throw settings.bad("paths", expected: "paths that begin with / or, for patterns, ~; not \(text)")
      }
      paths.append(Self.path(text, guessesPatterns: guessesPatterns))
    }
    self.paths = paths
    unlogged = ["headers", "snis", "sources", "destinations", "expression"].filter {
      settings.value($0) != nil
    }
    if !unlogged.isEmpty {
      audit.ignore(
        "route \(name ?? ""): \(unlogged.joined(separator: ", "))", at: place,
        because: "the log does not have it; the route name, where it is logged, is asked for")
    }
  }

  /// Kong counts the kinds of attributes that a route asks for; more is tried first.
  var attributes: Int { [!hosts.isEmpty, !methods.isEmpty, !paths.isEmpty].count { $0 } + unlogged.count }

  /// Whether one host is written without a wildcard.
  var hasPlainHost: Bool {
    hosts.contains {
      if case .exact = $0 { return true }
      return false
    }
  }

  func match(_ path: Path?) -> RequestMatch {
    var conditions: [RequestMatch.Condition] = []
    if !hosts.isEmpty { conditions.append(.init(.host, hosts)) }
    if let path, path.pattern != .prefix("/") { conditions.append(.init(.path, [path.pattern])) }
    if !methods.isEmpty { conditions.append(.init(.method, methods.map { .exact($0) })) }
    if !unlogged.isEmpty, let name { conditions.append(.init(.routeName, [.exact(name)])) }
    return RequestMatch(conditions)
  }

  private static func host(_ text: String) -> NamePattern {
    let text = text.lowercased()
    let name = text.split(separator: ":", omittingEmptySubsequences: false).first.map(String.init) ?? text
    if name.hasPrefix("*") { return .suffix(String(name.dropFirst())) }
    if name.hasSuffix("*") { return .prefix(String(name.dropLast())) }
    return .exact(name)
  }

  private static func path(_ text: String, guessesPatterns: Bool) -> Path {
    let isPlain = text.allSatisfy { $0.isLetter || $0.isNumber || "-._~/%".contains($0) }
    guard text.hasPrefix("~") || (guessesPatterns && !isPlain) else {
      return Path(pattern: .prefix(text), isRegex: false, length: text.utf8.count)
    }
    let regex = text.hasPrefix("~") ? String(text.dropFirst()) : text
    return Path(
      pattern: .regularExpression("^(?:\(regex))", ignoresCase: false), isRegex: true,
      length: regex.utf8.count)
  }
}
