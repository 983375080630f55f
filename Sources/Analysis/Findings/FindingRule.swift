/// One kind of finding: looks at a night and says what it found, or nothing.
///
/// A rule asks the night's questions (each is worked out once for all rules) and decides by named thresholds. It has
/// nothing to say where the log lacks a column it needs. Its test plants the fault and finds it, and finds nothing in
/// a night without it.
public protocol FindingRule: Sendable {
  /// The `kind` of its findings.
  static var kind: String { get }
  /// One line for the list of rules: what it looks for.
  static var summary: String { get }
  init()
  /// - Parameter earlier: the period before, where there is one to compare with.
  func findings(in night: Night, after earlier: Night?) async throws -> [Finding]
}

/// Every rule; adding one is its file and its line here.
public enum FindingRules {
  public static let all: [any FindingRule.Type] = [
    PassThrough.self,
    LogicInGateway.self,
    LowValueHop.self,
    NotScaled.self,
    StaleDiscovery.self,
    ColdCache.self,
    Uncacheable.self,
    SlowEndpoint.self, ErrorBurstRule.self, RetryStorm.self, RetriesChangeLoad.self, ThrottledBaseline.self, HotKey.self,
    SharedKey.self, QuotaExhaustion.self, WindowEdgeBurst.self, PerNodeLimits.self, MissingHours.self,
    HealthChecks.self,
    OneSizeForAllClients.self,
    Regression.self,
  ]

  /// All findings, severe ones first, then by impact × confidence, then by id.
  public static func findings(in night: Night, after earlier: Night? = nil) async throws -> [Finding] {
    try await withThrowingTaskGroup(of: [Finding].self) { group in
      for rule in all {
        group.addTask(operation: night.announced { try await rule.init().findings(in: night, after: earlier) })
      }
      Night.endAnnouncement()
      return try await group.reduce(into: []) { $0 += $1 }.sorted(by: isBefore)
    }
  }

  private static func isBefore(_ a: Finding, _ b: Finding) -> Bool {
    if a.severity != b.severity { return a.severity > b.severity }
    let (left, right) = (a.impact * a.confidence, b.impact * b.confidence)
    return left != right ? left > right : a.id < b.id
  }
}
