import Scanning

/// A router's rule, such as ``Host(`a.example`) && PathPrefix(`/api`)``.
struct TraefikRule {
  let text: String
  let place: ConfigurationPlace
  /// One of these conjunctions holds; nil where the log does not have what the rule asks for.
  let alternatives: [[RequestMatch.Condition]]?

  init(_ text: String, at place: ConfigurationPlace) throws(ConfigurationError) {
    self.text = text
    self.place = place
    var parser = TraefikRuleParser(text, at: place)
    let expression = try parser.expression()
    alternatives = try expression.alternatives(isNegated: false, at: place)
  }
}

/// A rule as it is written.
indirect enum TraefikExpression {
  case matcher(String, [String])
  case not(TraefikExpression)
  case and(TraefikExpression, TraefikExpression)
  case or(TraefikExpression, TraefikExpression)

  /// More alternatives than this are matched by router name.
  private static let mostAlternatives = 64

  func alternatives(isNegated: Bool, at place: ConfigurationPlace) throws(ConfigurationError)
    -> [[RequestMatch.Condition]]?
  {
    switch self {
    case .matcher(let name, let values):
      guard let claim = try TraefikMatcher.claim(name, values, at: place) else { return nil }
      switch claim {
      case .everything: return isNegated ? [] : [[]]
      case .condition(var condition):
        condition.isNegated = isNegated
        return [[condition]]
      }
    case .not(let inner):
      return try inner.alternatives(isNegated: !isNegated, at: place)
    case .and(let a, let b):
      let sides = (
        try a.alternatives(isNegated: isNegated, at: place),
        try b.alternatives(isNegated: isNegated, at: place)
      )
      return isNegated ? Self.either(sides.0, sides.1) : Self.both(sides.0, sides.1)
    case .or(let a, let b):
      let sides = (
        try a.alternatives(isNegated: isNegated, at: place),
        try b.alternatives(isNegated: isNegated, at: place)
      )
      return isNegated ? Self.both(sides.0, sides.1) : Self.either(sides.0, sides.1)
    }
  }

  private static func both(
    _ a: [[RequestMatch.Condition]]?, _ b: [[RequestMatch.Condition]]?
  ) -> [[RequestMatch.Condition]]? {
    guard let a, let b, a.count * b.count <= mostAlternatives else { return nil }
    return a.flatMap { left in b.map { left + $0 } }
  }

  private static func either(
    _ a: [[RequestMatch.Condition]]?, _ b: [[RequestMatch.Condition]]?
  ) -> [[RequestMatch.Condition]]? {
    guard let a, let b, a.count + b.count <= mostAlternatives else { return nil }
    // Two paths are one condition with two patterns.
    if a.count == 1, b.count == 1, a[0].count == 1, b[0].count == 1, a[0][0].subject == b[0][0].subject,
      !a[0][0].isNegated, !b[0][0].isNegated
    {
      return [[RequestMatch.Condition(a[0][0].subject, a[0][0].patterns + b[0][0].patterns)]]
    }
    return a + b
  }
}

/// What one matcher claims about a request.
enum TraefikMatcher {
  case everything
  case condition(RequestMatch.Condition)

  private static let names = [
    "Host", "HostHeader", "HostRegexp", "Path", "PathPrefix", "PathRegexp", "Method", "Methods", "ClientIP",
    "Header",
    "Headers", "HeaderRegexp", "HeadersRegexp", "Query", "QueryRegexp",
  ]

  /// nil where the log does not have it.
  static func claim(_ name: String, _ values: [String], at place: ConfigurationPlace)
    throws(ConfigurationError) -> Self?
  {
    guard let known = names.first(where: { $0.lowercased() == name.lowercased() }) else {
      throw ConfigurationError(
        .unknownWord(name, kind: "matcher of a rule", nearest: NearestWord.nearest(to: name, among: names)),
        at: place)
    }
    guard !values.isEmpty else {
      throw ConfigurationError(
        .badValue(setting: known, value: "", expected: "a value in backticks"), at: place)
    }
    switch known {
    case "Host", "HostHeader": return .condition(.init(.host, values.map { .exact($0.lowercased()) }))
    case "HostRegexp":
      return .condition(
        .init(.host, values.map { .regularExpression(template($0, whole: true) ?? $0, ignoresCase: true) }))
    case "Path":
      return .condition(
        .init(
          .path,
          values.map { value in
            template(value, whole: true).map { .regularExpression($0, ignoresCase: false) } ?? .exact(value)
          }))
    case "PathPrefix":
      if values.contains("/") { return .everything }
      return .condition(
        .init(
          .path,
          values.map { value in
            template(value, whole: false).map { .regularExpression($0, ignoresCase: false) } ?? .prefix(value)
          }))
    case "PathRegexp":
      return .condition(.init(.path, values.map { .regularExpression($0, ignoresCase: false) }))
    case "Method", "Methods": return .condition(.init(.method, values.map { .exact($0.uppercased()) }))
    case "ClientIP" where !values.contains(where: { $0.contains("/") }):
      return .condition(.init(.client, values.map { .exact($0) }))
    case "Header", "Headers":
      guard values.count == 2, let subject = RequestHeader.subject(of: values[0]) else { return nil }
      return .condition(.init(subject, [.exact(values[1])]))
    default: return nil
    }
  }

  /// Version 2 writes variables as `{name}` or `{name:pattern}`: the pattern that means; nil where there is none.
  private static func template(_ text: String, whole: Bool) -> String? {
    var (result, rest, found) = ("^", Substring(text), false)
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      let inside = rest[rest.index(after: open)..<close]
      let name = inside.prefix { $0 != ":" }
      guard name.first?.isLetter == true, name.allSatisfy({ $0.isLetter || $0.isNumber || "_-".contains($0) })
      else { return nil }
      let pattern =
        name.endIndex < inside.endIndex ? String(inside[inside.index(after: name.endIndex)...]) : "[^/]+"
      result += LiteralPattern.escaped(String(rest[..<open])) + "(?:\(pattern))"
      rest = rest[rest.index(after: close)...]
      found = true
    }
    return found ? result + LiteralPattern.escaped(String(rest)) + (whole ? "$" : "") : nil
  }
}
