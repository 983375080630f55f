public import Traffic

/// `RouteLatency` over requests kept singly and those that live on in rollups: bucket counts instead of values.
///
/// Rollups know no single arrival: first and last of the window are starts of their minutes, hours or days, and the
/// busiest second is not told.
public struct RouteHistory: Question, Hashable {
  private struct Key: Hashable {
    var route: Int64
    var method: Int64
    var requestClass: Int64
  }

  public var scope: Scope
  public var byClass: Bool

  public init(scope: Scope = Scope(), byClass: Bool = false) {
    self.scope = scope
    self.byClass = byClass
  }

  public func answer(from traffic: any TrafficSource) async throws -> RouteLatency.Answer {
    let layout = CubeLayout(
      [.column(.route), .column(.stored(.method))] + CubeGroup.dimensions, CubeGroup.measures)
    // Asked at the same time, so that they share a reading.
    async let cells = traffic.cube(layout.request(scope)).cells
    async let arrivals = arrivals(in: traffic)
    var groups: [Key: CubeGroup] = [:]
    var overall = CubeGroup()
    for cell in try await cells {
      groups[key(cell, layout), default: CubeGroup()].add(cell, layout)
      overall.add(cell, layout)
    }
    let rows = groups.map { key, group in
      RouteLatency.Row(
        method: traffic.text(key.method), route: traffic.text(key.route),
        requestClass: byClass ? RequestClass(rawValue: key.requestClass) : nil, totals: group.totals,
        latency: LatencySummary(group.latency))
    }
    let (first, last) = try await arrivals
    return RouteLatency.Answer(
      rows: rows.sorted(by: RouteLatency.isBefore), totals: overall.totals, latency: LatencySummary(overall.latency),
      window: TrafficWindow(requests: overall.totals.requests, first: first, last: last))
  }

  private func key(_ cell: Cube.Cell, _ layout: CubeLayout) -> Key {
    let requestClass = byClass
      ? RequestClass.of(
        status: CubeGroup.status(of: cell, layout), limit: layout.key(.limit, of: cell),
        cache: layout.key(.cache, of: cell)).rawValue : 0
    return Key(
      route: layout.key(.column(.route), of: cell), method: layout.key(.method, of: cell), requestClass: requestClass)
  }

  /// The first and the last arrival, as far as rollups tell.
  private func arrivals(in traffic: any TrafficSource) async throws -> (first: Timestamp?, last: Timestamp?) {
    let minute = CubeRequest.Dimension.time(.minute)
    let layout = CubeLayout([minute])
    async let singly = BusySeconds(scope: scope).answer(from: traffic)
    let minutes = try await traffic.cube(layout.request(scope)).cells.map {
      Timestamp(microseconds: layout.key(minute, of: $0))
    }
    let single = try await singly.window
    // A minute with single requests begins before the first of them.
    let first = minutes.min().flatMap { first in
      single.first.map { $0 < first + .minute ? $0 : first } ?? first
    }
    return (first, single.last ?? minutes.max())
  }
}
