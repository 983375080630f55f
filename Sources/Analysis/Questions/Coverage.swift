public import Traffic

/// Is the data complete: every node, every hour, every line?
public struct Coverage: Question, Hashable {
  public struct Node: Hashable, Sendable {
    public var name: String?
    /// Requests per hour of `Answer.hours`.
    public var requests: [Int64]
    public var emptyHours: Int { requests.count { $0 == 0 } }
  }

  public struct Answer: Hashable, Sendable {
    /// Starts of all hours between the first and the last with traffic; only those with traffic beyond 10,000.
    public var hours: [Timestamp]
    /// By name.
    public var nodes: [Node]
    public var lines: Int64
    public var blank: Int64
    public var requests: Int64
    public var rejected: Int64
    public var rejections: [LedgerEntry.RejectionCount]
    public var sources: Int64
    public var incomplete: [String]
    public var duplicates: Int64
    /// Coarsest and finest resolution of the sources' time stamps.
    public var coarsest: Microseconds?
    public var finest: Microseconds?
  }

  public var scope: Scope
  public var ledger: [LedgerEntry]

  public init(scope: Scope = Scope(), ledger: [LedgerEntry]) {
    self.scope = scope
    self.ledger = ledger
  }

  private static let hour = CubeRequest.Dimension.time(.hour)
  private static let layout = CubeLayout([.column(.stored(.gateway)), .column(.source), hour])

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let cube = try await traffic.cube(Self.layout.request(scope))
    let nodeOfSource = NodeLoad(ledger: ledger).nodeOfSource
    var requests: [String?: [Int64: Int64]] = [:]
    for cell in cube.cells {
      let gateway = traffic.text(Self.layout.key(.gateway, of: cell))
      let node = gateway ?? nodeOfSource[Self.layout.key(.column(.source), of: cell)]
      requests[node, default: [:]][Self.layout.key(Self.hour, of: cell), default: 0] += cell.requests
    }
    let hours = HourlyTraffic.hours(Set(requests.values.flatMap(\.keys)).sorted()).hours
    return Answer(
      hours: hours.map(Timestamp.init(microseconds:)),
      nodes: requests.map { name, counts in Node(name: name, requests: hours.map { counts[$0] ?? 0 }) }
        .sorted { ($0.name ?? "") < ($1.name ?? "") },
      lines: total(\.lines), blank: total(\.blank), requests: total(\.requests), rejected: total(\.rejected),
      rejections: rejections, sources: Int64(ledger.count),
      incomplete: ledger.filter { !$0.isComplete }.map(\.path),
      duplicates: Int64(ledger.reduce(0) { $0 + $1.aliases.count }), coarsest: ledger.map(\.resolution).max(),
      finest: ledger.map(\.resolution).min())
  }

  private func total(_ count: KeyPath<LedgerEntry, Int64>) -> Int64 { ledger.reduce(0) { $0 + $1[keyPath: count] } }

  private var rejections: [LedgerEntry.RejectionCount] {
    var lines: [RejectReason: Int64] = [:]
    for count in ledger.flatMap(\.rejections) { lines[count.reason, default: 0] += count.lines }
    return RejectReason.allCases.compactMap { reason in
      lines[reason].map { LedgerEntry.RejectionCount(reason: reason, lines: $0) }
    }
  }
}
