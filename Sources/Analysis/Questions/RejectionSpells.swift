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

  /// By falling number of rejections, then by number of the caller.
  public struct Answer: Hashable, Sendable {
    public var consumers: [Row]
    public var clients: [Row]
  }

  public var scope: Scope
  public var reach: Microseconds

  public init(scope: Scope = Scope(), reach: Microseconds = usualReach) {
    self.scope = scope
    self.reach = reach
  }

  public static let usualReach = Microseconds(10_000_000)

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    var rejections = try await traffic.scan(
      ScanRequest(columns: Rejections.columns, filter: scope.filter, threads: scope.threads), Rejections()
    ).rows
    rejections.sort { $0.arrival < $1.arrival }
    return Answer(
      consumers: spells(of: rejections, callers: \.consumer), clients: spells(of: rejections, callers: \.client))
  }

  /// - Parameter rejections: in order of time.
  private func spells(of rejections: [Rejections.Row], callers side: KeyPath<Rejections.Row, Int64>) -> [Row] {
    var callers = KeyTable()
    var calls = KeyTable()
    var last: [Int64] = []
    var rows: [Row] = []
    for rejection in rejections {
      let caller = rejection[keyPath: side]
      let index = callers.index(of: GroupKey(first: caller))
      if index == rows.count { rows.append(Row(caller: caller, rejected: 0, repeated: 0)) }
      let call = calls.index(of: GroupKey(first: caller, second: rejection.route, third: rejection.method))
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

/// The rejected rows.
private struct Rejections: TrafficFold {
  static let columns: [ScanColumn] = [
    .stored(.status), .stored(.limit), .stored(.arrival), .stored(.consumer), .stored(.client), .route, .stored(.method),
  ]

  struct Row: Sendable {
    var arrival: Int64
    var consumer: Int64
    var client: Int64
    var route: Int64
    var method: Int64
  }

  var rows: [Row] = []

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (status, limit, arrival) = (batch[0], batch[1], batch[2])
    let (consumer, client, route, method) = (batch[3], batch[4], batch[5], batch[6])
    for row in 0..<batch.rows where StatusRule.isLimited(status: status[row], limit: limit[row]) {
      rows.append(
        Row(
          arrival: arrival[row], consumer: consumer[row], client: client[row], route: route[row], method: method[row]))
    }
  }

  mutating func merge(_ later: Self) { rows += later.rows }
}
