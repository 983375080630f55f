import Traffic

/// A route whose upstream answers so fast that most of the time is the hop through the gateway.
public struct LowValueHop: FindingRule {
  public static let kind = "low-value-hop"
  public static let summary = "routes for which the hop takes longer than the work"

  static let leastShare = 0.5
  static let longestUpstream = Microseconds(5_000)
  static let leastMeasured: Int64 = 200
  /// Share of the night below which a change is not worth it.
  static let leastOfNight = 0.005

  public init() {}

  public func findings(in night: Night, after earlier: Night?) async throws -> [Finding] {
    let work = try await night.answer(GatewayWork(scope: night.scope))
    guard let resolution = work.resolution, resolution < .second else { return [] }
    // Two clock readings that are rounded down differ from the truth by less than a step on average.
    let shortest = max(200, 2 * resolution.count)
    return FindingLimits.strongest(
      work.rows.filter { isLowValue($0, shortest: shortest, of: work.total.requests) }
        .map { finding($0, of: work.total, resolution, night.scope.filter) })
  }

  private func isLowValue(_ row: GatewayWork.Row, shortest: Int64, of all: Int64) -> Bool {
    let counts = row.counts
    guard let route = row.route, !HealthCheckNames.isProbe(path: route), counts.measured >= Self.leastMeasured,
      Double(counts.requests) >= Double(all) * Self.leastOfNight, counts.succeeded * 2 > counts.requests
    else { return false }
    return counts.meanUpstreamDuration <= Self.longestUpstream.count && counts.meanGatewayTime >= shortest
      && Double(counts.gatewayTime) >= Self.leastShare * Double(counts.duration) && !LogicInGateway.isLogic(counts)
  }

  private func finding(
    _ row: GatewayWork.Row, of total: GatewayWorkCounts, _ resolution: Microseconds, _ filter: TrafficFilter
  ) -> Finding {
    let counts = row.counts
    let route = [SQLWhere.equal("route", row.route), SQLWhere.equal("method", row.method)]
    let evidence = GatewayTimeEvidence(counts)
    let name = Sentence.route(row.method, row.route)
    return Finding(
      kind: Self.kind, subject: name.subject, severity: .notice,
      impact: Double(counts.requests) / Double(max(1, total.requests)), confidence: 0.6,
      headline: """
        \(name) takes \(.duration(Microseconds(counts.meanUpstreamDuration))) at its upstream and \
        \(.duration(Microseconds(counts.meanGatewayTime))) at the gateway: a direct call would save up to \
        \(.ratio(counts.gatewayTime, of: counts.duration)) of its time.
        """,
      evidence: evidence.evidence(filter, and: route),
      cost: """
        Callers wait longer for the hop than for the answer; over \(.integer(counts.measured)) requests that is \
        \(.duration(Microseconds(counts.gatewayTime))). Durations are logged in steps of \(.duration(resolution)).
        """,
      action: """
        Let callers inside the network call the service directly or through a mesh, answer from a cache at the \
        gateway, or join several such calls into one. 'headroom compare' of the nights before and after settles it.
        """,
      command: ShellLine.sql(evidence.sql(filter, and: route)))
  }
}
