import Statistics
import Traffic

/// Holds a night against rules.
public struct GateCheck: Sendable {
  public let night: Night
  /// The period that `change` rules compare with.
  public let earlier: Night?
  /// Those that are told: the muted ones are out.
  public let findings: [Finding]

  public init(night: Night, earlier: Night? = nil, findings: [Finding] = []) {
    self.night = night
    self.earlier = earlier
    self.findings = findings
  }

  /// In the order of the rules; a rule per route has a result per route.
  public func results(of gates: [Gate]) async throws -> [GateResult] {
    var results: [GateResult] = []
    for gate in gates { results += try await self.results(of: gate) }
    return results
  }

  func results(of gate: Gate) async throws -> [GateResult] {
    switch gate.test {
    case .slo, .percentile, .errors, .limited, .cacheHits: try await outcomes(gate)
    case .headroom(let count, let period, let share): [try await headroom(gate, count, period, share)]
    case .quota(let limit, let share): [try await quota(gate, limit, share)]
    case .findings(let severity, let only, let except, let most):
      [findings(gate, severity, only: only, except: except, atMost: most)]
    case .missingHours(let most): [try await missingHours(gate, most)]
    case .rejectedLines(let share): [rejectedLines(gate, share)]
    case .incompleteSources(let most): [incompleteSources(gate, most)]
    case .change(let measure, let most): [try await change(gate, measure, most)]
    }
  }

  func scope(of gate: Gate) -> Scope {
    var scope = night.scope
    scope.filter.conditions += gate.conditions
    return scope
  }

  static let millionths: Int64 = 1_000_000

  /// Whether `part` of `whole` is at most a share in millionths, without rounding.
  static func isAtMost(_ part: Int64, _ whole: Int64, _ share: Int64) -> Bool {
    let left = part.multipliedFullWidth(by: millionths)
    let right = whole.multipliedFullWidth(by: share)
    return (left.high, left.low) <= (right.high, right.low)
  }
}

// MARK: Routes

extension GateCheck {
  private func outcomes(_ gate: Gate) async throws -> [GateResult] {
    var latest: Microseconds?
    if case .slo(let length, _) = gate.test { latest = length }
    let rows = try await night.answer(
      RouteOutcomes(scope: scope(of: gate), latest: latest, hasRollups: night.rolledUp > 0))
    guard gate.isPerRoute, !rows.isEmpty else {
      let all = rows.reduce(into: RouteOutcomes.Row(totals: RequestTotals(), latency: LatencySketch(), punctual: 0)) {
        $0.add($1)
      }
      return [outcome(gate, all, subject: nil)]
    }
    return rows.map { row in
      let subject = ComparisonSubject.route(method: row.method, route: row.route)
      return outcome(gate, row, subject: subject.name)
    }
  }

  private func outcome(_ gate: Gate, _ row: RouteOutcomes.Row, subject: String?) -> GateResult {
    var result = switch gate.test {
    case .slo(let latest, let share):
      Self.share(
        gate, row.punctual, of: Int64(clamping: row.latency.count), share, isFloor: true,
        what: "timed requests took at most \(.duration(latest))", noData: "no request has a duration")
    case .errors(let share):
      Self.share(
        gate, row.totals.serverErrors, of: row.totals.withStatus, share, isFloor: false, what: "requests failed (5xx)",
        noData: "no request has a status")
    case .limited(let share):
      Self.share(
        gate, row.totals.limited, of: row.totals.requests, share, isFloor: false, what: "requests were refused by a limiter",
        noData: "there are no requests")
    case .cacheHits(let share):
      Self.share(
        gate, row.totals.servedFromCache, of: row.totals.cacheLookups, share, isFloor: true,
        what: "cache lookups were hits", noData: "the log has no cache lookups")
    case .percentile(let quantile, let most): Self.percentile(gate, row.latency, quantile, most)
    default: preconditionFailure("a rule of routes asks for one of the above")
    }
    result.subject = subject
    return result
  }

  private static func share(
    _ gate: Gate, _ part: Int64, of whole: Int64, _ share: Int64, isFloor: Bool, what: Sentence, noData: Sentence
  ) -> GateResult {
    let allowed = Cell.ratio(share, of: millionths)
    guard whole > 0 else {
      return GateResult(
        gate: gate, status: .unknown, value: .absent, allowed: allowed, isFloor: isFloor, reason: noData)
    }
    let isAtMost = isAtMost(part, whole, share)
    let isExact = isAtMost && GateCheck.isAtMost(whole - part, whole, millionths - share)
    let passes = isFloor ? !isAtMost || isExact : isAtMost
    let bound: Sentence = isFloor ? "at least" : "at most"
    return GateResult(
      gate: gate, status: passes ? .pass : .fail, value: .ratio(part, of: whole), allowed: allowed, isFloor: isFloor,
      reason: "\(.integer(part)) of \(.integer(whole)) \(what): \(.ratio(part, of: whole)), \(bound) \(allowed) allowed")
  }

  private static func percentile(
    _ gate: Gate, _ latency: LatencySketch, _ quantile: Quantile, _ most: Microseconds
  ) -> GateResult {
    let samples = Int64(clamping: latency.count)
    var result = GateResult(
      gate: gate, status: .unknown, value: .absent, allowed: .duration(most), isFloor: false,
      reason: "no request has a duration")
    guard let value = latency.quantile(quantile) else { return result }
    guard quantile.isSupported(by: Int(clamping: samples)) else {
      let needed = Int64(quantile.fewestSamples)
      result.value = .tooFew(samples: samples, needed: needed)
      result.reason = "\(.integer(samples)) timed requests are too few; it takes \(.integer(needed))"
      return result
    }
    result.value = .duration(Microseconds(value))
    result.status = value <= most.count ? .pass : .fail
    result.reason = "it is \(result.value) over \(.integer(samples)) requests, at most \(result.allowed) allowed"
    return result
  }
}

extension RouteOutcomes.Row {
  fileprivate mutating func add(_ other: Self) {
    totals.add(other.totals)
    latency.merge(other.latency)
    punctual += other.punctual
  }
}
