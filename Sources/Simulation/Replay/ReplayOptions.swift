public import Traffic

/// How recorded traffic is replayed.
public struct ReplayOptions: Hashable, Sendable {
  /// Which node decides about a request, for limits that every node counts for itself.
  public enum Nodes: Hashable, Sendable {
    /// The node that logged it; one node where the log does not say.
    case recorded
    /// So many nodes behind a balancer.
    case count(Int, Balancing)
  }

  /// How a balancer in front spreads requests over nodes.
  public enum Balancing: String, CaseIterable, Hashable, Sendable {
    case roundRobin = "round-robin"
    /// Uniform, by a hash of the request's source and line: the same request goes to the same node in every scenario.
    case random
    /// By a hash of the client address.
    case client
  }

  /// Where in its clock tick a request with a coarse time stamp arrives.
  public enum Placement: Hashable, Sendable {
    /// Requests of one tick evenly over it, in log order.
    case spread
    /// At this share of the tick, 0…1, all at once.
    case together(at: Double)
    /// Anywhere, by a hash of source, line and this seed.
    case scattered(seed: UInt64)
  }

  public var nodes: Nodes
  public var placement: Placement
  public var clients: ClientModel
  /// The length of a clock tick of each source, µs; absent ones are exact.
  public var resolutions: [Int64: Int64]
  /// Which column holds a header that a limit counts by, by lower-case name; `consumer` for every other.
  public var headerColumns: [String: ScanColumn]

  public init(
    nodes: Nodes = .recorded, placement: Placement = .spread, clients: ClientModel = .open,
    resolutions: [Int64: Int64] = [:], headerColumns: [String: ScanColumn] = [:]
  ) {
    self.nodes = nodes
    self.placement = placement
    self.clients = clients
    self.resolutions = resolutions
    self.headerColumns = headerColumns
  }

  /// The column that stands for a header.
  public func column(forHeader name: String) -> ScanColumn {
    if let column = headerColumns[name] { return column }
    switch name {
    case "host", ":authority": return .stored(.host)
    case "user-agent": return .stored(.userAgent)
    case "referer": return .stored(.referer)
    case "x-forwarded-for", "x-real-ip", "cf-connecting-ip", "true-client-ip": return .stored(.client)
    default: return .stored(.consumer)
    }
  }
}
