public import Traffic

/// Which requests of some routes took longest, and where in the logs are they?
public struct SlowestRequests: Question, Hashable {
  public struct Request: Hashable, Sendable {
    public var duration: Microseconds
    public var arrival: Timestamp
    public var status: Int64?
    public var source: Int64
    public var line: Int64
  }

  public var scope: Scope
  public var routes: [RouteCourse.Name]
  /// Of each route.
  public var most: Int
  /// Shorter requests are not looked at.
  public var atLeast: Microseconds

  public init(scope: Scope = Scope(), routes: [RouteCourse.Name], most: Int = 3, atLeast: Microseconds = Microseconds(0)) {
    self.scope = scope
    self.routes = routes
    self.most = most
    self.atLeast = atLeast
  }

  /// The slowest first, then the earliest.
  public func answer(from traffic: any TrafficSource) async throws -> [RouteCourse.Name: [Request]] {
    let names = Set(routes.compactMap(\.route)).sorted()
    guard !names.isEmpty else { return [:] }
    var filter = scope.filter
    // A name with * or ? lets more routes through; they are told apart below.
    filter.conditions += [
      TrafficFilter.Condition(.route, .matches(names)),
      TrafficFilter.Condition(.stored(.duration), .number(.greaterOrEqual, atLeast.count)),
    ]
    let fold = try await traffic.scan(
      ScanRequest(columns: SlowestFold.columns, filter: filter, threads: scope.threads), SlowestFold(most: most))
    var answer: [RouteCourse.Name: [Request]] = [:]
    for (key, requests) in fold.slowest {
      let name = RouteCourse.Name(method: traffic.text(key.second), route: traffic.text(key.first))
      if routes.contains(name) { answer[name] = requests }
    }
    return answer
  }
}

private struct SlowestFold: TrafficFold {
  static let columns: [ScanColumn] = [
    .stored(.duration), .stored(.status), .stored(.outcome), .stored(.method), .route, .stored(.arrival), .source,
    .stored(.line),
  ]

  let most: Int
  var slowest: [GroupKey: [SlowestRequests.Request]] = [:]

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (duration, status, outcome) = (batch[0], batch[1], batch[2])
    for row in 0..<batch.rows where StatusRule.countsForLatency(status: status[row], outcome: outcome[row]) {
      let key = GroupKey(first: batch[4][row], second: batch[3][row])
      let known = slowest[key] ?? []
      if known.count == most, let last = known.last, duration[row] < last.duration.count { continue }
      add(
        SlowestRequests.Request(
          duration: Microseconds(duration[row]), arrival: Timestamp(microseconds: batch[5][row]),
          status: status[row] == .absent ? nil : status[row], source: batch[6][row], line: batch[7][row]), to: key)
    }
  }

  private mutating func add(_ request: SlowestRequests.Request, to key: GroupKey) {
    var requests = slowest[key] ?? []
    let place = requests.firstIndex { Self.isBefore(request, $0) } ?? requests.count
    requests.insert(request, at: place)
    if requests.count > most { requests.removeLast() }
    slowest[key] = requests
  }

  private static func isBefore(_ a: SlowestRequests.Request, _ b: SlowestRequests.Request) -> Bool {
    if a.duration != b.duration { return a.duration > b.duration }
    return (a.arrival.microseconds, a.line, a.source) < (b.arrival.microseconds, b.line, b.source)
  }

  mutating func merge(_ later: Self) {
    for (key, requests) in later.slowest { for request in requests { add(request, to: key) } }
  }
}
