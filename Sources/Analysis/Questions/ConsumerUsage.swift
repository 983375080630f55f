public import Traffic

/// Who uses the API, how much, how fast in their worst second, and who is already limited?
public struct ConsumerUsage: Question, Hashable {
  public struct Row: Hashable, Sendable {
    /// nil: requests without a consumer.
    public var consumer: String?
    public var totals: RequestTotals
    public var bytesOut: Int64
    /// Rows whose bytes are known.
    public var withBytes: Int64
    public var peakPerSecond: Int64?
    public var latency: LatencySummary
  }

  public struct Answer: Hashable, Sendable {
    /// By falling number of requests, then by name.
    public var rows: [Row]
    public var total: Row
    public var window: TrafficWindow
  }

  public var scope: Scope
  public init(scope: Scope = Scope()) { self.scope = scope }

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let consumer = CubeRequest.Dimension.column(.stored(.consumer))
    let layout = CubeLayout([consumer] + CubeGroup.dimensions, CubeGroup.measures + [.sum(.bytesOut)])
    let cube = try await traffic.cube(layout.request(scope))
    var groups: [Int64: Group] = [:]
    var overall = Group()
    for cell in cube.cells {
      groups[layout.key(consumer, of: cell), default: Group()].add(cell, layout)
      overall.add(cell, layout)
    }
    let peaks = try await traffic.scan(
      ScanRequest(
        columns: [.stored(.consumer), .stored(.arrival)], filter: scope.filter, order: .arrival,
        threads: scope.threads), KeyPeaks()
    ).peaks
    let window = try await BusySeconds(scope: scope).answer(from: traffic).window
    let rows = groups.map { key, group in group.row(traffic.text(key), peak: peaks[key]) }.sorted(by: Self.isBefore)
    return Answer(rows: rows, total: overall.row(nil, peak: window.peakPerSecond), window: window)
  }

  private struct Group {
    var counts = CubeGroup()
    var bytes: Int64 = 0
    var withBytes: Int64 = 0

    mutating func add(_ cell: Cube.Cell, _ layout: CubeLayout) {
      counts.add(cell, layout)
      let (total, count) = layout.sum(.bytesOut, of: cell)
      bytes &+= total
      withBytes += count
    }

    func row(_ consumer: String?, peak: Int64?) -> Row {
      Row(
        consumer: consumer, totals: counts.totals, bytesOut: bytes, withBytes: withBytes, peakPerSecond: peak,
        latency: LatencySummary(counts.latency))
    }
  }

  private static func isBefore(_ a: Row, _ b: Row) -> Bool {
    if a.totals.requests != b.totals.requests { return a.totals.requests > b.totals.requests }
    return (a.consumer ?? "") < (b.consumer ?? "")
  }
}
