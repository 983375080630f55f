public import Traffic

/// Which gateway nodes logged what, and when did one of them fall silent?
public struct NodeLoad: Question, Hashable {
  /// A node's silence that is longer than the traffic around it explains: see `NodeGaps`.
  public struct Gap: Hashable, Sendable {
    public var from: Timestamp
    public var until: Timestamp
    public var length: Microseconds { until - from }
  }

  public struct Row: Hashable, Sendable {
    /// The log's own gateway name, else the node named at import; nil when neither is known.
    public var node: String?
    public var totals: RequestTotals
    public var first: Timestamp
    public var last: Timestamp
    public var gaps: [Gap]
    public var latency: LatencySummary
    /// Requests in the minute in which all nodes together had most; nil where minutes could not be counted.
    public var inBusiestMinute: Int64?
  }

  public struct Answer: Hashable, Sendable {
    /// By node name.
    public var rows: [Row]
    public var requests: Int64
    /// The first minute of the clock in which all nodes together had most requests.
    public var busiestMinute: Timestamp?
  }

  public var scope: Scope
  /// Node named at import, by source number.
  public var nodeOfSource: [Int64: String]

  public init(scope: Scope = Scope(), ledger: [LedgerEntry] = []) {
    self.scope = scope
    nodeOfSource = ledger.reduce(into: [:]) { nodes, entry in nodes[entry.number] = entry.node }
  }

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let tally = try await traffic.scan(
      ScanRequest(columns: NodeTally.columns, filter: scope.filter, threads: scope.threads), NodeTally())
    var nodes: [String?: NodeTally.Node] = [:]
    for (key, node) in zip(tally.keys, tally.nodes) {
      nodes[traffic.text(key.gateway) ?? nodeOfSource[key.source], default: NodeTally.Node()].merge(node)
    }
    let named = nodes.sorted { ($0.key ?? "") < ($1.key ?? "") }
    let gaps = NodeGaps(named.map(\.value.minutes))
    let busiest = Self.busiest(named.map(\.value.minutes))
    let rows = named.enumerated().map { index, node in
      var row = Self.row(node.key, node.value, gaps.gaps(of: index))
      row.inBusiestMinute = busiest?.requests[index]
      return row
    }
    return Answer(
      rows: rows, requests: rows.reduce(0) { $0 + $1.totals.requests }, busiestMinute: busiest?.minute)
  }

  /// The minute with most requests of all nodes, and how many each of them had.
  private static func busiest(_ nodes: [PeriodCounts]) -> (minute: Timestamp, requests: [Int64])? {
    guard nodes.allSatisfy(\.isComplete) else { return nil }
    var minutes: [Int64: [Int64]] = [:]
    for (node, counts) in nodes.enumerated() {
      for (start, count) in counts.busyPeriods {
        minutes[start, default: [Int64](repeating: 0, count: nodes.count)][node] = Int64(count)
      }
    }
    let totals = minutes.map { (start: $0.key, requests: $0.value, total: $0.value.reduce(0, +)) }
    return totals.min { ($1.total, $0.start) < ($0.total, $1.start) }
      .map { (Timestamp(microseconds: $0.start), $0.requests) }
  }

  private static func row(_ name: String?, _ node: NodeTally.Node, _ gaps: [Gap]) -> Row {
    Row(
      node: name, totals: node.totals, first: Timestamp(microseconds: node.minutes.first),
      last: Timestamp(microseconds: node.minutes.last), gaps: gaps, latency: LatencySummary(node.latency))
  }
}
