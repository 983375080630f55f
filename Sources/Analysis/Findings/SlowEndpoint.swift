internal import Statistics
import Traffic

/// A route that was much slower for a while than it usually is.
///
/// First by steps of ten minutes: the run of steps with most successes slower than nine in ten of the route's usually
/// are. Then exactly, on the rows of the route.
public struct SlowEndpoint: FindingRule {
  public static let kind = "slow-endpoint"
  public static let summary = "a route much slower for a while than in its other hours"

  /// Of a step's successes, slower than the route's p90: a tenth by definition; so many are a step to look at.
  static let slowShare = 0.3
  /// Successes in the stretch below which nothing is said: p50 needs twenty.
  static let fewest: Int64 = 20
  /// Standard errors: 27 routes by 144 steps are asked about.
  static let certainty = 3.3
  /// The stretch is so many times slower than the rest …
  static let factor: Int64 = 2
  /// … and so much longer, µs.
  static let smallestDelay: Int64 = 10_000
  /// A delay that people notice, µs, on so many of all requests is severe.
  static let felt: Int64 = 100_000
  static let severeShare = 0.01

  private static let reported: [Quantile] = [.p50, .p90, .p95, .p99]

  public init() {}

  public func findings(in night: Night, after earlier: Night?) async throws -> [Finding] {
    let answer = try await night.answer(RouteSteps(scope: night.scope))
    let suspects = answer.routes.compactMap { route in Self.stretch(of: route).map { (route, $0) } }
      .sorted { $0.1.slow > $1.1.slow }
    let asked = suspects.prefix(FindingLimits.perKind).map { route, stretch in
      (route, stretch, Self.question(route, stretch, night))
    }
    for (_, _, question) in asked { await night.expect(question) }
    var findings: [Finding] = []
    for (route, stretch, question) in asked {
      let latency = try await night.answer(question)
      if let finding = Self.finding(route, stretch, question, latency, of: answer.requests) { findings.append(finding) }
    }
    return FindingLimits.strongest(findings)
  }

  struct Stretch: Hashable {
    var from: Int64
    var until: Int64
    /// Successes slower than usual.
    var slow: Int64
  }

  /// Where a route was slowest, as far as bucket counts tell.
  static func stretch(of route: RouteSteps.Route) -> Stretch? {
    var overall = LatencySketch()
    for (_, step) in route.steps { overall.add(step.durations) }
    guard let usual = overall.quantile(.p90) else { return nil }
    let counts = route.steps.map { _, step in
      (slow: slower(than: usual, step.durations), all: step.durations.reduce(0) { $0 + Int64(clamping: $1.count) })
    }
    guard let worst = WorstStretch(counts.map { Double($0.slow) - slowShare * Double($0.all) }) else { return nil }
    let slow = counts[worst.range].reduce(0) { $0 + $1.slow }
    let all = counts[worst.range].reduce(0) { $0 + $1.all }
    guard all >= fewest, worst.range.count < counts.count,
      let share = ShareInterval(Int(slow), of: Int(all), z: certainty), share.lower >= slowShare
    else { return nil }
    var (inside, outside) = (LatencySketch(), LatencySketch())
    for (index, step) in route.steps.enumerated() {
      if worst.range.contains(index) { inside.add(step.step.durations) } else { outside.add(step.step.durations) }
    }
    // Bucket counts are off by 0.4 %: what is close is left to the exact look.
    guard let quantile = Quantile.highest(in: reported, supportedBy: Int(all)), let then = inside.quantile(quantile),
      let usual = outside.quantile(quantile), then + then / 50 >= usual * factor, then - usual >= smallestDelay / 2
    else { return nil }
    return Stretch(
      from: route.steps[worst.range.lowerBound].start,
      until: route.steps[worst.range.upperBound - 1].start + RouteSteps.length, slow: slow)
  }

  private static func slower(than usual: Int64, _ durations: [LatencyHistogram]) -> Int64 {
    let usual = LatencyBuckets.index(of: usual)
    return durations.reduce(0) { slow, histogram in
      let beyond = usual < LatencyBuckets.count ? histogram.overflow : 0
      return slow + Int64(clamping: histogram.buckets.reduce(beyond) { $1.index > usual ? $0 + $1.count : $0 })
    }
  }

  // MARK: Exactly

  private static func question(_ route: RouteSteps.Route, _ stretch: Stretch, _ night: Night) -> StretchLatency {
    StretchLatency(
      scope: night.scope.of(route: route.route, method: route.method), from: stretch.from, until: stretch.until)
  }

  private static func finding(
    _ route: RouteSteps.Route, _ stretch: Stretch, _ question: StretchLatency, _ answer: StretchLatency.Answer,
    of requests: Int64
  ) -> Finding? {
    guard let quantile = Quantile.highest(in: reported, supportedBy: Int(answer.inside.samples)),
      let then = answer.inside.quantile(quantile), let usual = answer.outside.quantile(quantile),
      then / factor >= usual, then - usual >= smallestDelay
    else { return nil }
    let share = Double(answer.inside.samples) / Double(max(1, requests))
    let isFelt = then - usual >= felt
    let measured = Measured(
      name: ([route.method, route.route].compactMap { $0 }).joined(separator: " "),
      percentile: quantile.millionths / 10_000, then: then, usual: usual, stretch: stretch, answer: answer,
      scope: question.scope)
    return Finding(
      kind: kind, subject: measured.name, severity: isFelt ? (share >= severeShare ? .severe : .warning) : .notice,
      impact: share, confidence: answer.inside.samples >= 200 ? 0.95 : 0.8, headline: measured.headline,
      evidence: measured.evidence, cost: measured.cost, action: measured.action, command: ShellLine.sql(measured.query))
  }

  /// What is known of one slow stretch, in words.
  private struct Measured {
    var name: String
    var percentile: Int
    var then: Int64
    var usual: Int64
    var stretch: Stretch
    var answer: StretchLatency.Answer
    var scope: Scope

    var headline: Sentence {
      """
      \(.text(name)) was slow from \(.timestamp(Timestamp(microseconds: stretch.from))) to \
      \(.timestamp(Timestamp(microseconds: stretch.until))): p\(.integer(Int64(percentile))) of its \
      \(.integer(answer.inside.samples)) successes is \(.duration(Microseconds(then))), in its other hours \
      \(.duration(Microseconds(usual))).
      """
    }

    private var inside: String { "arrival >= \(stretch.from) AND arrival < \(stretch.until)" }

    private var numbers: EvidenceQuery {
      let then = "CASE WHEN \(inside) THEN duration END"
      let usual = "CASE WHEN NOT (\(inside)) THEN duration END"
      var query = EvidenceQuery()
      query.add("requests", "Successes in the stretch", answer.inside.samples, "sum(\(inside))")
      query.add(
        "slow", "p\(percentile) in the stretch", Microseconds(self.then), "percentile(\(then), \(percentile))")
      query.add(
        "usual", "p\(percentile) in the other hours", Microseconds(self.usual), "percentile(\(usual), \(percentile))")
      if answer.inside.duration > 0 {
        let told = "\(inside) AND upstream_duration IS NOT NULL"
        query.add(
          "upstream_share", "Of that time with the upstream", answer.inside.upstream, of: answer.inside.duration,
          "sum(CASE WHEN \(told) THEN upstream_duration END)", of: "sum(CASE WHEN \(told) THEN duration END)")
      }
      return query
    }

    var query: String { numbers.sql(scope.filter, and: [RowSQL.isPlainSuccess]) }
    var evidence: [Finding.Evidence] { numbers.evidence(scope.filter, and: [RowSQL.isPlainSuccess]) }

    var cost: Sentence {
      """
      Callers wait \(.duration(Microseconds(then - usual))) longer, and what waits holds connections of the gateway for \
      as long.
      """
    }

    private var isUpstreamBound: Bool { answer.inside.upstream > answer.inside.duration / 2 }

    var action: Sentence {
      isUpstreamBound
        ? """
        Most of the time passes at the upstream: look there for what ran in that stretch. A what-if with a timeout or a \
        limit on requests in progress shows what keeps the wait from spreading.
        """
        : """
        Most of the time does not pass at the upstream: look for slow clients, work of the gateway itself and what ran in that \
        stretch. A what-if with a limit on requests in \
        progress shows what keeps the wait from spreading.
        """
    }
  }
}
