public import Traffic

/// Which requests something applies to: all conditions must hold.
public struct RequestMatch: Hashable, Sendable {
  /// Empty: every request.
  public var conditions: [Condition]

  public init(_ conditions: [Condition] = []) { self.conditions = conditions }

  /// Every request.
  public static let everything = RequestMatch()

  /// A claim about one name of the request.
  public struct Condition: Hashable, Sendable {
    /// What is looked at.
    public enum Subject: String, Hashable, Sendable {
      /// The path without its query, where variables are as in the template.
      case path
      case host, method, consumer, client
      /// The gateway's own name for the rule: Kong route, Envoy route or virtual host, Traefik router.
      case routeName
      case service
      /// Headroom's route.
      case route
    }
    public var subject: Subject
    /// One of these matches …
    public var patterns: [NamePattern]
    /// … or, negated, none does.
    public var isNegated: Bool

    public init(_ subject: Subject, _ patterns: [NamePattern], isNegated: Bool = false) {
      self.subject = subject
      self.patterns = patterns
      self.isNegated = isNegated
    }
  }
}

/// How a name is compared.
public enum NamePattern: Hashable, Sendable {
  case exact(String)
  case prefix(String)
  case suffix(String)
  /// Segment by segment, `{name}` or `*` for any one segment, a final `**` for any rest (paths only).
  case segments([String])
  /// Found anywhere; anchors are the pattern's own.
  case regularExpression(String, ignoresCase: Bool)
}

extension RequestMatch.Condition.Subject {
  /// The column of a recorded request that holds it.
  public var column: ScanColumn {
    switch self {
    case .path: .stored(.path)
    case .host: .stored(.host)
    case .method: .stored(.method)
    case .consumer: .stored(.consumer)
    case .client: .stored(.client)
    case .routeName: .stored(.routeName)
    case .service: .stored(.service)
    case .route: .route
    }
  }
}
