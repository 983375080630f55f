public import Statistics
public import Traffic

/// Of requests that went wrong in a stretch: how many did the same caller follow up on the same route soon after, and
/// how many of those that went well?
///
/// Followed up is a request of the same caller, route and method later than the request and within the horizon.
public struct Comebacks: Question, Hashable {
  /// What went wrong with a request.
  public enum Trouble: Hashable, Sendable {
    /// Status 5xx.
    case failed
    /// Refused by a limiter.
    case refused
  }

  public struct Answer: Hashable, Sendable {
    /// Requests that went wrong, and those of them that were followed up.
    public var troubled: RetryOdds.Followed
    /// The same for status 2xx and 3xx that no limiter refused.
    public var fine: RetryOdds.Followed
    /// Callers with a request that went wrong.
    public var callers: Int64
    /// There were no more rows than are kept.
    public var isComplete: Bool
  }

  /// Rows that are kept; 24 bytes each.
  static let mostRows = 1_000_000

  public var scope: Scope
  public var from: Int64
  public var until: Int64
  public var horizon: Int64
  public var trouble: Trouble

  public init(scope: Scope, from: Int64, until: Int64, horizon: Int64, trouble: Trouble) {
    self.scope = scope
    self.from = from
    self.until = until
    self.horizon = horizon
    self.trouble = trouble
  }

  /// The rows of the stretch and of one horizon after it.
  var part: Scope { scope.within(from, until &+ horizon) }

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let fold = try await traffic.scan(
      ScanRequest(columns: Fold.columns, filter: part.filter, threads: scope.threads), Fold(trouble: trouble))
    return count(fold)
  }

  private func count(_ fold: Fold) -> Answer {
    var answer = Answer(
      troubled: .init(), fine: .init(), callers: 0, isComplete: fold.isComplete)
    var callers: Set<Int64> = []
    let rows = fold.rows.sorted { ($0.group, $0.arrival) < ($1.group, $1.arrival) }
    var next = rows.count  // the first row after `index` that is of another instant, or another group
    for index in rows.indices.reversed() {
      let row = rows[index]
      if index + 1 < rows.count, rows[index + 1].group != row.group || rows[index + 1].arrival != row.arrival {
        next = index + 1
      }
      guard row.arrival < until else { continue }
      let isFollowed = next < rows.count && rows[next].group == row.group && rows[next].arrival &- row.arrival <= horizon
      switch row.verdict {
      case .troubled:
        Self.add(isFollowed, to: &answer.troubled)
        callers.insert(fold.groups.keys[Int(row.group)].first)
      case .fine: Self.add(isFollowed, to: &answer.fine)
      case .other: break
      }
    }
    answer.callers = Int64(callers.count)
    return answer
  }

  private static func add(_ isFollowed: Bool, to events: inout RetryOdds.Followed) {
    events.events += 1
    if isFollowed { events.followed += 1 }
  }

  /// The same counts: one row with `troubled`, `came_back`, `fine`, `fine_followed`.
  public var query: String {
    let isTroubled = trouble == .failed ? RowSQL.isServerError : RowSQL.isLimited
    let rows = part.select(
      "arrival, \(isTroubled) AS troubled, status BETWEEN 200 AND 399 AND NOT \(RowSQL.isLimited) AS fine,"
        + " count(*) OVER (PARTITION BY \(RowSQL.caller), route, method ORDER BY arrival"
        + " RANGE BETWEEN 1 FOLLOWING AND \(horizon) FOLLOWING) > 0 AS followed")
    return "SELECT sum(troubled) AS troubled, sum(troubled AND followed) AS came_back, sum(fine) AS fine,"
      + " sum(fine AND followed) AS fine_followed FROM (\(rows)) WHERE arrival < \(until)"
  }

  private struct Fold: TrafficFold {
    static let columns: [ScanColumn] = [
      .stored(.arrival), .stored(.status), .stored(.limit), .stored(.consumer), .stored(.client), .route,
      .stored(.method),
    ]

    enum Verdict: UInt8 { case troubled, fine, other }

    struct Row {
      var arrival: Int64
      var group: Int32
      var verdict: Verdict
    }

    let trouble: Trouble
    var groups = KeyTable()
    var rows: [Row] = []
    var isComplete = true

    init(trouble: Trouble) { self.trouble = trouble }

    mutating func absorb(_ batch: borrowing ColumnBatch) {
      let (arrival, status, limit) = (batch[0], batch[1], batch[2])
      let (consumer, client, route, method) = (batch[3], batch[4], batch[5], batch[6])
      for row in 0..<batch.rows {
        guard rows.count < Comebacks.mostRows else {
          isComplete = false
          return
        }
        let caller = RecordedAttempt.caller(consumer: consumer[row], client: client[row])
        let group = groups.index(of: GroupKey(first: caller, second: route[row], third: method[row]))
        rows.append(
          Row(arrival: arrival[row], group: Int32(group), verdict: verdict(status: status[row], limit: limit[row])))
      }
    }

    private func verdict(status: Int64, limit: Int64) -> Verdict {
      let isLimited = StatusRule.isLimited(status: status, limit: limit)
      if trouble == .failed ? StatusRule.isServerError(status) : isLimited { return .troubled }
      return status >= 200 && status <= 399 && !isLimited ? .fine : .other
    }

    mutating func merge(_ later: Self) {
      let numbers = later.groups.keys.map { Int32(groups.index(of: $0)) }
      isComplete = isComplete && later.isComplete && rows.count + later.rows.count <= Comebacks.mostRows
      guard isComplete else { return }
      rows += later.rows.map { Row(arrival: $0.arrival, group: numbers[Int($0.group)], verdict: $0.verdict) }
    }
  }
}
