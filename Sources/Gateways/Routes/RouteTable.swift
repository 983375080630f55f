/// Routes that somebody declared: a list of rules, tried in the order their product defines.
public struct RouteTable: Sendable, Hashable {
  /// What a rule matches, and the name its requests get.
  public struct Rule: Sendable, Hashable {
    public var pattern: RoutePattern
    public var label: String
    /// Where it was declared, such as `openapi.json` or `nginx.conf:12`.
    public var origin: String

    public init(pattern: RoutePattern, label: String, origin: String) {
      self.pattern = pattern
      self.label = label
      self.origin = origin
    }
  }

  public var rules: [Rule]

  public init(rules: [Rule] = []) { self.rules = rules }

  /// The rule for a path template such as `/users/{int}/orders?x={int}`; nil when none matches.
  ///
  /// A more specific rule wins, whatever the order in the file: exact, then segment by segment a literal before a
  /// parameter, then the longer prefix. nginx regular expressions come between `^~` prefixes and plain prefixes, in
  /// file order, as nginx does.
  public func rule(forTemplate template: String) -> Rule? {
    let path = TemplatePath(template)
    var best: (rank: RoutePattern.Rank, rule: Rule)?
    for rule in rules {
      guard let rank = rule.pattern.rank(of: path) else { continue }
      if let best, best.rank >= rank { continue }
      best = (rank, rule)
    }
    return best?.rule
  }
}

/// The path part of a template, taken apart once for all rules.
struct TemplatePath {
  /// `/users/{int}/orders`, query and matrix parameters dropped.
  let text: String
  let segments: [Substring]
  /// A path that the template could stand for, for regular expressions: `/users/1/orders`.
  let example: String

  init(_ template: String) {
    let path = String(template.prefix { $0 != "?" }).replacing("{matrix}", with: "")
    text = path
    segments = path.split(separator: "/", omittingEmptySubsequences: true)
    example = segments.reduce(into: "") { result, segment in
      result += "/" + TemplatePath.example(of: segment)
    }
  }

  private static let examples = [
    "{int}": "1", "{id}": "a1b2", "{uuid}": "4f0c2f6e-8a57-4d3b-9a3a-0d4f5f7a9b10", "{date}": "2026-11-22",
    "{email}": "a@b.test", "{ip}": "192.0.2.1", "{hash}": "3f9a1c2b7d", "{ulid}": "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "{token}": "eyJhbGciOiJIUzI1NiJ9", "{slug}": "how-to-tune-a-gateway", "{var}": "x", "{rest}": "x",
  ]

  private static func example(of segment: Substring) -> String {
    examples.reduce(String(segment)) { $0.replacing($1.key, with: $1.value) }
  }
}
