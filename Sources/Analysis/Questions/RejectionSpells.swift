public import Traffic

/// Do rejected callers try again at once, and are they rejected again?
///
/// Reads rejected requests only, which are few: a rejection that follows another one of the same caller, method and
/// route within `reach` is counted as the same call tried again. Retries that were let through are not seen, so the
/// amplification is a lower bound; `RetryChains` finds them too, at the price of two readings in order of arrival.
public struct RejectionSpells: Question, Hashable {
  public struct Row: Hashable, Sendable {
    public var caller: Int64
    public var rejected: Int64
    /// Of these: the next try of a call that was rejected at most `reach` before.
    public var repeated: Int64
  }

  public var scope: Scope
  /// The consumer or the client column.
  public var column: ScanColumn
  public var reach: Microseconds

  public init(scope: Scope = Scope(), column: ScanColumn, reach: Microseconds = Microseconds(10_000_000)) {
    self.scope = scope
    self.column = column
    self.reach = reach
  }

  /// By falling number of rejections, then by number of the caller.
  public func answer(from traffic: any TrafficSource) async throws -> [Row] {
    let columns: [ScanColumn] = [
      .stored(.status), .stored(.limit), .stored(.arrival), column, .route, .stored(.method),
    ]
    let fold = try await traffic.scan(
      ScanRequest(columns: columns, filter: scope.filter, threads: scope.threads), Rejections())
    return spells(of: fold.rows)
  }

  private func spells(of rejections: [Rejections.Row]) -> [Row] {
    var callers = KeyTable()
    var calls = KeyTable()
    var last: [Int64] = []
    var rows: [Row] = []
    for rejection in rejections.sorted(by: { $0.arrival < $1.arrival }) {
      let index = callers.index(of: GroupKey(first: rejection.call.first))
      if index == rows.count { rows.append(Row(caller: rejection.call.first, rejected: 0, repeated: 0)) }
      let call = calls.index(of: rejection.call)
      if call == last.count {
        last.append(rejection.arrival)
      } else {
        let (gap, overflow) = rejection.arrival.subtractingReportingOverflow(last[call])
        if !overflow && gap <= reach.count { rows[index].repeated += 1 }
        last[call] = rejection.arrival
      }
      rows[index].rejected += 1
    }
    return rows.sorted { ($1.rejected, $0.caller) < ($0.rejected, $1.caller) }
  }
}

/// The rejected rows. Columns: status, limit, arrival, caller, route, method.
private struct Rejections: TrafficFold {
  struct Row: Sendable {
    var arrival: Int64
    var call: GroupKey
  }

  var rows: [Row] = []

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (status, limit, arrival, caller, route, method) = (batch[0], batch[1], batch[2], batch[3], batch[4], batch[5])
    for row in 0..<batch.rows where StatusRule.isLimited(status: status[row], limit: limit[row]) {
      rows.append(
        Row(arrival: arrival[row], call: GroupKey(first: caller[row], second: route[row], third: method[row])))
    }
  }

  mutating func merge(_ later: Self) { rows += later.rows }
}
