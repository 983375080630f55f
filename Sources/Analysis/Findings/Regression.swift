import Statistics
import Traffic

/// Routes that are worse than in the period before: slower, failing more, cached less.
///
/// `Comparison` says what is news: a change whose interval, by resampling blocks of time, excludes no change. This rule
/// asks that the whole interval be beyond what anybody would act on, and tells one finding per route.
public struct Regression: FindingRule {
  public static let kind = "regression"
  public static let summary = "routes that are worse than in the period before"

  /// Relative growth of p50 or p99 at the lower end of the interval, and the one that is a warning.
  static let leastSlowdown = 0.15
  static let largeSlowdown = 0.5
  /// Points of the error share and of the hit ratio, likewise.
  static let leastErrors = 0.005
  static let largeErrors = 0.02
  static let leastMisses = 0.05
  static let largeMisses = 0.2
  /// Share of the night's requests below which a route is left out.
  static let leastOfNight = 0.002

  public init() {}

  public func findings(in night: Night, after earlier: Night?) async throws -> [Finding] {
    guard let earlier else { return [] }
    let isOneStore = (night.traffic as AnyObject) === (earlier.traffic as AnyObject)
    guard let answer = try await night.comparison(with: earlier, isSameTraffic: isOneStore) else { return [] }
    var subjects: [ComparisonSubject] = []
    var worse: [ComparisonSubject: [Worse]] = [:]
    for change in answer.changes {
      guard case .route = change.subject, let found = Worse(change) else { continue }
      if worse[change.subject] == nil { subjects.append(change.subject) }
      worse[change.subject, default: []].append(found)
    }
    let later = answer.later.requests
    let findings = subjects.compactMap { subject -> Finding? in
      let requests = answer.changes.first { $0.subject == subject }?.laterSamples ?? 0
      guard Double(requests) >= Self.leastOfNight * Double(later) else { return nil }
      return finding(subject, worse[subject] ?? [], share: Double(requests) / Double(max(1, later)), night, earlier)
    }
    return FindingLimits.strongest(findings)
  }

  /// A change for the worse that is large at either end of its interval.
  private struct Worse {
    var change: Change
    /// How far beyond what is worth telling the careful end of the interval is, 1 and more.
    var weight: Double
    var isLarge: Bool

    init?(_ change: Change) {
      guard case .news = change.verdict, let interval = change.interval else { return nil }
      let (careful, least, large): (Double, Double, Double)
      switch change.measure {
      case .p50, .p99: (careful, least, large) = (interval.lowerBound, leastSlowdown, largeSlowdown)
      case .errors: (careful, least, large) = (interval.lowerBound, leastErrors, largeErrors)
      case .cacheHits: (careful, least, large) = (-interval.upperBound, leastMisses, largeMisses)
      case .p95, .rate, .limited, .bytes: return nil
      }
      guard careful >= least else { return nil }
      self.change = change
      weight = careful / least
      isLarge = careful >= large
    }
  }

  private func finding(
    _ subject: ComparisonSubject, _ worse: [Worse], share: Double, _ night: Night, _ earlier: Night
  ) -> Finding? {
    guard case .route(let method, let route) = subject,
      let worst = worse.max(by: { ($0.weight, $1.change.measure.rawValue) < ($1.weight, $0.change.measure.rawValue) })
    else { return nil }
    let name = Sentence.route(method, route)
    let condition = [SQLWhere.equal("route", route), SQLWhere.equal("method", method)]
    let (now, before) = (query(worse, \.later), query(worse, \.earlier))
    return Finding(
      kind: Self.kind, subject: name.subject, severity: worse.contains { $0.isLarge } ? .warning : .notice, impact: share,
      confidence: 0.9,
      headline: """
        \(Sentence([.words(worst.change.measure.label)])) of \(name) went from \(worst.change.earlier) to \
        \(worst.change.later).
        """,
      evidence: Self.evidence(now, of: night, condition)
        + Self.evidence(before, of: earlier, condition).map(Self.earlier),
      cost: """
        Its callers, \(.integer(worst.change.laterSamples)) requests in this period, get worse than they were used \
        to; the difference is beyond what blocks of either period differ by themselves.
        """,
      action: """
        Look at what was released or reconfigured in between. 'headroom compare' shows every measure with its \
        interval; a replay of the earlier period through today's configuration tells the gateway from the upstream.
        """,
      command: "headroom compare")
  }

  /// No query sees rollups: there the comparison itself is the way to the numbers.
  private static func evidence(_ query: EvidenceQuery, of night: Night, _ condition: [String]) -> [Finding.Evidence] {
    var evidence = query.evidence(night.scope.filter, and: condition)
    if night.rolledUp > 0 { for index in evidence.indices { evidence[index].derivation = .command("headroom compare") } }
    return evidence
  }

  private static func earlier(_ evidence: Finding.Evidence) -> Finding.Evidence {
    var evidence = evidence
    evidence.label += ", before"
    return evidence
  }

  private func query(_ worse: [Worse], _ side: (Change) -> Cell) -> EvidenceQuery {
    var query = EvidenceQuery()
    for change in worse.map(\.change) {
      let label = change.measure.label
      switch (change.measure, side(change)) {
      case (.p50, .duration(let value)): query.add("p50", label, value, "approximate_percentile(latency, 50)")
      case (.p99, .duration(let value)): query.add("p99", label, value, "approximate_percentile(latency, 99)")
      case (.errors, .ratio(let part, let whole)):
        query.add("error", "Error ratio", part, of: whole, "coalesce(sum(status BETWEEN 500 AND 599), 0)", of: "count(status)")
      case (.cacheHits, .ratio(let part, let whole)):
        query.add("hit", "Cache hit ratio", part, of: whole, "coalesce(sum(served), 0)", of: "coalesce(sum(lookup), 0)")
      default: break
      }
    }
    return query
  }
}
