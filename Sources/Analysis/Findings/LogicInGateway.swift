import Traffic

/// A route that reaches an upstream and yet spends most of its time at the gateway: scripts, transformations,
/// calls to other services made from there.
public struct LogicInGateway: FindingRule {
  public static let kind = "logic-in-gateway"
  public static let summary = "routes whose time is mostly the gateway's own"

  /// Share of the route's time.
  static let leastShare = 0.5
  /// Mean per request; less is `low-value-hop`'s.
  static let leastTime = Microseconds(20_000)
  static let leastMeasured: Int64 = 200
  /// Share of all measured time from which it hurts the gateway as a whole.
  static let largeShare = 0.1

  public init() {}

  public func findings(in night: Night, after earlier: Night?) async throws -> [Finding] {
    let work = try await night.answer(GatewayWork(scope: night.scope))
    guard let resolution = work.resolution, resolution < .second else { return [] }
    return FindingLimits.strongest(
      work.rows.filter { Self.isLogic($0.counts) }.map { finding($0, of: work.total, night.scope.filter) })
  }

  static func isLogic(_ counts: GatewayWorkCounts) -> Bool {
    counts.measured >= leastMeasured && counts.meanGatewayTime >= leastTime.count
      && Double(counts.gatewayTime) >= leastShare * Double(counts.duration)
  }

  private func finding(_ row: GatewayWork.Row, of total: GatewayWorkCounts, _ filter: TrafficFilter) -> Finding {
    let counts = row.counts
    let route = [SQLWhere.equal("route", row.route), SQLWhere.equal("method", row.method)]
    let evidence = GatewayTimeEvidence(counts)
    let name = Sentence.route(row.method, row.route)
    let impact = max(
      Double(counts.gatewayTime) / Double(max(1, total.duration)),
      Double(counts.requests) / Double(max(1, total.requests)))
    return Finding(
      kind: Self.kind, subject: name.subject, severity: impact >= Self.largeShare ? .warning : .notice, impact: impact,
      confidence: 0.8,
      headline: """
        \(name) spends \(.ratio(counts.gatewayTime, of: counts.duration)) of its time at the gateway: \
        \(.duration(Microseconds(counts.meanGatewayTime))) a request, while its upstream needs \
        \(.duration(Microseconds(counts.meanUpstreamDuration))).
        """,
      evidence: evidence.evidence(filter, and: route),
      cost: """
        The gateway's workers are held for it, so every other route waits behind it at the peak, and it can only be \
        scaled and released together with all of them.
        """,
      action: """
        Find what runs there (scripts, body transformations, calls to an identity provider, buffering) and move it \
        behind the gateway or cache its result. The night after, 'headroom compare' says what this route and the others \
        gained.
        """,
      command: ShellLine.sql(evidence.sql(filter, and: route)))
  }
}
