import Statistics
import Traffic

/// A route that asks the cache and is never answered from it, though the same answers go out again and again, while
/// other routes are cached: one response header is the usual reason.
public struct Uncacheable: FindingRule {
  public static let kind = "uncacheable"
  public static let summary = "routes that the cache is asked for and never answers"

  static let leastAsked: Int64 = 200
  /// Share served, upper end of the interval.
  static let mostServed = 0.02
  /// Share of other routes' look-ups that the cache serves: it works.
  static let leastElsewhere = 0.05
  /// Share of requests that repeat one of the same minute, lower end.
  static let leastRepeats = 0.02
  static let candidates = 8

  public init() {}

  public func findings(in night: Night, after earlier: Night?) async throws -> [Finding] {
    var use = try await night.answer(CacheUse(scope: night.scope))
    guard !suspects(of: use).isEmpty else { return [] }
    if night.rolledUp > 0 { use = try await night.answer(CacheUse(scope: night.scope.ofSingleRows)) }
    var findings: [Finding] = []
    // A wildcard in a logged route would ask for other routes too.
    let asked = suspects(of: use).sorted { Self.asked($0) > Self.asked($1) }.prefix(Self.candidates)
      .compactMap { row in row.route.map { (row, $0) } }.filter { !$1.contains { $0 == "*" || $0 == "?" } }
    for (_, route) in asked { await night.expect(RepeatedAnswers(scope: night.scope, route: route)) }
    for (row, route) in asked {
      let repeats = try await night.answer(RepeatedAnswers(scope: night.scope, route: route))
      guard let share = ShareInterval(Int(repeats.repeats), of: Int(repeats.requests)), share.lower >= Self.leastRepeats
      else { continue }
      findings.append(finding(row, repeats, of: use.total.requests, night.scope.filter))
    }
    return FindingLimits.strongest(findings)
  }

  private func suspects(of use: CacheUse.Answer) -> [CacheUse.Row] {
    use.rows.filter { Self.isNeverServed($0) && isServedElsewhere($0, use.total) }
  }

  /// Look-ups, and requests that the cache was told to let pass.
  static func asked(_ row: CacheUse.Row) -> Int64 {
    row.lookups + row.byStatus[Int(CacheStatus.bypass.rawValue)] + row.byStatus[Int(CacheStatus.pass.rawValue)]
  }

  private static func isNeverServed(_ row: CacheUse.Row) -> Bool {
    guard row.method == "GET", asked(row) >= leastAsked,
      let served = ShareInterval(Int(row.served), of: Int(asked(row)))
    else { return false }
    return served.upper <= mostServed
  }

  private func isServedElsewhere(_ row: CacheUse.Row, _ total: CacheUse.Row) -> Bool {
    let lookups = total.lookups - row.lookups
    guard let served = ShareInterval(Int(total.served - row.served), of: Int(lookups)) else { return false }
    return served.lower >= Self.leastElsewhere
  }

  private func finding(
    _ row: CacheUse.Row, _ repeats: RepeatedAnswers.Answer, of all: Int64, _ filter: TrafficFilter
  ) -> Finding {
    let asked = Self.asked(row)
    let route = [SQLWhere.equal("route", row.route), SQLWhere.equal("method", row.method)]
    let name = Sentence.route(row.method, row.route)
    var query = EvidenceQuery()
    query.add(
      "served", "Served from cache, of requests that asked it", row.served, of: asked,
      "coalesce(sum(served), 0)")
    let asking = "(lookup = 1 OR cache IN ('bypass', 'pass'))"
    let counted = """
      SELECT sum(requests) - count(*) AS repeats_part, sum(requests) AS repeats_of FROM (SELECT count(*) AS requests \
      FROM requests\(SQLWhere.clause(filter, and: route + [RepeatedAnswers.conditionSQL])) \
      GROUP BY \(RepeatedAnswers.groupSQL))
      """
    let evidence = query.evidence(filter, and: route + [asking]) + [
      Finding.Evidence(
        "repeats", "Of 200 answers, those that repeat one of the same minute", .ratio(repeats.repeats, of: repeats.requests),
        .query(counted))
    ]
    return Finding(
      kind: Self.kind, subject: name.subject, severity: .warning,
      impact: Double(row.requests) / Double(max(1, all)), confidence: 0.6,
      headline: """
        The cache is asked for \(name) \(.integer(asked)) times and answers \(.integer(row.served)), though up to \
        \(.ratio(repeats.repeats, of: repeats.requests)) of the answers repeat one of the same minute.
        """,
      evidence: evidence,
      cost: """
        Up to \(.integer(repeats.repeats)) requests go to the upstream that a cache of one minute would have answered. \
        Counted by template and bytes sent, so different resources of one size count as repeats too.
        """,
      action: """
        Look at one answer's headers: Set-Cookie, Cache-Control: private or no-store, and Vary on a header that \
        differs by caller each keep it out of the cache. Take it away on this route; 'headroom show cache' of the next \
        night says what that gained.
        """,
      command: ShellLine.sql(query.sql(filter, and: route + [asking])))
  }
}
