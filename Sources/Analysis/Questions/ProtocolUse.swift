public import Traffic

/// Which protocols and methods do clients speak, and which requests say nothing about latency?
public struct ProtocolUse: Question, Hashable {
  public struct Row: Hashable, Sendable {
    /// Protocol or method; nil where the log does not say.
    public var name: String?
    public var totals: RequestTotals
    public var bytesOut: Int64
    public var withBytes: Int64
    public var latency: LatencySummary
  }

  /// Why durations were kept out of latency, and of how many requests.
  public struct LeftOut: Hashable, Sendable {
    public enum Reason: String, CaseIterable, Hashable, Sendable {
      case upgraded, clientLeft, timedOut, nothingSent

      public var name: String {
        switch self {
        case .upgraded: "upgraded connection (101)"
        case .clientLeft: "client left (499, abort, protocol error)"
        case .timedOut: "client too slow (408)"
        case .nothingSent: "nothing sent (status 0)"
        }
      }
    }
    public var reason: Reason
    public var requests: Int64
  }

  public struct Answer: Hashable, Sendable {
    /// By falling number of requests, then by name.
    public var protocols: [Row]
    public var methods: [Row]
    /// Reasons that occur, in the order of `LeftOut.Reason`.
    public var leftOut: [LeftOut]
    public var totals: RequestTotals
  }

  public var scope: Scope
  public init(scope: Scope = Scope()) { self.scope = scope }

  private static let layout = CubeLayout(
    [.column(.stored(.wireProtocol)), .column(.stored(.method))] + CubeGroup.dimensions,
    CubeGroup.measures + [.sum(.bytesOut)])

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    var protocols: [Int64: Group] = [:]
    var methods: [Int64: Group] = [:]
    var leftOut: [LeftOut.Reason: Int64] = [:]
    var totals = RequestTotals()
    for cell in try await traffic.cube(Self.layout.request(scope)).cells {
      protocols[Self.layout.key(.wireProtocol, of: cell), default: Group()].add(cell)
      methods[Self.layout.key(.method, of: cell), default: Group()].add(cell)
      if let reason = Self.reason(cell) { leftOut[reason, default: 0] += cell.requests }
    }
    for group in protocols.values { totals.add(group.counts.totals) }
    return Answer(
      protocols: Self.rows(protocols) { WireProtocol(rawValue: $0)?.name },
      methods: Self.rows(methods) { traffic.text($0) },
      leftOut: LeftOut.Reason.allCases.compactMap { reason in
        leftOut[reason].map { LeftOut(reason: reason, requests: $0) }
      }, totals: totals)
  }

  private static func reason(_ cell: Cube.Cell) -> LeftOut.Reason? {
    let status = CubeGroup.status(of: cell, layout)
    let outcome = layout.key(.outcome, of: cell)
    guard !StatusRule.countsForLatency(status: status, outcome: outcome) else { return nil }
    return switch status {
    case 101: .upgraded
    case 408: .timedOut
    case 0: .nothingSent
    default: .clientLeft
    }
  }

  private static func rows(_ groups: [Int64: Group], _ name: (Int64) -> String?) -> [Row] {
    groups.map { key, group in
      Row(
        name: name(key), totals: group.counts.totals, bytesOut: group.bytes, withBytes: group.withBytes,
        latency: LatencySummary(group.counts.latency))
    }.sorted { ($1.totals.requests, $0.name ?? "") < ($0.totals.requests, $1.name ?? "") }
  }

  private struct Group {
    var counts = CubeGroup()
    var bytes: Int64 = 0
    var withBytes: Int64 = 0

    mutating func add(_ cell: Cube.Cell) {
      counts.add(cell, ProtocolUse.layout)
      let (total, count) = ProtocolUse.layout.sum(.bytesOut, of: cell)
      bytes = bytes.clampedSum(total)
      withBytes += count
    }
  }
}
