public import Traffic

/// What does the gateway do for the requests of each route, and how much time does it add?
///
/// The gateway's own time is `duration − upstream_duration` of requests that measure it: one attempt, a complete
/// exchange, not held back by a limiter, and an answer that fits a socket buffer, so that a slow client does not look
/// like a slow gateway. Sees single requests only, no rollups.
public struct GatewayWork: Question, Hashable {
  /// Larger answers wait for the client's acknowledgements: 16 KiB, the usual send buffer.
  public static let largestMeasured: Int64 = 16_384

  public struct Row: Hashable, Sendable {
    public var method: String?
    public var route: String?
    public var counts: GatewayWorkCounts
  }

  public struct Answer: Hashable, Sendable {
    /// By falling number of requests, then by name.
    public var rows: [Row]
    public var total: GatewayWorkCounts
    /// Step of the logged durations: 1 µs, 1 ms or 1 s; nil without a measured request.
    public var resolution: Microseconds?
  }

  public var scope: Scope
  public init(scope: Scope = Scope()) { self.scope = scope }

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let tally = try await traffic.scan(
      ScanRequest(columns: GatewayWorkTally.columns, filter: scope.filter, threads: scope.threads), GatewayWorkTally())
    let rows = zip(tally.keys, tally.groups).map { key, counts in
      Row(method: traffic.text(key.method), route: traffic.text(key.route), counts: counts)
    }
    return Answer(
      rows: rows.sorted(by: Self.isBefore), total: tally.groups.reduce(into: GatewayWorkCounts()) { $0.add($1) },
      resolution: tally.groups.contains { $0.measured > 0 } ? Microseconds(tally.step) : nil)
  }

  private static func isBefore(_ a: Row, _ b: Row) -> Bool {
    if a.counts.requests != b.counts.requests { return a.counts.requests > b.counts.requests }
    if a.route != b.route { return (a.route ?? "") < (b.route ?? "") }
    return (a.method ?? "") < (b.method ?? "")
  }

  /// A request that measures the gateway's own time, as SQL says it.
  public static let measuredSQL = """
    duration IS NOT NULL AND upstream_duration IS NOT NULL AND bytes_out BETWEEN 0 AND \(largestMeasured) AND \
    coalesce(attempts, 1) <= 1 AND coalesce("limit", '') <> 'delayed' AND \
    coalesce(status, 1) NOT IN (0, 101, 408, 499) AND coalesce(outcome, '') NOT IN ('client_abort', 'client_protocol')
    """
}

/// What the gateway did for some requests.
public struct GatewayWorkCounts: Hashable, Sendable {
  public var requests: Int64 = 0
  /// Requests that an upstream was tried for.
  public var reached: Int64 = 0
  /// Requests with a cache status other than `none`.
  public var cached: Int64 = 0
  /// Requests with a limiter verdict, and those that it refused or held back.
  public var judged: Int64 = 0
  public var refused: Int64 = 0
  public var delayed: Int64 = 0
  /// Requests with more than one attempt.
  public var retried: Int64 = 0
  /// Status 401 or 403 without an upstream.
  public var denied: Int64 = 0
  /// Status 2xx or 3xx.
  public var succeeded: Int64 = 0
  /// Requests that measure the gateway's own time, and their sums in µs.
  public var measured: Int64 = 0
  public var duration: Int64 = 0
  public var upstreamDuration: Int64 = 0

  public init() {}

  /// Time that the gateway added, µs; clocks that step in milliseconds may make it negative.
  public var gatewayTime: Int64 { duration &- upstreamDuration }
  public var meanGatewayTime: Int64 { measured > 0 ? gatewayTime / measured : 0 }
  public var meanUpstreamDuration: Int64 { measured > 0 ? upstreamDuration / measured : 0 }
  /// Requests for which it did anything but pass them on.
  public var helped: Int64 { cached + refused + delayed + retried + denied }

  mutating func add(_ other: Self) {
    requests += other.requests
    reached += other.reached
    cached += other.cached
    judged += other.judged
    refused += other.refused
    delayed += other.delayed
    retried += other.retried
    denied += other.denied
    succeeded += other.succeeded
    measured += other.measured
    duration &+= other.duration
    upstreamDuration &+= other.upstreamDuration
  }
}
