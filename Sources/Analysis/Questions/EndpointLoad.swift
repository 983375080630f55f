public import Traffic

/// How much does each endpoint behind the gateway carry over time, how much of it cannot be served, and which
/// endpoints stand in for each other?
///
/// A request counts for the last endpoint tried. Endpoints of one service are one pool; where the log names no service,
/// endpoints that serve the same routes are. Sees single requests only, no rollups.
public struct EndpointLoad: Question, Hashable {
  /// One endpoint in one stretch of time.
  public struct Stretch: Hashable, Sendable {
    public var start: Timestamp
    public var requests: Int64 = 0
    /// Requests that it could not serve: upstream status 502, 503 or 504, or no connection.
    public var unserved: Int64 = 0
    /// Sum of upstream time, µs, and the requests that had it.
    public var busy: Int64 = 0
    public var timed: Int64 = 0

    fileprivate mutating func add(_ cell: Cube.Cell, _ layout: CubeLayout) {
      let outcome = layout.key(.outcome, of: cell)
      let (total, count) = layout.sum(.upstreamDuration, of: cell)
      requests += cell.requests
      if (502...504).contains(layout.key(.upstreamStatus, of: cell)) || outcome == Outcome.upstreamConnect.rawValue
        || outcome == Outcome.noUpstream.rawValue
      {
        unserved += cell.requests
      }
      busy &+= total
      timed += count
    }
  }

  public struct Endpoint: Hashable, Sendable {
    public var service: String?
    public var upstream: String
    /// Number of its pool in `Answer`.
    public var pool: Int
    /// By time; stretches without a request are left out.
    public var stretches: [Stretch]
    public var requests: Int64 { stretches.reduce(0) { $0 + $1.requests } }
    public var unserved: Int64 { stretches.reduce(0) { $0 + $1.unserved } }
  }

  public struct Answer: Hashable, Sendable {
    /// By pool, then address.
    public var endpoints: [Endpoint]
    public var pools: Int
    public var requests: Int64
    public var stretch: Microseconds
  }

  public var scope: Scope
  /// Length of a stretch.
  public var stretch: Microseconds

  public init(scope: Scope = Scope(), stretch: Microseconds = Self.shortest) {
    self.scope = scope
    self.stretch = stretch
  }

  /// Five minutes, or longer so that the sources' whole time is at most about 600 stretches.
  public init(scope: Scope, ledger: [LedgerEntry]) {
    let since = scope.filter.since?.microseconds ?? .min
    let until = scope.filter.until?.microseconds ?? .max
    let first = max(since, ledger.compactMap(\.firstArrival).min()?.microseconds ?? 0)
    let last = min(until, ledger.compactMap(\.lastArrival).max()?.microseconds ?? 0)
    let span = last > first ? last.subtractingReportingOverflow(first).partialValue : 0
    let steps = max(1, min(span / (600 * Self.shortest.count), 1_000_000))
    self.init(scope: scope, stretch: Microseconds(steps * Self.shortest.count))
  }

  public static let shortest = Microseconds(300_000_000)

  /// A request that its endpoint could not serve, as SQL says it.
  public static let unservedSQL =
    "(coalesce(upstream_status, 0) IN (502, 503, 504) OR coalesce(outcome, '') IN ('up_connect', 'no_upstream'))"

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let time = CubeRequest.Dimension.time(stretch)
    let layout = CubeLayout(
      [.service, .upstream, .upstreamStatus, .outcome].map { .column(.stored($0)) } + [time], [.sum(.upstreamDuration)])
    let scope = scope.ofSingleRows
    async let knownPools = EndpointPools.of(traffic, scope)
    let cells = try await traffic.cube(layout.request(scope)).cells
    let pools = try await knownPools
    var endpoints: [EndpointPools.Key: [Int64: Stretch]] = [:]
    for cell in cells where layout.key(.upstream, of: cell) != .absent {
      let key = EndpointPools.Key(upstream: layout.key(.upstream, of: cell), service: layout.key(.service, of: cell))
      let start = layout.key(time, of: cell)
      endpoints[key, default: [:]][start, default: Stretch(start: Timestamp(microseconds: start))].add(cell, layout)
    }
    let rows = endpoints.compactMap { key, stretches -> Endpoint? in
      guard let upstream = traffic.text(key.upstream), let pool = pools.number[key] else { return nil }
      return Endpoint(
        service: traffic.text(key.service), upstream: upstream, pool: pool,
        stretches: stretches.values.sorted { $0.start < $1.start })
    }
    return Answer(
      endpoints: Self.renumbered(rows), pools: pools.count, requests: cells.reduce(0) { $0 + $1.requests },
      stretch: stretch)
  }

  /// Pools numbered by their first endpoint, so that the order of symbols does not show.
  private static func renumbered(_ endpoints: [Endpoint]) -> [Endpoint] {
    var number: [Int: Int] = [:]
    let named = endpoints.sorted { ($0.service ?? "", $0.upstream) < ($1.service ?? "", $1.upstream) }
      .map { endpoint in
        var endpoint = endpoint
        let found = number[endpoint.pool] ?? number.count
        number[endpoint.pool] = found
        endpoint.pool = found
        return endpoint
      }
    return named.sorted { ($0.pool, $0.upstream) < ($1.pool, $1.upstream) }
  }
}
