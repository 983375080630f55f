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
