public import Gateways
public import Simulation
public import Traffic

/// "How well does a replay of the configuration that was in force give what the gateway logged?"
public struct CalibrationQuestion: Sendable {
  /// The configuration that was in force.
  public var model: GatewayModel
  /// Requests that the gateway saw; others are not replayed.
  public var filter: TrafficFilter
  public var options: ReplayOptions
  /// nil: as many as there are cores.
  public var threads: Int?
  /// The start of the log that is not judged; nil for as long as the limits remember.
  public var warmUp: Microseconds?

  /// A request this near to the limit's edge may fall on either side: clocks of the limiter and of the log are read
  /// at slightly different moments.
  public static let edge = Microseconds(2_000)
  /// Replays with arrivals moved inside that error. A verdict that a shift of 1 ms turns is seen by one in four of them,
  /// so that all twelve miss it in 2 % of the cases.
  static let movedReplays: UInt64 = 12
  /// Durations are rounded to a millisecond, so that arrivals which are computed from them are off by as much.
  static let rounding: Int64 = 1_000

  public init(
    _ model: GatewayModel, filter: TrafficFilter = TrafficFilter(), options: ReplayOptions = ReplayOptions(),
    threads: Int? = nil, warmUp: Microseconds? = nil
  ) {
    self.warmUp = warmUp
    self.model = model
    self.filter = filter
    self.options = options
    self.threads = threads
  }

  /// Replays the traffic once, and again with arrivals moved within the clock's error.
  /// - Throws: what the traffic source throws.
  public func answer(from traffic: any TrafficSource) async throws -> Calibration {
    let span = try await ArrivalSpan.of(traffic, filter, threads: threads)
    let warmUp = warmUp?.count ?? model.rules.map(\.limiter.memory).max() ?? 0
    let judgedFrom = span.first == .absent ? Int64.min : span.first.clampedSum(warmUp)
    var verdicts = ReplayedVerdicts(judgedFrom: judgedFrom)
    verdicts = try await replay(options, into: verdicts, traffic)
    for seed in 1...Self.movedReplays {
      verdicts.beginNextReplay()
      verdicts = try await replay(moved(seed, span.sources), into: verdicts, traffic)
    }
    var comparison = VerdictComparison(
      verdicts, statuses: Set(model.rules.filter { !$0.isDryRun }.map { Int64($0.status) }), rules: model.rules.count,
      openOrder: coarsest.clampedSum(Self.rounding), judgedFrom: judgedFrom)
    comparison = try await traffic.scan(
      ScanRequest(columns: VerdictComparison.columns, filter: filter, order: .arrival, threads: threads), comparison)
    comparison.finish()
    return Calibration(
      comparison, model, rejections: verdicts.rejections, warmUp: Microseconds(warmUp),
      resolution: Microseconds(coarsest))
  }

  private var coarsest: Int64 { options.resolutions.values.max() ?? 0 }

  private func replay(
    _ options: ReplayOptions, into verdicts: ReplayedVerdicts, _ traffic: any TrafficSource
  ) async throws -> ReplayedVerdicts {
    try await Replay.run(model, on: traffic, filter: filter, options: options, threads: threads, into: verdicts)
  }

  /// Every arrival anywhere from one edge before to one after (all later by one edge, which changes nothing among
  /// them), or inside its clock's tick where that is longer.
  private func moved(_ seed: UInt64, _ sources: Set<Int64>) -> ReplayOptions {
    var options = options
    options.placement = .scattered(seed: seed)
    for source in sources { options.resolutions[source] = max(2 * Self.edge.count, options.resolutions[source] ?? 0) }
    return options
  }
}

/// How well a replay gave what was logged.
public struct Calibration: Sendable {
  /// A limit, and what came of its rejections.
  public struct Rule: Hashable, Sendable {
    /// As `LimitRule.name`.
    public var name: String
    /// Where it is written.
    public var place: ConfigurationPlace
    /// Requests that it rejected in the replay.
    public var rejected: Int64
    /// Those of them that the log has rejected too.
    public var confirmed: Int64
  }

  /// Of the requests after the warm-up.
  public var matrix: ConfusionMatrix
  /// Disagreements within `CalibrationQuestion.edge` of the limit's edge.
  public var nearEdge: Int64
  /// Rejections of the replay with arrivals moved inside the clock's error.
  public var rejections: ClosedRange<Int64>
  /// In the model's order.
  public var rules: [Rule]
  /// The start of the log, in which limits still depend on what came before it.
  public var warmUp: Microseconds
  /// Requests in it, which are not judged.
  public var warmUpRequests: Int64
  /// Requests whose logged verdict is an error.
  public var unjudged: Int64
  /// The coarsest clock tick of the sources; 0 where stamps are exact.
  public var resolution: Microseconds

  init(
    _ comparison: VerdictComparison, _ model: GatewayModel, rejections: [Int64], warmUp: Microseconds,
    resolution: Microseconds
  ) {
    matrix = comparison.matrix
    nearEdge = comparison.nearEdge
    self.rejections = (rejections.min() ?? 0)...(rejections.max() ?? 0)
    rules = zip(model.rules, comparison.rules).map {
      Rule(name: $0.name, place: $0.place, rejected: $1.rejected, confirmed: $1.confirmed)
    }
    self.warmUp = warmUp
    warmUpRequests = comparison.warmUpRequests
    unjudged = comparison.unjudged
    self.resolution = resolution
  }

  /// Logged and replayed rejections differ by this many.
  public var rejectionDifference: Int64 { matrix.replayed(.rejected) - matrix.logged(.rejected) }

  /// Share of requests with the logged verdict, or so near to the edge that either is right; nil where none was judged.
  public var agreement: Double? {
    matrix.requests == 0 ? nil : Double(matrix.agreeing + nearEdge) / Double(matrix.requests)
  }
}

/// First arrival and sources of some traffic.
struct ArrivalSpan: TrafficFold {
  private(set) var first = Int64.absent
  private(set) var sources: Set<Int64> = []

  static func of(_ traffic: any TrafficSource, _ filter: TrafficFilter, threads: Int?) async throws -> ArrivalSpan {
    try await traffic.scan(
      ScanRequest(columns: [.stored(.arrival), .source], filter: filter, threads: threads), ArrivalSpan())
  }

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (arrivals, numbers) = (batch[0], batch[1])
    var last = Int64.absent
    for row in 0..<batch.rows {
      if first == .absent || arrivals[row] < first { first = arrivals[row] }
      if numbers[row] != last {
        last = numbers[row]
        sources.insert(last)
      }
    }
  }

  mutating func merge(_ later: Self) {
    if first == .absent || (later.first != .absent && later.first < first) { first = later.first }
    sources.formUnion(later.sources)
  }
}
