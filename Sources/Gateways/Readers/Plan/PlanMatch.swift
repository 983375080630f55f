import Scanning

/// Which requests a limit is about:
///
///     "when": {"path": ["/api/**", "/v1/{id}"], "method": "POST", "not": {"consumer": "partner-*"}}
///
/// All names must match, each by one of its patterns. A path's pattern goes segment by segment; elsewhere one `*` at the
/// start or the end stands for anything. `~…` is a regular expression, `~*…` one that ignores case.
enum PlanMatch {
  static let subjects = ["path", "host", "method", "consumer", "client", "routeName", "service", "route"]

  static func match(in entry: Settings) throws(ConfigurationError) -> RequestMatch {
    guard let when = try entry.settings("when") else { return .everything }
    try when.expectOnly(subjects + ["not"])
    var conditions = try conditions(when, isNegated: false)
    if let not = try when.settings("not") {
      try not.expectOnly(subjects)
      conditions += try self.conditions(not, isNegated: true)
    }
    guard !conditions.isEmpty else {
      throw entry.bad("when", expected: "at least one of \(subjects.joined(separator: ", "))")
    }
    return RequestMatch(conditions)
  }

  private static func conditions(
    _ when: Settings, isNegated: Bool
  ) throws(ConfigurationError) -> [RequestMatch.Condition] {
    var result: [RequestMatch.Condition] = []
    for entry in when.entries {
      guard let subject = RequestMatch.Condition.Subject(rawValue: entry.key) else { continue }
      var patterns: [NamePattern] = []
      for (text, place) in try PlanParameters(when).places(entry.key) {
        patterns.append(try pattern(text, of: subject, at: place))
      }
      guard !patterns.isEmpty else { throw when.bad(entry.key, expected: "at least one pattern") }
      result.append(RequestMatch.Condition(subject, patterns, isNegated: isNegated))
    }
    return result
  }

  private static func pattern(
    _ text: String, of subject: RequestMatch.Condition.Subject, at place: ConfigurationPlace
  ) throws(ConfigurationError) -> NamePattern {
    let expected =
      subject == .path
      ? "a path such as /api/{id} or /api/**, or ~ and a regular expression" : "a name, name* or *name"
    func bad() -> ConfigurationError {
      ConfigurationError(.badValue(setting: subject.rawValue, value: text, expected: expected), at: place)
    }
    if text.hasPrefix("~*") { return try regularExpression(text.dropFirst(2), ignoresCase: true, bad()) }
    if text.hasPrefix("~") { return try regularExpression(text.dropFirst(), ignoresCase: false, bad()) }
    guard !text.isEmpty else { throw bad() }
    if subject == .path {
      guard let pattern = path(text) else { throw bad() }
      return pattern
    }
    if subject == .method, text.contains(where: \.isLowercase) {
      throw ConfigurationError(
        .badValue(setting: "method", value: text, expected: "a method in capitals, such as \(text.uppercased())"),
        at: place)
    }
    guard text.contains("*") else { return .exact(text) }
    if !text.dropLast().contains("*") { return .prefix(String(text.dropLast())) }
    guard !text.dropFirst().contains("*") else { throw bad() }
    return .suffix(String(text.dropFirst()))
  }

  private static func regularExpression(
    _ text: Substring, ignoresCase: Bool, _ bad: ConfigurationError
  ) throws(ConfigurationError) -> NamePattern {
    guard !text.isEmpty, text.utf8.count <= 1_000 else { throw bad }
    do { _ = try Regex(String(text)) } catch { throw bad }
    return .regularExpression(String(text), ignoresCase: ignoresCase)
  }

  /// nil for a path without its slash, with a `*` inside of a segment, or a `**` before the end.
  private static func path(_ text: String) -> NamePattern? {
    guard text.hasPrefix("/") else { return nil }
    guard text.contains("*") || text.contains("{") else { return .exact(text) }
    let segments = text.split(separator: "/").map(String.init)
    for (index, segment) in segments.enumerated() {
      let isVariable = segment.hasPrefix("{") && segment.hasSuffix("}") && segment.count > 2
      let isRest = segment == "**" && index == segments.count - 1
      guard isVariable || isRest || segment == "*" || !segment.contains(where: { "*{}".contains($0) }) else {
        return nil
      }
    }
    return .segments(segments)
  }
}
