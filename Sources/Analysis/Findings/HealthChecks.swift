import Statistics
import Traffic

/// Health checks counted as traffic: how much of the rate they are, and how far they move the percentiles.
public struct HealthChecks: FindingRule {
  public static let kind = "health-checks"
  public static let summary = "health checks that inflate the rate and flatter the latency"

  /// Share of the requests that is worth telling, lower end of the interval; and the one that distorts.
  static let leastShare = 0.03
  static let largeShare = 0.2
  /// Relative change of p50 or p99 that is worth telling, and the one that distorts.
  static let leastShift = 0.05
  static let largeShift = 0.1

  public init() {}

  public func findings(in night: Night, after earlier: Night?) async throws -> [Finding] {
    let traffic = try await night.answer(ProbeTraffic(scope: night.scope))
    guard traffic.probes > 0, let share = ShareInterval(Int(traffic.probes), of: Int(traffic.requests)) else { return [] }
    let shift = max(Self.shift(.p50, traffic), Self.shift(.p99, traffic))
    guard share.lower >= Self.leastShare || (shift >= Self.leastShift && traffic.probes >= 100) else { return [] }
    let distorts = share.lower >= Self.largeShare || shift >= Self.largeShift
    return [finding(traffic, distorts ? .warning : .notice, night.scope.filter)]
  }

  /// One step of most logs' durations: p50 jumps by it for nothing.
  static let leastDifference = Microseconds(1_000)

  /// How far a percentile moves without health checks, relative to it; 0 where that is a step of the clock at most, or
  /// it has too few samples.
  private static func shift(_ quantile: Quantile, _ traffic: ProbeTraffic.Answer) -> Double {
    guard quantile.isSupported(by: Int(clamping: traffic.withoutProbes.count)),
      let with = traffic.all.quantile(quantile), let without = traffic.withoutProbes.quantile(quantile), without > 0,
      (without - with).magnitude > Self.leastDifference.count.magnitude
    else { return 0 }
    return Double((without - with).magnitude) / Double(without)
  }

  /// The condition on a health check, as SQL says it.
  static func condition(_ marks: [ProbeTraffic.Mark]) -> String {
    var terms: [String] = []
    for mark in marks where mark.kind == .agent {
      terms.append("coalesce(instr(user_agent, \(SQLWhere.literal(mark.text))), 0) > 0")
    }
    let paths = marks.filter { $0.kind == .path }.map { SQLWhere.literal($0.text) }
    if !paths.isEmpty {
      terms.append(
        "coalesce(substr(template, 1, instr(template || '?', '?') - 1), '') IN (\(paths.joined(separator: ", ")))")
    }
    let agents = marks.filter { $0.kind == .rhythm }.map { SQLWhere.literal($0.text) }
    if !agents.isEmpty { terms.append("coalesce(user_agent, '') IN (\(agents.joined(separator: ", ")))") }
    return "(" + terms.joined(separator: " OR ") + ")"
  }

  private func finding(
    _ traffic: ProbeTraffic.Answer, _ severity: Finding.Severity, _ filter: TrafficFilter
  ) -> Finding {
    let isProbe = Self.condition(traffic.marks)
    var query = EvidenceQuery()
    query.add(
      "probes", "Health checks", traffic.probes, of: traffic.requests, "coalesce(sum(\(isProbe)), 0)")
    var shown: [(label: String, with: Cell, without: Cell, shift: Double)] = []
    for (name, percentile, quantile) in [("p50", "50", Quantile.p50), ("p99", "99", Quantile.p99)] {
      guard quantile.isSupported(by: Int(clamping: traffic.withoutProbes.count)),
        let with = traffic.all.quantile(quantile), let without = traffic.withoutProbes.quantile(quantile)
      else { continue }
      query.add("\(name)_with", "\(name) of all", Microseconds(with), "approximate_percentile(latency, \(percentile))")
      query.add(
        "\(name)_without", "\(name) without them", Microseconds(without),
        "approximate_percentile(CASE WHEN NOT \(isProbe) THEN latency END, \(percentile))")
      shown.append(
        (name, .duration(Microseconds(with)), .duration(Microseconds(without)), Self.shift(quantile, traffic)))
    }
    let moved: Sentence = shown.max { $0.shift < $1.shift }.map { "; without them \(Sentence([.words($0.label)])) is \($0.without) and not \($0.with)" } ?? ""
    let most = traffic.marks.max { ($0.requests, $1.text) < ($1.requests, $0.text) }
    return Finding(
      kind: Self.kind, severity: severity, impact: Double(traffic.probes) / Double(max(1, traffic.requests)),
      confidence: 0.9,
      headline: """
        \(.ratio(traffic.probes, of: traffic.requests)) of the requests are health checks, most of them \
        \(.text(most?.text ?? ""))\(moved).
        """,
      evidence: query.evidence(filter),
      cost: """
        Rates, percentiles, error shares and every limit that is derived from them describe a mixture of users and \
        probes.
        """,
      action: """
        Leave them out with '--where' (their path or user agent), or stop logging them at the gateway; keep them in \
        capacity, where they are real work. 'headroom report --where' without them shows what users got.
        """,
      command: ShellLine.sql(query.sql(filter)))
  }
}
