public import Traffic

/// Every request of one caller in order of time, and which of them a limiter refused.
public struct CallerArrivals: Question, Hashable {
  public struct Arrival: Hashable, Sendable {
    public var time: Int64
    public var isRefused: Bool
  }

  public struct Answer: Hashable, Sendable {
    public var arrivals: [Arrival]
    /// There were no more rows than are kept.
    public var isComplete: Bool
  }

  /// Rows that are kept; 16 bytes each.
  static let mostRows = 2_000_000

  /// The caller is a condition of the scope.
  public var scope: Scope
  public init(scope: Scope) { self.scope = scope }

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let columns: [ScanColumn] = [.stored(.arrival), .stored(.status), .stored(.limit)]
    var fold = try await traffic.scan(
      ScanRequest(columns: columns, filter: scope.filter, threads: scope.threads), Fold())
    // Of one instant, what got through comes first: a limit is seen at its fullest.
    fold.arrivals.sort { ($0.time, $0.isRefused ? 1 : 0) < ($1.time, $1.isRefused ? 1 : 0) }
    return Answer(arrivals: fold.arrivals, isComplete: fold.isComplete)
  }

  private struct Fold: TrafficFold {
    var arrivals: [Arrival] = []
    var isComplete = true

    mutating func absorb(_ batch: borrowing ColumnBatch) {
      let (arrival, status, limit) = (batch[0], batch[1], batch[2])
      guard arrivals.count + batch.rows <= CallerArrivals.mostRows else {
        isComplete = false
        return
      }
      for row in 0..<batch.rows {
        arrivals.append(
          Arrival(time: arrival[row], isRefused: StatusRule.isLimited(status: status[row], limit: limit[row])))
      }
    }

    mutating func merge(_ later: Self) {
      isComplete = isComplete && later.isComplete && arrivals.count + later.arrivals.count <= CallerArrivals.mostRows
      if isComplete { arrivals += later.arrivals }
    }
  }
}
