public import Statistics
public import Traffic

/// What came in each step of time and how long it took, and the same per class of answer?
///
/// One cube, so requests that live on in rollups count too, in the step that holds their rollup's start.
public struct TrafficCourse: Question, Hashable {
  public struct Step: Hashable, Sendable {
    public var start: Timestamp
    /// Requests by raw value of `RequestClass`.
    public var byClass = [Int64](repeating: 0, count: RequestClass.allCases.count)
    public var latency: LatencySummary
    public var requests: Int64 { byClass.reduce(0, +) }
  }

  public struct Class: Hashable, Sendable {
    public var requestClass: RequestClass
    public var totals: RequestTotals
    public var durations: LatencySketch
    public var latency: LatencySummary
  }

  public struct Answer: Hashable, Sendable {
    /// Steps with traffic, in order of time.
    public var steps: [Step]
    /// Classes with requests, in their own order.
    public var classes: [Class]
    public var totals: RequestTotals
    public var durations: LatencySketch
    public var latency: LatencySummary
  }

  public var scope: Scope
  public var step: Microseconds

  public init(scope: Scope = Scope(), step: Microseconds) {
    precondition(step.count > 0, "a step has a length")
    self.scope = scope
    self.step = step
  }

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let time = CubeRequest.Dimension.time(step)
    let layout = CubeLayout([time] + CubeGroup.dimensions, CubeGroup.measures)
    var steps: [(start: Int64, byClass: [Int64], group: CubeGroup)] = []
    var classes = RequestClass.allCases.map { _ in CubeGroup() }
    var overall = CubeGroup()
    for cell in try await traffic.cube(layout.request(scope)).cells {
      let start = layout.key(time, of: cell)
      if steps.last?.start != start { steps.append((start, classes.map { _ in 0 }, CubeGroup())) }
      let number = Int(CubeGroup.requestClass(of: cell, layout).rawValue)
      steps[steps.count - 1].byClass[number] += cell.requests
      steps[steps.count - 1].group.add(cell, layout)
      classes[number].add(cell, layout)
      overall.add(cell, layout)
    }
    return Answer(
      steps: steps.map { step in
        Step(
          start: Timestamp(microseconds: step.start), byClass: step.byClass, latency: LatencySummary(step.group.latency))
      },
      classes: zip(RequestClass.allCases, classes).compactMap { name, group in
        guard group.totals.requests > 0 else { return nil }
        return Class(
          requestClass: name, totals: group.totals, durations: group.latency, latency: LatencySummary(group.latency))
      }, totals: overall.totals, durations: overall.latency, latency: LatencySummary(overall.latency))
  }
}

extension CubeGroup {
  /// The class of a cell's rows.
  static func requestClass(of cell: Cube.Cell, _ layout: CubeLayout) -> RequestClass {
    RequestClass.of(
      status: status(of: cell, layout), limit: layout.key(.limit, of: cell), cache: layout.key(.cache, of: cell))
  }
}
