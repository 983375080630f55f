public import Traffic

/// What did each route do in every ten minutes: how many requests, how many failed, how long did successes take?
///
/// One cube; what lives on in rollups comes in steps of their own length.
public struct RouteSteps: Question, Hashable {
  /// One route and method in ten minutes.
  public struct Step: Sendable {
    public var requests: Int64 = 0
    /// Status 5xx.
    public var errors: Int64 = 0
    /// Durations of successes that were not served from cache and that no limiter made wait.
    /// In as many pieces as the cube had: a month has too many steps for a sketch's counters in each.
    public var durations: [LatencyHistogram] = []
  }

  public struct Route: Sendable {
    public var route: String
    public var method: String?
    /// By start, ascending; only steps with requests.
    public var steps: [(start: Int64, step: Step)]

    public var requests: Int64 { steps.reduce(0) { $0 + $1.step.requests } }
    public var errors: Int64 { steps.reduce(0) { $0 + $1.step.errors } }
  }

  public struct Answer: Sendable {
    /// By route, then by method; requests without a route are left out.
    public var routes: [Route]
    /// All of them, also those without a route.
    public var requests: Int64
  }

  public static let length: Int64 = 600_000_000

  public var scope: Scope
  public init(scope: Scope = Scope()) { self.scope = scope }

  private static let time = CubeRequest.Dimension.time(Microseconds(length))
  private static let layout = CubeLayout(
    [.column(.route), .column(.stored(.method)), time, .statusClass, .column(.stored(.cache)), .column(.stored(.limit))],
    [.histogram(.duration)])

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let cube = try await traffic.cube(Self.layout.request(scope))
    // Cells come by route and method, each by rising time.
    var groups: [(key: GroupKey, steps: [(start: Int64, step: Step)])] = []
    var requests: Int64 = 0
    for cell in cube.cells {
      requests += cell.requests
      let route = Self.layout.key(.column(.route), of: cell)
      guard route != .absent else { continue }
      let key = GroupKey(first: route, second: Self.layout.key(.method, of: cell))
      if groups.last?.key != key { groups.append((key, [])) }
      Self.add(cell, to: &groups[groups.count - 1].steps)
    }
    let routes = groups.compactMap { key, steps in
      traffic.text(key.first).map { Route(route: $0, method: traffic.text(key.second), steps: steps) }
    }
    return Answer(
      routes: routes.sorted { ($0.route, $0.method ?? "") < ($1.route, $1.method ?? "") }, requests: requests)
  }

  private static func add(_ cell: Cube.Cell, to steps: inout [(start: Int64, step: Step)]) {
    let start = layout.key(time, of: cell)
    if steps.last?.start != start { steps.append((start, Step())) }
    let last = steps.count - 1
    steps[last].step.requests += cell.requests
    switch layout.key(.statusClass, of: cell) {
    case 5: steps[last].step.errors += cell.requests
    case 2, 3:
      guard !StatusRule.isServedFromCache(layout.key(.cache, of: cell)),
        layout.key(.limit, of: cell) != LimitVerdict.delayed.rawValue
      else { return }
      steps[last].step.durations.append(layout.histogram(.duration, of: cell))
    default: break
    }
  }
}
