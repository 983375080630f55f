internal import Statistics
import Traffic

/// Refused callers come back: another limit brings other traffic, and a replay of the recorded requests would be wrong.
public struct RetriesChangeLoad: FindingRule {
  public static let kind = "retries-change-load"
  public static let summary = "refused callers come back, so that a what-if must learn their retries"

  /// The callers that were refused most are looked at, in their worst hour.
  static let callers = 3
  /// Callers are expected back within this time, µs.
  static let horizon: Int64 = 60_000_000
  /// Least probability that a refusal brings its caller back.
  static let least = 0.2

  public init() {}

  public func findings(in night: Night, after earlier: Night?) async throws -> [Finding] {
    let refusals = try await night.answer(Refusals(scope: night.scope))
    let asked = refusals.callers.prefix(Self.callers).compactMap { caller in
      Self.question(caller, night).map { (caller, $0) }
    }
    for (_, question) in asked { await night.expect(question) }
    var findings: [Finding] = []
    for (caller, question) in asked {
      let answer = try await night.answer(question)
      guard let least = ComebackShare.leastRetryProbability(answer), least >= Self.least else { continue }
      findings.append(Self.finding(caller, refusals, question, answer))
    }
    return FindingLimits.strongest(findings)
  }

  /// About the caller's worst hour; nil where it was refused too seldom.
  private static func question(_ caller: Refusals.Caller, _ night: Night) -> Comebacks? {
    guard let hour = caller.worstHour, hour.rejected >= ComebackShare.fewest,
      let scope = night.scope.of(caller: caller.caller)
    else { return nil }
    return Comebacks(
      scope: scope, from: hour.start, until: hour.start + Microseconds.hour.count, horizon: horizon, trouble: .refused)
  }

  private static func finding(
    _ caller: Refusals.Caller, _ refusals: Refusals.Answer, _ question: Comebacks, _ answer: Comebacks.Answer
  ) -> Finding {
    let name = caller.caller.name
    return Finding(
      kind: kind, subject: name, severity: .warning,
      impact: Double(caller.rejected) / Double(max(1, refusals.rejected)) * 0.1, confidence: 0.85,
      headline: """
        \(.text(name)) came back after \(.ratio(answer.troubled.followed, of: answer.troubled.events)) of its refusals \
        within \(.duration(Microseconds(horizon))), after \(.ratio(answer.fine.followed, of: answer.fine.events)) of its \
        successes: another limit brings other traffic.
        """,
      evidence: ComebackShare.evidence(question, answer),
      cost: """
        Replayed as recorded, these retries count as demand: a higher limit looks worse than it would be, a lower one \
        better.
        """,
      action: """
        Ask what-ifs with headroom simulate --retries learned. Send Retry-After with refusals, so that callers come back \
        when there is room.
        """,
      command: ShellLine.sql(question.query))
  }
}
