import Traffic

/// Kinds of client that ask for very different amounts, under one and the same limits.
///
/// Kinds are families of programs by user agent; callers are consumers. Speaks of kinds with enough callers for a
/// middle one to mean something, all of them judged by the limiter.
public struct OneSizeForAllClients: FindingRule {
  public static let kind = "one-size-for-all-clients"
  public static let summary = "kinds of client that differ a lot and share the same limits"

  static let fewestCallers: Int64 = 20
  /// Share of the requests with a consumer.
  static let leastShare = 0.05
  /// Times that the middle callers' calls, or the mean sizes of answers, differ.
  static let leastDifference = 4.0
  /// Share of its requests that the limiter judged.
  static let leastJudged = 0.5

  public init() {}

  public func findings(in night: Night, after earlier: Night?) async throws -> [Finding] {
    let kinds = try await night.answer(CallerKinds(scope: night.scope))
    let keyed = kinds.rows.reduce(0) { $0 + $1.requests }
    let rows = kinds.rows.filter { row in
      row.callers >= Self.fewestCallers && row.medianCalls > 0
        && Double(row.requests) >= Self.leastShare * Double(keyed)
        && Double(row.judged) >= Self.leastJudged * Double(row.requests)
    }
    guard rows.count > 1 else { return [] }
    let byCalls = rows.sorted { ($0.medianCalls, $0.kind.rawValue) < ($1.medianCalls, $1.kind.rawValue) }
    let bySize = rows.filter { $0.withBytes > 0 }
      .sorted { ($0.meanBytes, $0.kind.rawValue) < ($1.meanBytes, $1.kind.rawValue) }
    let calls = Self.difference(byCalls, \.medianCalls)
    let size = Self.difference(bySize, \.meanBytes)
    guard max(calls, size) >= Self.leastDifference else { return [] }
    let pair = calls >= size ? byCalls : bySize
    guard let less = pair.first, let more = pair.last else { return [] }
    return [finding(less, more, isAboutCalls: calls >= size, of: kinds.requests, night.scope.filter)]
  }

  private static func difference(_ rows: [CallerKinds.Row], _ value: (CallerKinds.Row) -> Int64) -> Double {
    guard rows.count > 1, let first = rows.first, let last = rows.last, value(first) > 0 else { return 0 }
    return Double(value(last)) / Double(value(first))
  }

  private func finding(
    _ less: CallerKinds.Row, _ more: CallerKinds.Row, isAboutCalls: Bool, of all: Int64, _ filter: TrafficFilter
  ) -> Finding {
    let headline: Sentence = isAboutCalls
      ? """
      The middle caller among \(.text(more.kind.name)) made \(.integer(more.medianCalls)) calls, among \
      \(.text(less.kind.name)) \(.integer(less.medianCalls)), and the same limits judge both.
      """
      : """
      An answer to \(.text(more.kind.name)) has \(.bytes(more.meanBytes)) on average, to \(.text(less.kind.name)) \
      \(.bytes(less.meanBytes)), and the same limits count both as one request.
      """
    return Finding(
      kind: Self.kind, subject: Self.subject(less.kind, more.kind), severity: .notice,
      impact: Double(min(less.requests, more.requests)) / Double(max(1, all)), confidence: 0.6, headline: headline,
      evidence: evidence(less, filter) + evidence(more, filter),
      cost: """
        A limit that fits one kind is too tight or too wide for the other: it refused \
        \(.ratio(less.refused, of: less.judged)) of the requests of \(.text(less.kind.name)) and \
        \(.ratio(more.refused, of: more.judged)) of those of \(.text(more.kind.name)).
        """,
      action: """
        Give each kind its own plan, and where payloads differ its own routes (a gateway or route per kind of client). \
        'headroom limits' with '--where' on one kind's user agents shows the smallest limit that fits it.
        """,
      command: ShellLine.sql(callerSQL(less, filter)))
  }

  /// The same whichever of the two asks for more.
  private static func subject(_ a: CallerKind, _ b: CallerKind) -> String {
    a.rawValue < b.rawValue ? "\(a.name)/\(b.name)" : "\(b.name)/\(a.name)"
  }

  private func callers(_ row: CallerKinds.Row, _ filter: TrafficFilter) -> String {
    let agents = row.agents.map(SQLWhere.literal).joined(separator: ", ")
    let condition = ["consumer IS NOT NULL", "user_agent IN (\(agents))"]
    return """
      (SELECT count(*) AS calls, sum("limit" IS NOT NULL AND "limit" <> 'none') AS judged, \
      sum("limit" IN ('rejected', 'inferred_rejected')) AS refused, sum(bytes_out) AS bytes, count(bytes_out) AS sized \
      FROM requests\(SQLWhere.clause(filter, and: condition)) GROUP BY consumer)
      """
  }

  private func query(_ row: CallerKinds.Row) -> EvidenceQuery {
    let name = row.kind.name
    let key = name.split(separator: " ").joined(separator: "_")
    var query = EvidenceQuery()
    query.add("\(key)_callers", "Callers among \(name)", row.callers, "count(*)")
    query.add("\(key)_median_calls", "Calls of the middle one", row.medianCalls, "p50(calls)")
    query.add("\(key)_mean_size", "Mean bytes of an answer", row.meanBytes, "sum(bytes) / sum(sized)")
    query.add(
      "\(key)_refused", "Refused by the limiter", row.refused, of: row.judged, "coalesce(sum(refused), 0)",
      of: "sum(judged)")
    return query
  }

  private func evidence(_ row: CallerKinds.Row, _ filter: TrafficFilter) -> [Finding.Evidence] {
    query(row).evidence(from: callers(row, filter))
  }

  private func callerSQL(_ row: CallerKinds.Row, _ filter: TrafficFilter) -> String {
    query(row).sql(from: callers(row, filter))
  }
}
