public import Traffic

/// How did the traffic of each route go over time, and how many bytes did it send? One cube.
public struct RouteCourse: Question, Hashable {
  public struct Name: Hashable, Sendable {
    public var method: String?
    public var route: String?
    public init(method: String?, route: String?) {
      self.method = method
      self.route = route
    }
  }

  public struct Route: Hashable, Sendable {
    /// Requests per step of `Answer.starts`.
    public var requests: [Int64]
    /// nil where no request of the route told.
    public var bytesOut: Int64?
  }

  public struct Answer: Hashable, Sendable {
    /// Starts of all steps from the first to the last with traffic; only those with traffic where that were thousands.
    public var starts: [Int64]
    public var routes: [Name: Route]
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
    let layout = CubeLayout([time, .column(.route), .column(.stored(.method))], [.sum(.bytesOut)])
    let cells = try await traffic.cube(layout.request(scope)).cells
    let starts = Self.starts(cells.map { layout.key(time, of: $0) }, step.count)
    let places = Dictionary(uniqueKeysWithValues: starts.enumerated().map { ($1, $0) })
    let empty = Route(requests: starts.map { _ in 0 }, bytesOut: nil)
    var routes: [Name: Route] = [:]
    for cell in cells {
      let name = Name(
        method: traffic.text(layout.key(.method, of: cell)), route: traffic.text(layout.key(.column(.route), of: cell)))
      let bytes = layout.sum(.bytesOut, of: cell)
      guard let place = places[layout.key(time, of: cell)] else { continue }
      routes[name, default: empty].requests[place] += cell.requests
      if bytes.count > 0 { routes[name, default: empty].bytesOut = (routes[name]?.bytesOut ?? 0) &+ bytes.total }
    }
    return Answer(starts: starts, routes: routes)
  }

  /// - Parameter present: rising, with repetitions.
  private static func starts(_ present: [Int64], _ step: Int64) -> [Int64] {
    guard let first = present.first, let last = present.last else { return [] }
    let (span, overflow) = last.subtractingReportingOverflow(first)
    guard !overflow, span / step < HourlyTraffic.longestSpan else { return Set(present).sorted() }
    return Array(stride(from: first, through: last, by: Int64.Stride(step)))
  }
}
