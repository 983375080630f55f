internal import Gateways
import Traffic

/// A quota of a day or longer that ran out, or is about to.
///
/// Of a configuration every key of its long windows is held against it. Without one, a caller that was let through until
/// some instant and never again that day has used up a quota that nobody told us.
public struct QuotaExhaustion: FindingRule {
  public static let kind = "quota-exhaustion"
  public static let summary = "a quota of a day or longer that ran out, or will at this pace"

  /// The callers that were refused most are looked at.
  static let callers = 3
  static let fewestRefusals: Int64 = 20
  /// Requests that still get through after the quota ran out, over those that are refused: other limits, other routes.
  static let leak: Int64 = 50
  /// So long nothing more gets through, µs.
  static let shortest: Int64 = 1_800_000_000
  /// Used up so far, told before it runs out.
  static let nearly = 0.8

  public init() {}

  public func findings(in night: Night, after earlier: Night?) async throws -> [Finding] {
    var findings = try await Self.configured(in: night)
    let refusals = try await night.answer(Refusals(scope: night.scope))
    for (caller, hour) in await WindowEdgeBurst.worstHours(of: refusals.callers.prefix(Self.callers), in: night) {
      if let finding = try await Self.exhausted(caller, worst: hour, refusals, night) { findings.append(finding) }
    }
    return FindingLimits.strongest(findings)
  }

  // MARK: Seen in the refusals

  struct Exhaustion: Hashable {
    /// The first refusal, after which nothing gets through.
    var at: Int64
    var day: Int64
    var used: Int64
    var refused: Int64
    var leaked: Int64
  }

  /// The last day on which a caller was let through until some instant, and not after.
  static func exhaustion(_ arrivals: [CallerArrivals.Arrival]) -> Exhaustion? {
    var days: [Exhaustion] = []
    var current = Int64.min
    for arrival in arrivals {
      let day = arrival.time &- arrival.time.flooredRemainder(by: Microseconds.day.count)
      if day != current { days.append(Exhaustion(at: .max, day: day, used: 0, refused: 0, leaked: 0)) }
      current = day
      let last = days.count - 1
      if arrival.isRefused {
        days[last].refused += 1
        days[last].at = min(days[last].at, arrival.time)
      } else if days[last].at == .max {
        days[last].used += 1
      } else {
        days[last].leaked += 1
      }
    }
    let ends = Dictionary(arrivals.map { ($0.time &- $0.time.flooredRemainder(by: Microseconds.day.count), $0.time) }) { $1 }
    return days.last { day in
      day.refused >= fewestRefusals && day.leaked * leak <= day.refused && day.used >= fewestRefusals
        && (ends[day.day] ?? day.at) - day.at >= shortest
    }
  }

  private static func exhausted(
    _ caller: Refusals.Caller, worst hour: Scope, _ refusals: Refusals.Answer, _ night: Night
  ) async throws -> Finding? {
    // The worst hour first: where much still gets through after a refusal, no quota has run out.
    guard let scope = night.scope.of(caller: caller.caller) else { return nil }
    let near = try await night.answer(CallerArrivals(scope: hour))
    let after = near.arrivals.drop { !$0.isRefused }
    let refused = Int64(after.count { $0.isRefused })
    guard near.isComplete, (Int64(after.count) - refused) * leak <= refused else { return nil }
    let all = try await night.answer(CallerArrivals(scope: scope))
    guard all.isComplete, let exhaustion = exhaustion(all.arrivals) else { return nil }
    return finding(caller, exhaustion, scope, refusals)
  }

  private static func finding(
    _ caller: Refusals.Caller, _ exhaustion: Exhaustion, _ scope: Scope, _ refusals: Refusals.Answer
  ) -> Finding {
    let day = scope.within(exhaustion.day, exhaustion.day + Microseconds.day.count)
    let refused = "coalesce(\(RowSQL.isLimited), 0)"
    var query = EvidenceQuery()
    query.add(
      "used", "Let through that day before the first refusal", exhaustion.used,
      "sum(NOT \(refused) AND arrival < \(exhaustion.at))")
    query.add("refused", "Refused that day", exhaustion.refused, "sum(\(refused))")
    query.add(
      "let_through_after", "Let through after the first refusal", exhaustion.leaked,
      "sum(NOT \(refused) AND arrival >= \(exhaustion.at))")
    return Finding(
      kind: kind, subject: caller.caller.name, severity: .warning,
      impact: 0.2 * Double(caller.rejected) / Double(max(1, refusals.rejected)), confidence: 0.75,
      headline: """
        \(.text(caller.caller.name)) ran out of its quota at \(.timestamp(Timestamp(microseconds: exhaustion.at))) after \
        \(.integer(exhaustion.used)) requests of the day: the next \(.integer(exhaustion.refused)) were refused.
        """,
      evidence: query.evidence(day.filter),
      cost: "Until its quota begins anew the caller gets nothing, whatever it needs.",
      action: """
        Ask its owner what it needs, and compare: headroom show quotas --limit \(.integer(exhaustion.used))/d tells every \
        caller's pressure on such a quota, a what-if with a larger one who else would reach it.
        """,
      command: ShellLine.sql(query.sql(day.filter)))
  }

  // MARK: Of a configuration

  private struct Quota {
    var name: String
    var limit: Int64
    var window: QuotaWindow
    var column: ScanColumn
  }

  private static func quotas(_ model: GatewayModel) -> [Quota] {
    model.rules.compactMap { rule in
      let key = model.counters[rule.counter].key
      guard case .fixedWindow(let limit, let alignment, _) = rule.limiter, limit > 0, key.parts.count == 1,
        case .column(let column) = key.parts[0], let window = window(alignment)
      else { return nil }
      return Quota(name: rule.name, limit: limit, window: window, column: column)
    }
  }

  private static func window(_ alignment: WindowAlignment) -> QuotaWindow? {
    switch alignment {
    case .aligned(let length, let origin) where length >= Microseconds.day.count: .fixed(length: length, origin: origin)
    case .calendar(.day): .fixed(length: Microseconds.day.count, origin: 0)
    case .calendar(.week): .week
    case .calendar(.month): .month
    case .calendar(.year): .year
    default: nil
    }
  }

  private static func configured(in night: Night) async throws -> [Finding] {
    guard let model = night.model else { return [] }
    let traffic = try await night.answer(BusySeconds(scope: night.scope)).window
    guard let first = traffic.first, let last = traffic.last else { return [] }
    var findings: [Finding] = []
    for quota in quotas(model).prefix(FindingLimits.perKind) {
      let bounds = quota.window.bounds(around: last.microseconds)
      let scope = night.scope.within(bounds.start, bounds.end)
      let busiest = try await night.answer(BusiestKeys(scope: scope, column: quota.column))
      for key in busiest.keys.prefix(FindingLimits.perKind) {
        let elapsed = Double(last.microseconds - max(first.microseconds, bounds.start))
        let atEnd = Double(key.requests) * (elapsed > 0 ? Double(bounds.end - bounds.start) / elapsed : 1)
        let isLongEnough = elapsed * 4 >= Double(bounds.end - bounds.start)
        guard Double(key.requests) >= nearly * Double(quota.limit)
          || (isLongEnough && atEnd >= Double(quota.limit)) else { continue }
        findings.append(finding(quota, key, atEnd, busiest.requests, scope))
      }
    }
    return findings
  }

  private static func finding(
    _ quota: Quota, _ key: BusiestKeys.Key, _ atEnd: Double, _ all: Int64, _ scope: Scope
  ) -> Finding {
    let query = scope.select("count(*) AS used", and: [SQLWhere.equal(quota.column.name, key.name)])
    let pace = Int64(min(max(0, atEnd), 9e15).rounded())
    let isOver = key.requests >= quota.limit
    let end: Sentence = isOver ? "it is used up." : "at this pace it would need \(.integer(pace)) by its end."
    return Finding(
      kind: kind, subject: "\(key.name) \(quota.name)", severity: .warning,
      impact: Double(key.requests) / Double(max(1, all)), confidence: isOver ? 0.9 : 0.6,
      headline: """
        \(.text(key.name)) has used \(.integer(key.requests)) of the \(.integer(quota.limit)) requests of \
        \(.text(quota.name)): \(end)
        """,
      evidence: [
        Finding.Evidence("used", "Requests of the key in the window of the quota", .integer(key.requests), .query(query)),
        Finding.Evidence("limit", "Requests that the quota allows", .integer(quota.limit), .command("headroom show quotas")),
      ],
      cost: "Once it is used up, every further request is refused until the window ends.",
      action: """
        Tell its owner before it happens, or raise the quota: a what-if with a larger one (headroom simulate) shows what it \
        would have let through.
        """,
      command: ShellLine.sql(query))
  }
}
