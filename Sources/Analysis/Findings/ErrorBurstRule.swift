import Traffic

/// Status 5xx that came in a stretch, on one route or on several at the same time.
public struct ErrorBurstRule: FindingRule {
  public static let kind = "error-burst"
  public static let summary = "status 5xx concentrated in a stretch, on a route or several at the same time"

  /// A promise of 99.9 % is broken by this burst alone: severe.
  static let severeShare = 0.001

  public init() {}

  public func findings(in night: Night, after earlier: Night?) async throws -> [Finding] {
    var findings: [Finding] = []
    let gone = try await StaleDiscovery.goneEndpoints(in: night)
    for burst in try await ErrorBursts.all(in: night).prefix(FindingLimits.perKind * 2) {
      // A burst whose callers come back for more is a retry storm's.
      guard try await ErrorBursts.storm(burst, in: night) == nil else { continue }
      guard try await !Self.isMostly(of: gone, burst, night) else { continue }
      findings.append(Self.finding(burst))
    }
    return FindingLimits.strongest(findings)
  }

  /// Most of the errors are those of endpoints that are gone, which `StaleDiscovery` tells.
  private static func isMostly(of gone: [String], _ burst: ErrorBurst, _ night: Night) async throws -> Bool {
    guard !gone.isEmpty else { return false }
    let steps = try await night.answer(StatusSteps(scope: burst.part.matching(.stored(.upstream), gone)))
    return steps.reduce(0) { $0 + $1.errors } * 2 > burst.errors
  }

  static func finding(_ burst: ErrorBurst) -> Finding {
    var query = EvidenceQuery()
    query.add("errors", "Failed with 5xx", burst.errors, "sum(\(RowSQL.isServerError))")
    query.add("requests", "Requests in the stretch", burst.requests, "count(*)")
    let share = Double(burst.errors) / Double(max(1, burst.night))
    let window: Sentence =
      "from \(.timestamp(Timestamp(microseconds: burst.from))) to \(.timestamp(Timestamp(microseconds: burst.until)))"
    return Finding(
      kind: kind, subject: burst.routes[0], severity: share >= severeShare ? .severe : .warning, impact: share,
      confidence: 0.95,
      headline: """
        \(.ratio(burst.errors, of: burst.requests)) of the requests to \(routes(burst)) failed with 5xx \(window).
        """,
      evidence: query.evidence(burst.part.filter),
      cost: """
        \(.integer(burst.errors)) calls got no answer: \(.ratio(burst.errors, of: burst.night)) of the night's requests, \
        where a promise of 99.9 % allows 0.1 %.
        """,
      action: """
        Compare the stretch with deployments and with the upstreams' own logs (headroom show upstreams). A what-if with \
        fewer upstream endpoints shows whether the rest could have carried the load.
        """,
      command: ShellLine.sql(query.sql(burst.part.filter)))
  }

  static func routes(_ burst: ErrorBurst) -> Sentence {
    let more = Int64(burst.routes.count - 1)
    switch more {
    case 0: return "\(.text(burst.routes[0]))"
    case 1: return "\(.text(burst.routes[0])) and \(.text(burst.routes[1]))"
    default: return "\(.text(burst.routes[0])) and \(.integer(more)) more routes"
    }
  }
}
