public import Traffic

/// How many of a route's GET requests repeat one of the same minute: what a cache that keeps an answer for a minute
/// could serve?
///
/// Requests are the same where template and bytes sent agree. Variables of the path do not take part, so two resources
/// of one size count as one: an upper bound. Equal sizes do not prove equal content either.
public struct RepeatedAnswers: Question, Hashable {
  public struct Answer: Hashable, Sendable {
    /// GET requests with status 200 and a known size.
    public var requests: Int64
    /// Of them, those that are not the first of their minute.
    public var repeats: Int64
  }

  public var scope: Scope
  public var route: String

  public init(scope: Scope = Scope(), route: String) {
    self.scope = scope
    self.route = route
  }

  /// The condition on a row, as SQL says it, but for the route.
  public static let conditionSQL = "method = 'GET' AND status = 200 AND bytes_out IS NOT NULL"
  /// What makes rows the same, as SQL says it.
  public static let groupSQL = "arrival / \(Microseconds.minute.count), template, bytes_out"

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    var scope = scope
    scope.filter.conditions += [
      .init(.route, .matches([route])), .init(.stored(.method), .matches(["GET"])),
      .init(.stored(.status), .number(.equal, 200)), .init(.stored(.bytesOut), .number(.greaterOrEqual, 0)),
    ]
    let layout = CubeLayout([.time(.minute), .column(.stored(.path)), .column(.stored(.bytesOut))])
    let cells = try await traffic.cube(layout.request(scope)).cells
    let requests = cells.reduce(0) { $0 + $1.requests }
    return Answer(requests: requests, repeats: requests - Int64(cells.count))
  }
}
