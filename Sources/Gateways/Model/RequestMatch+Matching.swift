import Foundation

/// The names of one request that conditions look at; nil where the log does not say.
public struct RequestNames: Sendable {
  private var names: [RequestMatch.Condition.Subject: String] = [:]
  private let path: TemplatePath?

  /// - Parameter template: the path's template, such as `/users/{int}/orders?x={int}`.
  public init(template: String?, names: [RequestMatch.Condition.Subject: String] = [:]) {
    self.names = names
    path = template.map(TemplatePath.init)
  }

  func satisfies(_ condition: RequestMatch.Condition) -> Bool {
    condition.patterns.contains { matches($0, condition.subject) } != condition.isNegated
  }

  private func matches(_ pattern: NamePattern, _ subject: RequestMatch.Condition.Subject) -> Bool {
    guard subject == .path else { return names[subject].map { pattern.matches($0) } ?? false }
    return path.map { pattern.matches($0) } ?? false
  }
}

extension RequestMatch {
  /// Whether it applies to a request. A name that the log does not have satisfies no pattern.
  public func matches(_ names: RequestNames) -> Bool { conditions.allSatisfy(names.satisfies) }

  /// What has to be known of a request to tell.
  public var subjects: Set<Condition.Subject> { Set(conditions.map(\.subject)) }
}

extension GatewayModel {
  /// What the conditions of the whole model look at, in a fixed order.
  public var subjects: [RequestMatch.Condition.Subject] {
    let matches = policies.flatMap(\.cases).map(\.match) + rules.map(\.match)
    return matches.reduce(into: Set()) { $0.formUnion($1.subjects) }.sorted { $0.rawValue < $1.rawValue }
  }

  /// The stages that a request meets, in order, each with the numbers of its rules in `rules`: in each policy those of
  /// the first case that matches. Stages of which no rule applies are left out.
  public func stages(for names: RequestNames) -> [(joining: LimitStage.Joining, rules: [Int])] {
    var stages: [(joining: LimitStage.Joining, rules: [Int])] = []
    var number = 0
    for policy in policies {
      var isDecided = false
      for one in policy.cases {
        let applies = !isDecided && one.match.matches(names)
        isDecided = isDecided || applies
        for stage in one.stages {
          let rules = stage.rules.indices.filter { applies && stage.rules[$0].match.matches(names) }.map { number + $0 }
          if !rules.isEmpty { stages.append((stage.joining, rules)) }
          number += stage.rules.count
        }
      }
    }
    return stages
  }
}

extension NamePattern {
  func matches(_ text: String) -> Bool {
    switch self {
    case .exact(let name): text == name
    case .prefix(let start): text.hasPrefix(start)
    case .suffix(let end): text.hasSuffix(end)
    case .segments(let parts): matches(TemplatePath(text), segments: parts)
    case .regularExpression(let expression, let ignoresCase): Self.found(expression, in: text, ignoresCase)
    }
  }

  func matches(_ path: TemplatePath) -> Bool {
    switch self {
    case .segments(let parts): matches(path, segments: parts)
    // A variable stands for some value: an expression is tried on one that it could be.
    case .regularExpression(let expression, let ignoresCase): Self.found(expression, in: path.example, ignoresCase)
    default: matches(path.text)
    }
  }

  private func matches(_ path: TemplatePath, segments parts: [String]) -> Bool {
    RoutePattern.segments(parts.map { $0 == "*" ? "{any}" : $0 }).rank(of: path) != nil
  }

  private static func found(_ expression: String, in text: String, _ ignoresCase: Bool) -> Bool {
    var options: String.CompareOptions = .regularExpression
    if ignoresCase { options.insert(.caseInsensitive) }
    return text.range(of: expression, options: options) != nil
  }
}
