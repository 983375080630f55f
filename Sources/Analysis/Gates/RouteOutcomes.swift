public import Statistics
public import Traffic

/// How did requests of each route end, and how many of them in time? Cubes only: rollups answer too.
public struct RouteOutcomes: Question, Hashable {
  public struct Row: Hashable, Sendable {
    public var method: String?
    public var route: String?
    public var totals: RequestTotals
    /// Of requests whose duration measures the gateway.
    public var latency: LatencySketch
    /// Of these, those that took no longer than asked for.
    public var punctual: Int64
  }

  public var scope: Scope
  /// Nobody is late after this; nil does not ask.
  public var latest: Microseconds?
  /// Some requests live in rollups: durations are known by their bucket, and the one that holds `latest` counts as late.
  public var hasRollups: Bool

  public init(scope: Scope = Scope(), latest: Microseconds? = nil, hasRollups: Bool = false) {
    self.scope = scope
    self.latest = latest
    self.hasRollups = hasRollups
  }

  private static let layout = CubeLayout(
    [.column(.route), .column(.stored(.method))] + CubeGroup.dimensions, CubeGroup.measures)

  /// By falling number of requests, then by name.
  public func answer(from traffic: any TrafficSource) async throws -> [Row] {
    let groups = try await groups(scope, traffic)
    var punctual: [GroupKey: Int64] = [:]
    if let latest, !hasRollups {
      var inTime = scope
      inTime.filter.conditions.append(
        TrafficFilter.Condition(.stored(.duration), .number(.lessOrEqual, latest.count)))
      punctual = try await self.groups(inTime, traffic).mapValues { Int64(clamping: $0.latency.count) }
    }
    return groups.map { key, group in
      Row(
        method: traffic.text(key.second), route: traffic.text(key.first), totals: group.totals, latency: group.latency,
        punctual: hasRollups ? Self.atMost(latest, in: group.latency) : punctual[key] ?? 0)
    }.sorted { a, b in
      if a.totals.requests != b.totals.requests { return a.totals.requests > b.totals.requests }
      return (a.route ?? "", a.method ?? "") < (b.route ?? "", b.method ?? "")
    }
  }

  private func groups(_ scope: Scope, _ traffic: any TrafficSource) async throws -> [GroupKey: CubeGroup] {
    var groups: [GroupKey: CubeGroup] = [:]
    for cell in try await traffic.cube(Self.layout.request(scope)).cells {
      let key = GroupKey(
        first: Self.layout.key(.column(.route), of: cell), second: Self.layout.key(.method, of: cell))
      groups[key, default: CubeGroup()].add(cell, Self.layout)
    }
    return groups
  }

  /// Values of whole buckets up to a length.
  private static func atMost(_ latest: Microseconds?, in sketch: LatencySketch) -> Int64 {
    guard let latest else { return 0 }
    return sketch.buckets.reduce(0) { sum, bucket in
      guard bucket.index < LatencyBuckets.count else { return sum }
      let bounds = LatencyBuckets.bounds(of: bucket.index)
      return bounds.low + bounds.width - 1 <= latest.count ? sum + Int64(clamping: bucket.count) : sum
    }
  }
}
