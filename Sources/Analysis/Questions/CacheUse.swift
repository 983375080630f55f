import Statistics
public import Traffic

/// How much did the response cache answer, in requests, bytes and time, and why did the rest miss?
public struct CacheUse: Question, Hashable {
  public struct Row: Hashable, Sendable {
    public var method: String?
    public var route: String?
    /// All requests of the route, asked or not.
    public var requests: Int64 = 0
    public var lookups: Int64 = 0
    public var served: Int64 = 0
    /// Bytes sent for lookups, and the part of them served from cache.
    public var lookupBytes: Int64 = 0
    public var servedBytes: Int64 = 0
    /// Requests per `CacheStatus` raw value.
    public var byStatus: [Int64] = Array(repeating: 0, count: CacheStatus.allCases.count)
    /// Served × (mean duration of a miss − mean duration of a served request); nil without both.
    public var timeSaved: Microseconds?
    /// Durations of requests served from cache and of misses.
    public var servedLatency: LatencySummary
    public var missLatency: LatencySummary
  }

  public struct Answer: Hashable, Sendable {
    /// Routes with a cache status, by falling number of lookups, then by name.
    public var rows: [Row]
    public var total: Row
  }

  public var scope: Scope
  public init(scope: Scope = Scope()) { self.scope = scope }

  private static let layout = CubeLayout(
    [.column(.route), .column(.stored(.method)), .column(.stored(.cache))],
    [.histogram(.duration), .sum(.bytesOut)])

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let cube = try await traffic.cube(Self.layout.request(scope))
    var groups: [GroupKey: Group] = [:]
    var overall = Group()
    for cell in cube.cells {
      let key = GroupKey(
        first: Self.layout.key(.column(.route), of: cell), second: Self.layout.key(.method, of: cell))
      groups[key, default: Group()].add(cell)
      overall.add(cell)
    }
    let rows = groups.filter { $0.value.hasStatus }
      .map { key, group in group.row(method: traffic.text(key.second), route: traffic.text(key.first)) }
      .sorted(by: Self.isBefore)
    return Answer(rows: rows, total: overall.row(method: nil, route: nil))
  }

  private struct Group {
    var row = Row(servedLatency: LatencySummary(LatencySketch()), missLatency: LatencySummary(LatencySketch()))
    var served = LatencySketch()
    var missed = LatencySketch()
    var hasStatus = false

    mutating func add(_ cell: Cube.Cell) {
      row.requests += cell.requests
      guard let status = CacheStatus(rawValue: CacheUse.layout.key(.cache, of: cell)) else { return }
      hasStatus = hasStatus || status != .none
      row.byStatus[Int(status.rawValue)] += cell.requests
      guard status.isLookup else { return }
      let bytes = CacheUse.layout.sum(.bytesOut, of: cell).total
      let durations = CacheUse.layout.histogram(.duration, of: cell)
      row.lookups += cell.requests
      row.lookupBytes &+= bytes
      if status.isServedFromCache {
        row.served += cell.requests
        row.servedBytes &+= bytes
        served.add(durations)
      } else {
        missed.add(durations)
      }
    }

    func row(method: String?, route: String?) -> Row {
      var row = self.row
      row.method = method
      row.route = route
      row.servedLatency = LatencySummary(served)
      row.missLatency = LatencySummary(missed)
      if served.count > 0, missed.count > 0 {
        let meanMiss = Double(missed.sum) / Double(missed.count)
        let saved = Double(served.count) * meanMiss - Double(served.sum)
        row.timeSaved = Microseconds(Int64(max(0, min(saved, 9e18)).rounded()))
      }
      return row
    }
  }

  private static func isBefore(_ a: Row, _ b: Row) -> Bool {
    if a.lookups != b.lookups { return a.lookups > b.lookups }
    if a.route != b.route { return (a.route ?? "") < (b.route ?? "") }
    return (a.method ?? "") < (b.method ?? "")
  }
}
