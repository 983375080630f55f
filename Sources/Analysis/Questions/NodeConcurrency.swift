public import Traffic

/// How many requests does each gateway node have in flight, by Little's law: the sum of durations over a stretch's
/// length? Nodes are those that the log or the import names.
public struct NodeConcurrency: Question, Hashable {
  public struct Stretch: Hashable, Sendable {
    public var start: Timestamp
    public var requests: Int64
    /// Sum of durations, µs.
    public var busy: Int64
  }

  public struct Answer: Hashable, Sendable {
    /// Names, sorted; empty where some requests have no named node.
    public var nodes: [String]
    /// Requests of all nodes.
    public var requests: Int64
    /// The stretch with the largest sum over all nodes; nil where no durations are logged, and for a single node.
    public var busiest: Stretch?
    /// The largest sum of durations of one node in one stretch, µs.
    public var mostOfOne: Int64
    public var stretch: Microseconds
  }

  public var scope: Scope
  public var stretch: Microseconds
  /// Node named at import, by source number.
  public var nodeOfSource: [Int64: String]

  public init(scope: Scope = Scope(), ledger: [LedgerEntry]) {
    self.scope = scope
    stretch = EndpointLoad(scope: scope, ledger: ledger).stretch
    nodeOfSource = NodeLoad(ledger: ledger).nodeOfSource
  }

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let time = CubeRequest.Dimension.time(stretch)
    let layout = CubeLayout([.column(.stored(.gateway)), .column(.source), time], [.sum(.duration)])
    var nodes: Set<String> = []
    var isNamed = true
    var answer = Answer(nodes: [], requests: 0, busiest: nil, mostOfOne: 0, stretch: stretch)
    var together: [Int64: Stretch] = [:]
    var single: [String: [Int64: Int64]] = [:]
    for cell in try await traffic.cube(layout.request(scope)).cells {
      let source = nodeOfSource[layout.key(.column(.source), of: cell)]
      let start = layout.key(time, of: cell)
      let busy = layout.sum(.duration, of: cell).total
      answer.requests += cell.requests
      guard let node = traffic.text(layout.key(.gateway, of: cell)) ?? source else {
        isNamed = false
        continue
      }
      nodes.insert(node)
      var sum = together[start] ?? Stretch(start: Timestamp(microseconds: start), requests: 0, busy: 0)
      sum.requests += cell.requests
      sum.busy &+= busy
      together[start] = sum
      single[node, default: [:]][start, default: 0] &+= busy
    }
    guard isNamed else { return answer }
    answer.nodes = nodes.sorted()
    answer.busiest = together.values.filter { $0.busy > 0 }.min { ($1.busy, $0.start) < ($0.busy, $1.start) }
    answer.mostOfOne = single.values.flatMap(\.values).max() ?? 0
    return answer
  }
}
