public import Traffic

/// Which gateway nodes logged what, and when did one of them fall silent?
public struct NodeLoad: Question {
  /// A node's silence that is longer than its rate explains.
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
  }

  public struct Answer: Hashable, Sendable {
    /// By node name.
    public var rows: [Row]
    public var requests: Int64
  }

  /// A silence counts as a gap from this length on …
  public static let shortestGap = Microseconds(5 * 60_000_000)
  /// … and when the node's mean rate would have brought this many requests (Poisson: chance e⁻²⁰).
  public static let expectedInGap = 20.0

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
    for (index, key) in tally.table.keys.enumerated() {
      nodes[traffic.text(key.first) ?? nodeOfSource[key.second], default: NodeTally.Node()].merge(tally.nodes[index])
    }
    let rows = nodes.map { name, node in Self.row(name, node) }.sorted { ($0.node ?? "") < ($1.node ?? "") }
    return Answer(rows: rows, requests: rows.reduce(0) { $0 + $1.totals.requests })
  }

  private static func row(_ name: String?, _ node: NodeTally.Node) -> Row {
    Row(
      node: name, totals: node.totals, first: Timestamp(microseconds: node.minutes.first),
      last: Timestamp(microseconds: node.minutes.last), gaps: gaps(node.minutes, requests: node.totals.requests),
      latency: LatencySummary(node.latency))
  }

  /// Runs of empty minutes that are long and unlikely.
  static func gaps(_ minutes: PeriodCounts, requests: Int64) -> [Gap] {
    guard minutes.isComplete, minutes.last > minutes.first else { return [] }
    let busy = minutes.busyPeriods
    let perMinute = Double(requests) / Double(busy.count)
    return zip(busy, busy.dropFirst()).compactMap { earlier, later in
      let from = earlier &+ Microseconds.minute.count
      let (silence, overflow) = later.subtractingReportingOverflow(from)
      guard !overflow, silence >= shortestGap.count else { return nil }
      guard perMinute * Double(silence) / Double(Microseconds.minute.count) >= expectedInGap else { return nil }
      return Gap(from: Timestamp(microseconds: from), until: Timestamp(microseconds: later))
    }
  }
}
