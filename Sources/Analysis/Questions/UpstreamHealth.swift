import Statistics
public import Traffic

/// How do the endpoints behind the gateway do, and do they share the load evenly?
///
/// A request counts for the last endpoint tried; its upstream time is the sum over all attempts.
public struct UpstreamHealth: Question, Hashable {
  public struct Row: Hashable, Sendable {
    public var service: String?
    public var upstream: String?
    public var requests: Int64
    /// Upstream status 5xx, or an outcome that blames the upstream.
    public var errors: Int64
    /// Attempts beyond the first, over `withAttempts` requests.
    public var retries: Int64
    public var withAttempts: Int64
    /// Requests of the endpoint over the mean of its service's endpoints, as a fraction: `requests × endpoints`
    /// over the service's requests. 1 is an even share.
    public var skewPart: Int64
    public var skewOf: Int64
    /// Upstream time of requests with outcome other than client abort.
    public var latency: LatencySummary
  }

  public struct Answer: Hashable, Sendable {
    /// By service name, then falling number of requests, then address.
    public var rows: [Row]
    /// Requests that reached no upstream or whose log does not say.
    public var withoutUpstream: Int64
    public var requests: Int64
  }

  public var scope: Scope
  public init(scope: Scope = Scope()) { self.scope = scope }

  private static let layout = CubeLayout(
    [.service, .upstream, .upstreamStatus, .outcome].map { .column(.stored($0)) },
    [.histogram(.upstreamDuration), .sum(.attempts)])

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let cube = try await traffic.cube(Self.layout.request(scope))
    var groups: [GroupKey: Group] = [:]
    var perService: [Int64: (requests: Int64, endpoints: Int64)] = [:]
    var answer = Answer(rows: [], withoutUpstream: 0, requests: 0)
    for cell in cube.cells {
      answer.requests += cell.requests
      let upstream = Self.layout.key(.upstream, of: cell)
      let service = Self.layout.key(.service, of: cell)
      guard upstream != .absent else {
        answer.withoutUpstream += cell.requests
        continue
      }
      let key = GroupKey(first: service, second: upstream)
      if groups[key] == nil { perService[service, default: (0, 0)].endpoints += 1 }
      perService[service, default: (0, 0)].requests += cell.requests
      groups[key, default: Group()].add(cell)
    }
    answer.rows = groups.map { key, group in
      let share = perService[key.first] ?? (0, 0)
      return Row(
        service: traffic.text(key.first), upstream: traffic.text(key.second), requests: group.requests,
        errors: group.errors, retries: max(0, group.attempts - group.withAttempts), withAttempts: group.withAttempts,
        skewPart: group.requests * share.endpoints, skewOf: share.requests, latency: LatencySummary(group.latency))
    }.sorted(by: Self.isBefore)
    return answer
  }

  private struct Group {
    var requests: Int64 = 0
    var errors: Int64 = 0
    var attempts: Int64 = 0
    var withAttempts: Int64 = 0
    var latency = LatencySketch()

    mutating func add(_ cell: Cube.Cell) {
      requests += cell.requests
      let outcome = UpstreamHealth.layout.key(.outcome, of: cell)
      if UpstreamHealth.isError(cell, UpstreamHealth.layout) { errors += cell.requests }
      let (total, count) = UpstreamHealth.layout.sum(.attempts, of: cell)
      attempts &+= total
      withAttempts += count
      if outcome != Outcome.clientAbort.rawValue {
        latency.add(UpstreamHealth.layout.histogram(.upstreamDuration, of: cell))
      }
    }
  }

  /// Whether the upstream failed the requests of a cell that has its status and the outcome.
  static func isError(_ cell: Cube.Cell, _ layout: CubeLayout) -> Bool {
    StatusRule.isServerError(layout.key(.upstreamStatus, of: cell))
      || StatusRule.blamesUpstream(layout.key(.outcome, of: cell))
  }

  private static func isBefore(_ a: Row, _ b: Row) -> Bool {
    if a.service != b.service { return (a.service ?? "") < (b.service ?? "") }
    if a.requests != b.requests { return a.requests > b.requests }
    return (a.upstream ?? "") < (b.upstream ?? "")
  }
}
