/// What can be said for certain about conditions without a request at hand.
enum MatchLogic {
  /// Whether every request that meets all of `conditions` meets all of `others`.
  static func implies(_ conditions: [RequestMatch.Condition], _ others: [RequestMatch.Condition]) -> Bool {
    others.allSatisfy { other in conditions.contains { implies($0, other) } }
  }

  /// Whether no request can meet both.
  static func excludes(_ conditions: [RequestMatch.Condition], _ others: [RequestMatch.Condition]) -> Bool {
    conditions.contains { condition in others.contains { excludes(condition, $0) } }
  }

  static func implies(_ a: RequestMatch.Condition, _ b: RequestMatch.Condition) -> Bool {
    if a == b { return true }
    guard a.subject == b.subject, !a.isNegated else { return false }
    if b.isNegated { return excludes(a, RequestMatch.Condition(b.subject, b.patterns)) }
    return a.patterns.allSatisfy { pattern in b.patterns.contains { implies(pattern, $0) } }
  }

  static func excludes(_ a: RequestMatch.Condition, _ b: RequestMatch.Condition) -> Bool {
    guard a.subject == b.subject else { return false }
    switch (a.isNegated, b.isNegated) {
    case (true, true): return false
    case (true, false): return implies(b, RequestMatch.Condition(a.subject, a.patterns))
    case (false, true): return implies(a, RequestMatch.Condition(b.subject, b.patterns))
    case (false, false):
      return a.patterns.allSatisfy { pattern in b.patterns.allSatisfy { excludes(pattern, $0) } }
    }
  }

  /// Leaves out every case whose requests get the same outcome from the cases behind it; the first that matches counts.
  /// - Parameter otherwise: outcome of requests that no case matches; nil where that is not known.
  static func withoutNeedless<Case, Outcome: Equatable>(
    _ cases: [Case], otherwise: Outcome?, conditions: (Case) -> [RequestMatch.Condition],
    outcome: (Case) -> Outcome
  ) -> [Case] {
    var kept: [Case] = []
    for entry in cases.reversed() {
      let (met, wanted) = (conditions(entry), outcome(entry))
      // `kept` grows backwards: its last is what comes next. What decides is the next that takes some of these requests
      // elsewhere, or all of them to the same.
      let next = kept.reversed().first {
        outcome($0) == wanted ? implies(met, conditions($0)) : !excludes(met, conditions($0))
      }
      if next.map(outcome) ?? otherwise != wanted { kept.append(entry) }
    }
    return kept.reversed()
  }

  private static func implies(_ a: NamePattern, _ b: NamePattern) -> Bool {
    switch (a, b) {
    case (.exact(let text), .prefix(let start)), (.prefix(let text), .prefix(let start)):
      hasPrefix(text, start)
    case (.exact(let text), .suffix(let end)), (.suffix(let text), .suffix(let end)): hasSuffix(text, end)
    default: a == b
    }
  }

  static func excludes(_ a: NamePattern, _ b: NamePattern) -> Bool {
    switch (a, b) {
    case (.exact(let text), .exact(let other)): text != other
    case (.exact(let text), .prefix(let start)), (.prefix(let start), .exact(let text)):
      !hasPrefix(text, start)
    case (.exact(let text), .suffix(let end)), (.suffix(let end), .exact(let text)): !hasSuffix(text, end)
    case (.prefix(let text), .prefix(let other)): !hasPrefix(text, other) && !hasPrefix(other, text)
    case (.suffix(let text), .suffix(let other)): !hasSuffix(text, other) && !hasSuffix(other, text)
    default: false
    }
  }

  // By bytes: Swift's own compare what looks the same, gateways do not.
  private static func hasPrefix(_ text: String, _ start: String) -> Bool {
    text.utf8.starts(with: start.utf8)
  }
  private static func hasSuffix(_ text: String, _ end: String) -> Bool {
    text.utf8.reversed().starts(with: end.utf8.reversed())
  }
}
