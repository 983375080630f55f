public import Traffic

/// What did each hour look like?
public struct HourlyTraffic: Question, Hashable {
  public struct Row: Hashable, Sendable {
    /// Start of the hour, UTC.
    public var hour: Timestamp
    public var totals: RequestTotals
    public var latency: LatencySummary
  }

  public struct Answer: Hashable, Sendable {
    /// Every hour from the first to the last with traffic; hours without traffic are rows of zero requests.
    public var rows: [Row]
    public var totals: RequestTotals
    public var latency: LatencySummary
    /// Hours left out because more than `longestSpan` lie between the first and the last.
    public var isGapless: Bool
  }

  /// Longer spans list only hours with traffic (a hostile time stamp must not print a century).
  static let longestSpan = 10_000

  public var scope: Scope
  public init(scope: Scope = Scope()) { self.scope = scope }

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let hour = CubeRequest.Dimension.time(.hour)
    let layout = CubeLayout([hour] + CubeGroup.dimensions, CubeGroup.measures)
    let cube = try await traffic.cube(layout.request(scope))
    var groups: [Int64: CubeGroup] = [:]
    var overall = CubeGroup()
    for cell in cube.cells {
      groups[layout.key(hour, of: cell), default: CubeGroup()].add(cell, layout)
      overall.add(cell, layout)
    }
    let (hours, isGapless) = Self.hours(groups.keys.sorted())
    return Answer(
      rows: hours.map { hour in
        let group = groups[hour] ?? CubeGroup()
        return Row(hour: Timestamp(microseconds: hour), totals: group.totals, latency: LatencySummary(group.latency))
      }, totals: overall.totals, latency: LatencySummary(overall.latency), isGapless: isGapless)
  }

  /// All hours from the first to the last of `present`, unless that is unreasonably many.
  static func hours(_ present: [Int64]) -> (hours: [Int64], isGapless: Bool) {
    let length = Microseconds.hour.count
    guard let first = present.first, let last = present.last else { return ([], true) }
    let (span, overflow) = last.subtractingReportingOverflow(first)
    guard !overflow, span / length < longestSpan else { return (present, false) }
    return (Array(stride(from: first, through: last, by: Int64.Stride(length))), true)
  }
}
