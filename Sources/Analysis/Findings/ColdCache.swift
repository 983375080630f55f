import Statistics
import Traffic

/// The hit ratio climbs from low, at the start of the window or after a drop in the middle: a cache that was empty.
///
/// A stretch counts only where the same templates were served less often than in the warm hour beside it, so that
/// other traffic is not taken for a cold cache.
public struct ColdCache: FindingRule {
  public static let kind = "cold-cache"
  public static let summary = "stretches in which the cache was filling up"

  /// Served against what the warm hour's ratios would have served of the same templates.
  static let mostOfExpected = 0.75
  static let fewestMissing = 50.0

  public init() {}

  public func findings(in night: Night, after earlier: Night?) async throws -> [Finding] {
    let cache = try await night.answer(CacheByTime(scope: night.scope.ofSingleRows))
    guard let curve = HitRatioCurve(cache.minutes) else { return [] }
    let stretches = curve.cold.sorted { $0.cold.lookups > $1.cold.lookups }.prefix(4)
    for cold in stretches {
      await night.expect(Self.during(cold, night.scope))
      await night.expect(Self.warm(cold, night.scope))
    }
    var findings: [Finding] = []
    for cold in stretches {
      let expected = try await expected(cold, in: night)
      let missing = expected - Double(cold.cold.served)
      guard missing >= Self.fewestMissing, Double(cold.cold.served) <= Self.mostOfExpected * expected else { continue }
      findings.append(finding(cold, missing: Int64(missing), of: cache.requests, night.scope.filter))
    }
    return FindingLimits.strongest(findings)
  }

  /// What the warm hour's ratio of each template would have served of the cold stretch's look-ups.
  private func expected(_ cold: HitRatioCurve.Cold, in night: Night) async throws -> Double {
    let during = try await night.answer(Self.during(cold, night.scope))
    let warm = try await night.answer(Self.warm(cold, night.scope))
    return during.keys.sorted().reduce(0) { sum, template in
      guard let lookups = during[template]?.lookups, let warm = warm[template], warm.lookups > 0 else { return sum }
      return sum + Double(lookups) * Double(warm.served) / Double(warm.lookups)
    }
  }

  private static func during(_ cold: HitRatioCurve.Cold, _ scope: Scope) -> CacheByRoute {
    counts(cold.from, cold.until, scope)
  }

  private static func warm(_ cold: HitRatioCurve.Cold, _ scope: Scope) -> CacheByRoute {
    counts(cold.warm.start, cold.warmUntil, scope)
  }

  private static func counts(_ from: Timestamp, _ until: Timestamp, _ scope: Scope) -> CacheByRoute {
    var scope = scope.ofSingleRows
    scope.filter.since = max(from, scope.filter.since ?? from)
    scope.filter.until = min(until, scope.filter.until ?? until)
    return CacheByRoute(scope: scope)
  }

  private static let lookupSQL = "lookup = 1"
  private static let servedSQL = "sum(served)"

  private func finding(
    _ cold: HitRatioCurve.Cold, missing: Int64, of all: Int64, _ filter: TrafficFilter
  ) -> Finding {
    var during = EvidenceQuery()
    during.add("hit", "Served from cache meanwhile", cold.cold.served, of: cold.cold.lookups, Self.servedSQL)
    var warm = EvidenceQuery()
    warm.add("warm_hit", "Served from cache in the warm hour", cold.warm.served, of: cold.warm.lookups, Self.servedSQL)
    func window(_ from: Timestamp, _ until: Timestamp) -> [String] {
      ["arrival >= \(from.microseconds)", "arrival < \(until.microseconds)", Self.lookupSQL]
    }
    let condition = window(cold.from, cold.until)
    let beginning: Sentence = cold.isAtStart
      ? "The window begins with a cold cache: until \(.timestamp(cold.until))"
      : "The cache was emptied around \(.timestamp(cold.from)): until \(.timestamp(cold.until))"
    return Finding(
      kind: Self.kind, subject: cold.isAtStart ? "start" : "flush", severity: cold.isAtStart ? .notice : .warning,
      impact: Double(cold.cold.lookups) / Double(max(1, all)), confidence: 0.8,
      headline: """
        \(beginning) it served \(.ratio(cold.cold.served, of: cold.cold.lookups)) of the look-ups, where an hour of \
        it warm served \(.ratio(cold.warm.served, of: cold.warm.lookups)).
        """,
      evidence: during.evidence(filter, and: condition)
        + warm.evidence(filter, and: window(cold.warm.start, cold.warmUntil)),
      cost: """
        About \(.integer(missing)) requests more than usual went to the upstreams, and a what-if replayed from this \
        stretch sees misses that a warm cache would not have had.
        """,
      action: """
        Take this stretch out of a what-if with '--since' and '--until', and plan upstreams for it where restarts \
        are ordinary. A cache that lets equal requests wait for one fetch spares most of it.
        """,
      command: ShellLine.sql(during.sql(filter, and: condition)))
  }
}
