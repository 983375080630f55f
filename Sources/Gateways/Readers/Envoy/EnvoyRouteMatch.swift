import Scanning
import Traffic

/// A route's `match` as conditions on recorded requests.
struct EnvoyRouteMatch {
  /// nil where the log cannot tell.
  private(set) var match: RequestMatch?

  private static let fields = [
    "prefix", "path", "safe_regex", "path_separated_prefix", "path_match_policy", "connect_matcher",
    "case_sensitive",
    "runtime_fraction", "headers", "cookies", "query_parameters", "grpc", "tls_context", "dynamic_metadata",
    "filter_state",
  ]

  /// - Parameter owner: the virtual host, for notes.
  init(_ settings: Settings?, of owner: String, audit: ConfigurationAudit) throws(ConfigurationError) {
    guard let settings else {
      match = .everything
      return
    }
    try settings.expectOnly(Self.fields)
    var conditions = try Self.path(settings)
    var unlogged = Self.unlogged.first { settings.has($0) }
    for header in try settings.settingsList("headers") {
      if let condition = try EnvoyHeaderMatch(header).condition {
        conditions.append(condition)
      } else {
        unlogged = "headers"
      }
    }
    guard let unlogged else {
      match = RequestMatch(conditions)
      return
    }
    audit.ignore(
      "match \(unlogged)", at: settings.place(of: unlogged),
      because: "the log does not have it; no request is taken to follow this route of \(owner)")
  }

  private static let unlogged = [
    "path_match_policy", "connect_matcher", "runtime_fraction", "cookies", "query_parameters", "grpc",
    "tls_context",
    "dynamic_metadata", "filter_state",
  ]

  private static func path(_ settings: Settings) throws(ConfigurationError) -> [RequestMatch.Condition] {
    let ignoresCase = try settings.flag("case_sensitive") == false
    if let prefix = try settings.text("prefix") {
      if prefix.isEmpty || prefix == "/" { return [] }
      return [condition(prefix, ignoresCase, .prefix(prefix), regex: "^\(LiteralPattern.escaped(prefix))")]
    }
    if let path = try settings.text("path") {
      return [condition(path, ignoresCase, .exact(path), regex: "^\(LiteralPattern.escaped(path))$")]
    }
    if let prefix = try settings.text("path_separated_prefix") {
      guard !prefix.hasSuffix("/") else {
        throw settings.bad("path_separated_prefix", expected: "a prefix that does not end with /")
      }
      if ignoresCase {
        return [condition(prefix, true, .prefix(prefix), regex: "^\(LiteralPattern.escaped(prefix))(/|$)")]
      }
      return [RequestMatch.Condition(.path, [.exact(prefix), .prefix(prefix + "/")])]
    }
    guard let regex = try settings.message("safe_regex") else { return [] }
    try regex.expectOnly(["regex", "google_re2"])
    guard let text = try regex.text("regex") else { throw regex.missing("regex") }
    return [RequestMatch.Condition(.path, [.regularExpression("^(?:\(text))$", ignoresCase: false)])]
  }

  private static func condition(
    _ text: String, _ ignoresCase: Bool, _ pattern: NamePattern, regex: String
  ) -> RequestMatch.Condition {
    RequestMatch.Condition(.path, [ignoresCase ? .regularExpression(regex, ignoresCase: true) : pattern])
  }
}

/// A `HeaderMatcher`, where the header is one that logs have, see `RequestHeader`.
struct EnvoyHeaderMatch {
  let condition: RequestMatch.Condition?

  private static let fields = [
    "name", "exact_match", "safe_regex_match", "range_match", "present_match", "prefix_match", "suffix_match",
    "contains_match", "string_match", "invert_match", "treat_missing_header_as_empty",
  ]

  init(_ settings: Settings) throws(ConfigurationError) {
    let settings = try settings.snakeCased()
    try settings.expectOnly(Self.fields)
    guard let name = try settings.text("name") else { throw settings.missing("name") }
    guard let subject = RequestHeader.subject(of: name), let pattern = try Self.pattern(settings) else {
      condition = nil
      return
    }
    condition = RequestMatch.Condition(
      subject, [pattern], isNegated: try settings.flag("invert_match") ?? false)
  }

  private static func pattern(_ settings: Settings) throws(ConfigurationError) -> NamePattern? {
    if let text = try settings.text("exact_match") { return .exact(text) }
    if let text = try settings.text("prefix_match") { return .prefix(text) }
    if let text = try settings.text("suffix_match") { return .suffix(text) }
    if let text = try settings.text("contains_match") {
      return .regularExpression(LiteralPattern.escaped(text), ignoresCase: false)
    }
    if let regex = try settings.message("safe_regex_match"), let text = try regex.text("regex") {
      return .regularExpression("^(?:\(text))$", ignoresCase: false)
    }
    guard let match = try settings.message("string_match") else { return nil }
    return try EnvoyPattern.pattern(of: match)
  }
}

/// Patterns as Envoy's `StringMatcher` writes them.
enum EnvoyPattern {
  static func pattern(of match: Settings) throws(ConfigurationError) -> NamePattern? {
    try match.expectOnly(["exact", "prefix", "suffix", "contains", "safe_regex", "ignore_case", "custom"])
    let ignoresCase = try match.flag("ignore_case") ?? false
    if let text = try match.text("exact") {
      return ignoresCase
        ? .regularExpression("^\(LiteralPattern.escaped(text))$", ignoresCase: true) : .exact(text)
    }
    if let text = try match.text("prefix") {
      return ignoresCase
        ? .regularExpression("^\(LiteralPattern.escaped(text))", ignoresCase: true) : .prefix(text)
    }
    if let text = try match.text("suffix") {
      return ignoresCase
        ? .regularExpression("\(LiteralPattern.escaped(text))$", ignoresCase: true) : .suffix(text)
    }
    if let text = try match.text("contains") {
      return .regularExpression(LiteralPattern.escaped(text), ignoresCase: ignoresCase)
    }
    guard let text = try match.message("safe_regex")?.text("regex") else { return nil }
    return .regularExpression("^(?:\(text))$", ignoresCase: false)
  }
}

/// Request headers as parts of keys.
enum EnvoyHeader {
  static func part(of name: String) -> LimitKey.Part {
    RequestHeader.column(of: name).map { .column(.stored($0)) } ?? .header(name.lowercased())
  }

  /// The header that a part is read from; nil where there is none.
  static func name(of part: LimitKey.Part) -> String? {
    switch part {
    case .column(.stored(.path)): ":path"
    case .column(.stored(.method)): ":method"
    case .column(.stored(.host)): ":authority"
    case .column(.stored(.userAgent)): "user-agent"
    case .column(.stored(.referer)): "referer"
    case .header(let name): name
    default: nil
    }
  }

  /// Whether every request has it.
  static func isAlwaysThere(_ part: LimitKey.Part) -> Bool {
    switch part {
    case .header, .column(.stored(.userAgent)), .column(.stored(.referer)), .column(.stored(.consumer)): false
    default: true
    }
  }
}
