internal import Statistics
import Traffic

/// The traffic was already held back by a limit: what is derived from it ratchets down.
public struct ThrottledBaseline: FindingRule {
  public static let kind = "throttled-baseline"
  public static let summary = "limits held back so much of the traffic that limits derived from it come out too low"

  /// Rejected, or rejected and delayed, of all requests.
  static let rejectedShare = 0.005
  static let heldShare = 0.02
  /// Rejected so often, users are hurt now.
  static let severeShare = 0.1

  public init() {}

  public func findings(in night: Night, after earlier: Night?) async throws -> [Finding] {
    await night.expect(BusySeconds(scope: night.scope))
    let refusals = try await night.answer(Refusals(scope: night.scope))
    guard refusals.rejected + refusals.delayed > 0 else { return [] }
    let requests = try await night.answer(BusySeconds(scope: night.scope)).window.requests
    let held = refusals.rejected + refusals.delayed
    guard let rejected = ShareInterval(Int(refusals.rejected), of: Int(requests)),
      let touched = ShareInterval(Int(held), of: Int(requests)),
      rejected.lower >= Self.rejectedShare || touched.lower >= Self.heldShare
    else { return [] }
    var query = EvidenceQuery()
    query.add("requests", "Requests", requests, "count(*)")
    query.add("rejected", "Rejected by a limit", refusals.rejected, "sum(\(RowSQL.isLimited))")
    query.add("delayed", "Delayed by a limit", refusals.delayed, "sum(coalesce(\"limit\", '') = 'delayed')")
    return [
      Finding(
        kind: Self.kind, severity: rejected.lower >= Self.severeShare ? .severe : .warning,
        impact: Double(held) / Double(max(1, requests)), confidence: 0.95,
        headline: """
          Limits rejected \(.ratio(refusals.rejected, of: requests)) of the requests and delayed \
          \(.ratio(refusals.delayed, of: requests)): a limit derived from this traffic comes out too low.
          """,
        evidence: query.evidence(night.scope.filter) + [
          Finding.Evidence(
            "callers", "Callers that were rejected", .integer(Int64(refusals.callers.count)),
            .command("headroom show quotas")),
        ],
        cost: """
          Demand is at least what was let through and at most what was asked for, and each limit taken from the one below \
          it ratchets down. The wait of delayed requests is inside their durations.
          """,
        action: """
          Look at whom it hits (headroom show quotas), and replay demand instead of traffic: headroom simulate \
          --retries learned, headroom limits on what was offered.
          """,
        command: ShellLine.sql(query.sql(night.scope.filter)))
    ]
  }
}
