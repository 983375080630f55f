import Traffic

// MARK: Findings and data

extension GateCheck {
  func findings(
    _ gate: Gate, _ severity: Finding.Severity, only: [String], except: [String], atMost most: Int64
  ) -> GateResult {
    let counted = findings.filter { finding in
      finding.severity >= severity && (only.isEmpty || only.contains { Glob($0).matches(finding.kind) })
        && !except.contains { Glob($0).matches(finding.kind) }
    }
    let count = Int64(counted.count)
    let names = counted.prefix(5).enumerated().reduce(into: Sentence([])) { sentence, one in
      sentence = sentence + (one.offset > 0 ? ", \(.text(one.element.id))" : "\(.text(one.element.id))")
    }
    let more: Sentence = count > 5 ? " and \(.integer(count - 5)) more" : ""
    return GateResult(
      gate: gate, status: count <= most ? .pass : .fail, value: .integer(count), allowed: .integer(most), isFloor: false,
      reason: counted.isEmpty ? "no such finding" : names + more)
  }

  func missingHours(_ gate: Gate, _ most: Int64) async throws -> GateResult {
    let coverage = try await night.answer(Coverage(scope: scope(of: gate), ledger: night.ledger))
    guard !coverage.nodes.isEmpty else {
      return GateResult(
        gate: gate, status: .unknown, value: .absent, allowed: .integer(most), isFloor: false,
        reason: "there are no requests")
    }
    // Where the night was asked for from and until when, hours before the first and after the last request count too.
    let outside = hoursOutside(coverage.hours)
    let missing = coverage.nodes.map { (name: $0.name ?? "(no node)", hours: Int64($0.emptyHours) + outside) }
    let count = missing.reduce(0) { $0 + $1.hours }
    let worst = missing.max { ($0.hours, $1.name) < ($1.hours, $0.name) }
    return GateResult(
      gate: gate, subject: count > 0 ? worst?.name : nil, status: count <= most ? .pass : .fail, value: .integer(count),
      allowed: .integer(most), isFloor: false,
      reason: "\(.integer(count)) of \(.integer((Int64(coverage.hours.count) + outside) * Int64(missing.count))) hours of nodes have no request, at most \(.integer(most)) allowed")
  }

  /// Whole hours of the window before the first hour with requests and after the last.
  private func hoursOutside(_ hours: [Timestamp]) -> Int64 {
    guard let first = hours.first, let last = hours.last else { return 0 }
    let hour = Microseconds.hour.count
    var count: Int64 = 0
    if let since = night.scope.filter.since {
      count += max(0, first.microseconds / hour - (since.microseconds &+ hour - 1) / hour)
    }
    if let until = night.scope.filter.until { count += max(0, until.microseconds / hour - last.microseconds / hour - 1) }
    return count
  }

  func rejectedLines(_ gate: Gate, _ share: Int64) -> GateResult {
    let lines = night.ledger.reduce(0) { $0 + $1.lines - $1.blank }
    let rejected = night.ledger.reduce(0) { $0 + $1.rejected }
    let allowed = Cell.ratio(share, of: Self.millionths)
    guard lines > 0 else {
      return GateResult(
        gate: gate, status: .unknown, value: .absent, allowed: allowed, isFloor: false, reason: "no line was read")
    }
    let worst = night.ledger.filter { $0.rejected > 0 }.max { ($0.rejected, $1.path) < ($1.rejected, $0.path) }
    return GateResult(
      gate: gate, subject: worst?.path, status: Self.isAtMost(rejected, lines, share) ? .pass : .fail,
      value: .ratio(rejected, of: lines), allowed: allowed, isFloor: false,
      reason: "\(.integer(rejected)) of \(.integer(lines)) lines could not be read, at most \(allowed) allowed")
  }

  func incompleteSources(_ gate: Gate, _ most: Int64) -> GateResult {
    let open = night.ledger.filter { !$0.isComplete }
    let count = Int64(open.count)
    guard !night.ledger.isEmpty else {
      return GateResult(
        gate: gate, status: .unknown, value: .absent, allowed: .integer(most), isFloor: false,
        reason: "nothing was imported")
    }
    return GateResult(
      gate: gate, subject: open.first?.path, status: count <= most ? .pass : .fail, value: .integer(count),
      allowed: .integer(most), isFloor: false,
      reason: "\(.integer(count)) of \(.integer(Int64(night.ledger.count))) sources are read in part, at most \(.integer(most)) allowed")
  }
}
