public import Analysis
internal import Gateways
internal import Simulation
public import Traffic

/// What one limit per key would see of the traffic: arrivals by state, as a replay of the written limit has them.
///
/// A state is a key's count on one node, where nodes count for themselves. Where the limiter's clock is not finer than
/// the log's, arrivals are gathered in stored order and sorted inside each state: requests of one state at one instant
/// are alike to it. Else the replay itself places them inside the log's ticks.
public struct GridTraffic: Sendable {
  /// Requests that are gathered at most; they take 20 bytes each.
  public static let mostRequests: Int64 = 32 << 20

  /// One state after another, those of one key together, by rising key.
  let states: KeyedArrivals
  /// The states of each key.
  let groups: [Range<Int>]
  /// All requests of the window, with or without the key.
  public let requests: Int64
  /// Requests without the key, whatever becomes of them.
  public let withoutKey: Int64
  /// Requests without the key that the product turns away.
  let rejectedWithoutKey: Int64

  /// Requests that some state counts.
  public var counted: Int64 { Int64(states.requests) }
  /// Distinct keys.
  public var keys: Int { groups.count }

  /// The key of a group: the value that is counted by, and 1 as third where that is an address in place of it.
  func key(_ group: Int) -> GroupKey {
    let key = states.keys[groups[group].lowerBound]
    return GroupKey(first: key.first, third: key.third)
  }

  func requests(of group: Int) -> Int64 {
    groups[group].reduce(0) { $0 + Int64(states.requests(of: $1)) }
  }

  /// - Parameters:
  ///   - written: whose key and scope say what is counted; nil counts requests that have the key, over all nodes.
  ///   - resolutions: clock ticks by source, µs.
  /// - Throws: what the traffic throws.
  public init(
    _ traffic: any TrafficSource, by part: ArrivalKey.Part, as written: WrittenLimit?, dialect: LimitDialect,
    scope: Scope, resolutions: [Int64: Int64]
  ) async throws {
    let choice = StateChoice(
      part: part, missing: written?.key.missing ?? .passes, perNode: written?.scope == .perNode,
      tick: dialect.isBlind(to: resolutions) ? 1_000 : 1)
    if choice.tick > 1 || (resolutions.values.max() ?? 0) <= 1 {
      let request = ScanRequest(columns: choice.columns, filter: scope.filter, threads: scope.threads)
      let fold = try await traffic.scan(request, StateFold(choice))
      if !fold.isOffTick {
        self.init(fold)
        return
      }
    }
    let placed = StateChoice(part: choice.part, missing: choice.missing, perNode: choice.perNode, tick: 1)
    let fold = try await Self.placed(traffic, placed, written, dialect, scope, resolutions)
    self.init(fold)
  }

  /// By the replay of the written limit itself, which puts requests into the log's ticks.
  private static func placed(
    _ traffic: any TrafficSource, _ choice: StateChoice, _ written: WrittenLimit?, _ dialect: LimitDialect,
    _ scope: Scope, _ resolutions: [Int64: Int64]
  ) async throws -> StateFold {
    let counter = LimitCounter(
      name: "grid", key: written?.key ?? LimitKey([.column(choice.part.column)], missing: .passes),
      scope: written?.scope ?? .shared)
    var model = GatewayModel(product: dialect.product, counters: [counter])
    let rule = LimitRule(
      name: "grid", counter: 0, limiter: .fixedWindow(limit: .max, window: .calendar(.year), countsRejected: false),
      status: 429, place: ConfigurationPlace(file: "", line: 0))
    model.policies = [LimitPolicy(name: "grid", cases: [LimitCase(stages: [LimitStage([rule])])])]
    var options = ReplayOptions()
    options.resolutions = resolutions
    if choice.perNode {
      return try await Replay.run(
        model, on: traffic, filter: scope.filter, options: options, threads: scope.threads,
        into: PlacedStates<NodeColumns>(choice)
      ).fold
    }
    return try await Replay.run(
      model, on: traffic, filter: scope.filter, options: options, threads: scope.threads,
      into: PlacedStates<ImpactColumns>(choice)
    ).fold
  }
}

extension LimitDialect {
  /// Whether its clock does not see where in the ticks of these sources a request came: milliseconds at the finest,
  /// of logs whose ticks are milliseconds.
  func isBlind(to resolutions: [Int64: Int64]) -> Bool {
    switch product {
    case .nginx, .apisix, .haproxy, .springCloudGateway, .kong, .envoyRateLimit:
      resolutions.values.allSatisfy { $0 == 1_000 || $0 <= 1 }
    default: false
    }
  }
}

/// Which states rows belong to.
struct StateChoice: Sendable {
  let part: ArrivalKey.Part
  let missing: LimitKey.Missing
  let perNode: Bool
  /// Arrivals must be whole multiples of it, µs.
  let tick: Int64

  /// Arrival and key, the client where it stands in, and the node.
  var columns: [ScanColumn] {
    [.stored(.arrival), part.column] + (missing == .clientAddress ? [.stored(.client)] : [])
      + (perNode ? [.stored(.gateway)] : [])
  }

  /// The state of a request; nil where it has none.
  @inline(__always)
  func state(value: Int64, client: Int64, node: Int64) -> GroupKey? {
    guard value == .absent else { return GroupKey(first: value, second: node) }
    switch missing {
    case .passes, .rejects: return nil
    case .counts: return GroupKey(first: .absent, second: node)
    case .clientAddress: return GroupKey(first: client, second: node, third: 1)
    }
  }
}

/// The columns that `simulate` reads too: with as many columns a store cuts the rows into the same batches, and a run
/// of one arrival is spread by batches.
protocol PlacedColumns: Sendable { static var all: [ScanColumn] { get } }
enum ImpactColumns: PlacedColumns { static let all = ImpactTally.columns }
enum NodeColumns: PlacedColumns { static let all = ImpactTally.columns + [.stored(.gateway)] }

/// Gathers requests where a replay has put them.
struct PlacedStates<Columns: PlacedColumns>: DecisionSink {
  static var columns: [ScanColumn] { Columns.all }
  private(set) var fold: StateFold

  init(_ choice: StateChoice) { fold = StateFold(choice) }

  mutating func take(_ request: RecordedRequest, _ decision: Decision) {
    let client = request[2]
    let node = fold.choice.perNode ? request[9] : 0
    let value =
      switch fold.choice.part {
      case .consumer: request[1]
      case .client: client
      case .route: request[0]
      case .host, .node: Int64.absent
      }
    fold.take(value: value, client: client, node: node, at: request.arrival)
  }
}
