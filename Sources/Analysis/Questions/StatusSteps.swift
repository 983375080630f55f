public import Traffic

/// How many requests, and how many with status 5xx, in every minute of a part of the night.
public struct StatusSteps: Question, Hashable {
  public struct Step: Hashable, Sendable {
    public var start: Int64
    public var requests: Int64 = 0
    public var errors: Int64 = 0
  }

  public var scope: Scope
  public init(scope: Scope) { self.scope = scope }

  private static let time = CubeRequest.Dimension.time(.minute)
  private static let layout = CubeLayout([time, .statusClass])

  /// Minutes with requests, ascending.
  public func answer(from traffic: any TrafficSource) async throws -> [Step] {
    try await traffic.cube(Self.layout.request(scope)).cells.reduce(into: []) { steps, cell in
      let start = Self.layout.key(Self.time, of: cell)
      if steps.last?.start != start { steps.append(Step(start: start)) }
      steps[steps.count - 1].requests += cell.requests
      if Self.layout.key(.statusClass, of: cell) == 5 { steps[steps.count - 1].errors += cell.requests }
    }
  }
}
