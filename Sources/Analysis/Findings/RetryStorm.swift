internal import Statistics
import Traffic

/// A burst of failures whose callers were back within seconds: the load that keeps an upstream down is of its own
/// making.
public struct RetryStorm: FindingRule {
  public static let kind = "retry-storm"
  public static let summary = "failures whose callers come back within seconds and add to the load"

  public init() {}

  public func findings(in night: Night, after earlier: Night?) async throws -> [Finding] {
    var findings: [Finding] = []
    for burst in try await ErrorBursts.all(in: night).prefix(FindingLimits.perKind * 2) {
      guard let answer = try await ErrorBursts.storm(burst, in: night) else { continue }
      findings.append(try await Self.finding(burst, answer, night))
    }
    return FindingLimits.strongest(findings)
  }

  private static func finding(_ burst: ErrorBurst, _ answer: Comebacks.Answer, _ night: Night) async throws -> Finding {
    let question = ErrorBursts.comebacks(burst)
    let before = burst.scope.within(burst.from - burst.length, burst.from)
    let requestsBefore = try await night.answer(StatusSteps(scope: before)).reduce(0) { $0 + $1.requests }
    return Finding(
      kind: kind, subject: burst.routes[0], severity: .severe,
      impact: Double(burst.requests) / Double(max(1, burst.night)), confidence: 0.9,
      headline: """
        Callers of \(ErrorBurstRule.routes(burst)) came back after \
        \(.ratio(answer.troubled.followed, of: answer.troubled.events)) of the failures within \
        \(.duration(Microseconds(ErrorBursts.horizon))), from \(.timestamp(Timestamp(microseconds: burst.from))) to \
        \(.timestamp(Timestamp(microseconds: burst.until))); after a success, \
        \(.ratio(answer.fine.followed, of: answer.fine.events)).
        """,
      evidence: ComebackShare.evidence(question, answer) + [
        Finding.Evidence(
          "requests", "Requests in the stretch", .integer(burst.requests), .query(burst.part.select("count(*) AS requests"))),
        Finding.Evidence(
          "requests_before", "Requests in as long a time before", .integer(requestsBefore),
          .query(before.select("count(*) AS requests_before"))),
      ],
      cost: """
        These routes got \(.integer(burst.requests)) requests where as long a time before had \(.integer(requestsBefore)): \
        what fails gets more to do, and stays down for longer.
        """,
      action: """
        Let callers wait longer after each failure and add chance to the wait, and bound retries to a tenth of the calls. \
        A what-if with a limit on the route and learned retries (headroom simulate --retries learned) shows what \
        remains of the load.
        """,
      command: ShellLine.sql(question.query))
  }
}
