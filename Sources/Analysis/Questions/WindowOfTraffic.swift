public import Traffic

/// How many requests were there, from when to when, and how many in the busiest second?
public struct WindowOfTraffic: Question, Hashable {
  public var scope: Scope
  public init(scope: Scope = Scope()) { self.scope = scope }

  public func answer(from traffic: any TrafficSource) async throws -> TrafficWindow {
    let fold = try await traffic.scan(
      ScanRequest(columns: [.stored(.arrival)], filter: scope.filter, threads: scope.threads), ArrivalCounts())
    return TrafficWindow(requests: fold.requests, seconds: fold.seconds)
  }
}

private struct ArrivalCounts: TrafficFold {
  var requests: Int64 = 0
  var seconds = PeriodCounts(period: .second)

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    requests += Int64(batch.rows)
    seconds.record(batch[0])
  }

  mutating func merge(_ later: Self) {
    requests += later.requests
    seconds.merge(later.seconds)
  }
}
