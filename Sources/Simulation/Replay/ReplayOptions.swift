public import Gateways
public import Traffic

/// How recorded traffic is replayed.
public struct ReplayOptions: Sendable {
  /// Which node decides about a request, for limits that every node counts for itself.
  public enum Nodes: Hashable, Sendable {
    /// The node that logged it; one node where the log does not say.
    case recorded
    /// So many nodes behind a balancer.
    case count(Int, NodeBalancing)
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

  /// What becomes of recorded requests that are retries of rejected ones.
  public enum RecordedRetries: Sendable {
    /// They are replayed like any other.
    case kept
    /// They are left out: demand only, whose retries the clients make anew.
    case leftOut(RetryLinker)

    var linker: RetryLinker? { if case .leftOut(let linker) = self { linker } else { nil } }
  }

  public var nodes: Nodes
  public var placement: Placement
  /// What callers do about a rejection.
  public var clients: ClientModel
  public var recordedRetries: RecordedRetries
  /// How many times the users; positive, 1 is the traffic as recorded.
  public var growth = 1.0
  /// The length of a clock tick of each source, µs; absent ones are exact.
  public var resolutions: [Int64: Int64]
  /// Sources whose stamps are of the end of a request: without a duration its arrival is not known.
  public var endStamped: Set<Int64> = []
  /// Which column stands for a header or variable that a limit counts by, by its lower-case name such as `x-api-key`
  /// or `$consumer`; others are guessed from their names.
  public var keyColumns: [String: ScanColumn]

  public init(
    nodes: Nodes = .recorded, placement: Placement = .spread, clients: ClientModel = .open,
    recordedRetries: RecordedRetries = .kept, resolutions: [Int64: Int64] = [:], keyColumns: [String: ScanColumn] = [:]
  ) {
    self.nodes = nodes
    self.placement = placement
    self.clients = clients
    self.recordedRetries = recordedRetries
    self.resolutions = resolutions
    self.keyColumns = keyColumns
  }

  /// The column that stands for a part of a key; nil where none does, so that all requests share one value.
  public func column(for part: LimitKey.Part) -> ScanColumn? {
    switch part {
    case .column(let column): column
    case .header(let name): keyColumns[name] ?? .stored(RequestHeader.standIn(for: name) ?? .consumer)
    case .unlogged(let name): keyColumns[name.lowercased()] ?? Self.guess(name.lowercased())
    }
  }

  /// A variable that is named like a caller is taken for the consumer.
  private static func guess(_ name: String) -> ScanColumn? {
    let callers = ["consumer", "api_key", "apikey", "api-key", "user", "client_id", "tenant", "token", "partner"]
    return callers.contains { name.contains($0) } ? .stored(.consumer) : nil
  }
}
