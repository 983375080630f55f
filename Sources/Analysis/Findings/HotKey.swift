internal import Statistics
import Traffic

/// One consumer whose requests dominate a stretch of the night: a neighbour that the others hear.
public struct HotKey: FindingRule {
  public static let kind = "hot-key"
  public static let summary = "one consumer or client dominates a stretch and adds to the load of all"

  /// Of all requests in the stretch.
  static let share = 0.25
  /// Times the consumer's own mean rate.
  static let factor = 3.0
  /// Of the night's mean rate: with little other traffic, whoever is awake dominates.
  static let loadShare = 0.2
  static let fewest: Int64 = 100
  /// Standard errors.
  static let certainty = 3.3
  /// Keys that are counted exactly.
  static let mostKeys = 8

  public init() {}

  public func findings(in night: Night, after earlier: Night?) async throws -> [Finding] {
    let heavy = try await night.answer(HeavyCallers(scope: night.scope))
    guard heavy.steps.count > 1 else { return [] }
    let candidates = heavy.callers.prefix(Self.mostKeys).compactMap { candidate in
      night.scope.of(caller: candidate.caller).map { Candidate(caller: candidate.caller, step: candidate.step, scope: $0) }
    }
    // The best step of each first: a scan of ten minutes says whether one of the night is worth it.
    for candidate in candidates { await night.expect(candidate.near) }
    var heaviest: [Candidate] = []
    for candidate in candidates {
      let held = try await night.answer(candidate.near)[candidate.step.start] ?? 0
      if Double(held) >= Self.share * Double(candidate.step.requests) { heaviest.append(candidate) }
    }
    for candidate in heaviest { await night.expect(StepCounts(scope: candidate.scope)) }
    var findings: [Finding] = []
    for candidate in heaviest {
      let counts = try await night.answer(StepCounts(scope: candidate.scope))
      if let finding = Self.finding(candidate.caller, candidate.scope, counts, heavy, night) { findings.append(finding) }
    }
    return FindingLimits.strongest(findings)
  }

  private struct Candidate {
    var caller: RetryChains.Caller
    var step: HeavyCallers.Step
    /// The caller's requests.
    var scope: Scope

    var near: StepCounts { StepCounts(scope: scope.within(step.start, step.start + RouteSteps.length)) }
  }

  private static func finding(
    _ caller: RetryChains.Caller, _ scope: Scope, _ counts: [Int64: Int64], _ heavy: HeavyCallers.Answer, _ night: Night
  ) -> Finding? {
    let own = heavy.steps.map { counts[$0.start] ?? 0 }
    guard let worst = WorstStretch(zip(own, heavy.steps).map { Double($0) - share * Double($1.requests) }) else { return nil }
    let part = (own: own[worst.range].reduce(0, +), all: heavy.steps[worst.range].reduce(0) { $0 + $1.requests })
    let (from, last) = (heavy.steps[worst.range.lowerBound].start, heavy.steps[worst.range.upperBound - 1].start)
    let until = last + RouteSteps.length
    let whole = (own: own.reduce(0, +), all: heavy.steps.reduce(0) { $0 + $1.requests })
    let length = Double(until - from)
    let night = Double(heavy.steps[heavy.steps.count - 1].start + RouteSteps.length - heavy.steps[0].start)
    guard part.own >= fewest, length < night / 2,
      let interval = ShareInterval(Int(part.own), of: Int(part.all), z: certainty), interval.lower >= share,
      Double(part.own) / length >= loadShare * Double(whole.all) / night,
      Double(part.own) / length >= factor * Double(whole.own - part.own) / (night - length)
    else { return nil }
    let stretch = Stretch(caller: caller, scope: scope, from: from, until: until, own: part.own, all: part.all, night: whole)
    return stretch.finding
  }

  /// One key in one stretch, in words.
  private struct Stretch {
    var caller: RetryChains.Caller
    var scope: Scope
    var from: Int64
    var until: Int64
    var own: Int64
    var all: Int64
    var night: (own: Int64, all: Int64)

    private var condition: String {
      switch caller {
      case .consumer(let name): SQLWhere.equal("consumer", name)
      case .client(let name): SQLWhere.equal("client", name)
      default: "1"
      }
    }

    private var query: String {
      var all = scope
      all.filter.conditions.removeLast()
      return all.within(from, until).select("sum(coalesce(\(condition), 0)) AS requests, count(*) AS all_requests")
    }

    private var nightQuery: String { scope.select("count(*) AS night_requests") }

    var finding: Finding {
      Finding(
        kind: HotKey.kind, subject: caller.name, severity: .warning, impact: Double(own) / Double(max(1, night.all)),
        confidence: 0.95,
        headline: """
          \(.text(caller.name)) sent \(.ratio(own, of: all)) of all requests from \
          \(.timestamp(Timestamp(microseconds: from))) to \(.timestamp(Timestamp(microseconds: until))), of the whole \
          night's \(.ratio(night.own, of: night.all)).
          """,
        evidence: [
          Finding.Evidence("requests", "Its requests in the stretch", .integer(own), .query(query)),
          Finding.Evidence("all_requests", "All requests in the stretch", .integer(all), .query(query)),
          Finding.Evidence("night_requests", "Its requests in the whole night", .integer(night.own), .query(nightQuery)),
        ],
        cost: """
          The others share what it leaves: where it comes on top of a peak, capacity for \(.integer(own)) more requests is \
          needed for one caller.
          """,
        action: """
          Ask its owner what ran. A limit per consumer bounds it: headroom limits --key consumer --recommend finds the \
          smallest that touches nobody else, headroom simulate shows what it would have refused.
          """,
        command: ShellLine.sql(query))
    }
  }
}
