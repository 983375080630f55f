public import Traffic

/// How did the share of lookups that the cache served change over time?
public struct HitRatioOverTime: Question, Hashable {
  public struct Row: Hashable, Sendable {
    /// Start of the step, a multiple of it since 1970 UTC.
    public var from: Timestamp
    public var lookups: Int64
    public var served: Int64
  }

  public var scope: Scope
  public var step: Microseconds

  public init(scope: Scope = Scope(), step: Microseconds = .hour) {
    precondition(step.count > 0, "a step has a length")
    self.scope = scope
    self.step = step
  }

  /// A step that gives a chart some hundred points at most: minutes for a night, hours for weeks, days for years.
  public static func step(for span: Microseconds?) -> Microseconds {
    guard let span else { return .hour }
    let minutes = [10, 60, 360].map { Microseconds($0 * Microseconds.minute.count) }
    return minutes.first { span.count / $0.count <= mostPoints } ?? .day
  }

  static let mostPoints: Int64 = 336

  /// Steps with a lookup, in order of time.
  public func answer(from traffic: any TrafficSource) async throws -> [Row] {
    let time = CubeRequest.Dimension.time(step)
    let layout = CubeLayout([time, .column(.stored(.cache))])
    var rows: [Row] = []
    for cell in try await traffic.cube(layout.request(scope)).cells {
      guard let status = CacheStatus(rawValue: layout.key(.cache, of: cell)), status.isLookup else { continue }
      let from = Timestamp(microseconds: layout.key(time, of: cell))
      if rows.last?.from != from { rows.append(Row(from: from, lookups: 0, served: 0)) }
      rows[rows.count - 1].lookups += cell.requests
      if status.isServedFromCache { rows[rows.count - 1].served += cell.requests }
    }
    return rows
  }
}
