import Statistics
import Traffic

// MARK: Capacity and quotas

extension GateCheck {
  /// The busiest second against what the gateway is said to carry.
  func headroom(_ gate: Gate, _ count: Int64, _ period: Microseconds, _ share: Int64) async throws -> GateResult {
    let window = try await night.answer(BusySeconds(scope: scope(of: gate))).window
    var result = GateResult(
      gate: gate, status: .unknown, value: .absent, allowed: .ratio(share, of: Self.millionths), isFloor: false,
      reason: "no single requests are kept, so no second is known")
    guard let peak = window.peakPerSecond else { return result }
    // A capacity per second as a fraction: count × 10⁶ over the period in µs.
    let capacity = Double(count) * 1e6 / Double(period.count)
    let used = (Double(peak) * Double(period.count)).rounded()
    let whole = (Double(count) * 1e6).rounded()
    guard whole > 0, used < 9e18, whole < 9e18 else { return result }
    result.value = .ratio(Int64(used), of: Int64(whole))
    result.status = used * Double(Self.millionths) <= whole * Double(share) ? .pass : .fail
    result.reason = "the busiest second had \(.integer(peak)) requests, capacity is \(.real(capacity)) per second: \(result.value), at most \(result.allowed) allowed"
    return result
  }

  /// The caller that comes closest to its limit.
  func quota(_ gate: Gate, _ limit: QuotaLimit, _ share: Int64) async throws -> GateResult {
    let answer = try await QuotaPressure(scope: scope(of: gate), limits: [limit]).answer(from: night.traffic)
    var result = GateResult(
      gate: gate, status: .unknown, value: .absent, allowed: .ratio(share, of: Self.millionths), isFloor: false,
      reason: "no request has the key that the limit counts by")
    let rows = answer.rows.compactMap { row in row.admitted.map { (row, $0) } }
    guard let (first, admitted) = rows.first else { return result }
    let above = rows.filter { !Self.isAtMost($0.0.peak, $0.1, share) }
    result.subject = first.key.joined(separator: " ")
    result.value = .ratio(first.peak, of: admitted)
    result.status = above.isEmpty ? .pass : .fail
    let who: Sentence = "\(.text(first.key.joined(separator: " "))) made \(.integer(first.peak)) of \(.integer(admitted)) requests in its busiest window"
    result.reason = above.count > 1
      ? "\(.integer(Int64(above.count))) of \(.integer(Int64(rows.count))) keys are above \(result.allowed); " + who
      : who + ", at most \(result.allowed) allowed"
    return result
  }

  // MARK: Change

  func change(_ gate: Gate, _ measure: Change.Measure, _ most: Double) async throws -> GateResult {
    let allowed = Cell.ratio(Int64((most * 1e6).rounded()), of: Self.millionths)
    var result = GateResult(
      gate: gate, status: .unknown, value: .absent, allowed: allowed, isFloor: false,
      reason: "there is no earlier period to compare with: --compare-to names one")
    guard let earlier else { return result }
    let now = Night(traffic: night.traffic, ledger: night.ledger, scope: scope(of: gate))
    var before = earlier.scope
    before.filter.conditions += gate.conditions
    let then = Night(traffic: earlier.traffic, ledger: earlier.ledger, scope: before)
    guard let answer = try await now.comparison(with: then, isSameTraffic: false),
      let change = answer.changes.first(where: { $0.subject == .all && $0.measure == measure })
    else {
      result.reason = "one of the two periods has no such requests"
      return result
    }
    guard let size = change.size, let interval = change.interval else {
      result.reason = "one of the two periods has too few requests to say"
      return result
    }
    result.value = .ratio(Int64((min(max(size, -1e6), 1e6) * 1e6).rounded()), of: Self.millionths)
    // Only what is beyond noise counts against it.
    result.status = size > most && interval.lowerBound > 0 ? .fail : .pass
    result.reason = "\(.text(measure.label)) went from \(change.earlier) to \(change.later), a change of \(result.value), at most \(allowed) allowed"
    return result
  }
}
