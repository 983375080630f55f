public import Traffic

/// How many requests were there, from when to when, and how many in the busiest second?
public struct WindowOfTraffic: Question, Hashable {
  public var scope: Scope
  public init(scope: Scope = Scope()) { self.scope = scope }

  public func answer(from traffic: any TrafficSource) async throws -> TrafficWindow {
    let fold = try await traffic.scan(
      ScanRequest(columns: ArrivalCounts.columns, filter: scope.filter, threads: scope.threads), ArrivalCounts())
    return TrafficWindow(requests: fold.requests, seconds: fold.seconds)
  }
}
