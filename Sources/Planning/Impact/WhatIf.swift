public import Gateways
public import Simulation
public import Traffic

/// "What if this configuration had been in force?", answered from recorded traffic.
public struct WhatIf: Sendable {
  /// The configuration that is asked about.
  public var model: GatewayModel
  /// Requests that it would see; others are not replayed.
  public var filter: TrafficFilter
  public var options: ReplayOptions
  /// nil: as many as there are cores.
  public var threads: Int?

  /// Stamps finer than this need no interval.
  static let fine = Microseconds(10_000)
  /// How far apart the clocks of the limiter and the log may be beyond the tick: both are read at slightly different
  /// moments, and durations are rounded to a millisecond.
  static let slack: Int64 = 3_000

  public init(
    _ model: GatewayModel, filter: TrafficFilter = TrafficFilter(), options: ReplayOptions = ReplayOptions(),
    threads: Int? = nil
  ) {
    self.model = model
    self.filter = filter
    self.options = options
    self.threads = threads
  }

  /// Replays the traffic once; where its clock is coarse, again in other orders for the bounds.
  /// - Throws: what the traffic source throws.
  public func impact(on traffic: any TrafficSource) async throws -> Impact {
    var impact = Impact(try await tally(model, options, traffic), of: model, in: traffic)
    impact.bounds = try await bounds(around: impact, traffic)
    return impact
  }

  private func tally(
    _ model: GatewayModel, _ options: ReplayOptions, _ traffic: any TrafficSource
  ) async throws -> ImpactTally {
    try await Replay.run(
      model, on: traffic, filter: filter, options: options, threads: threads,
      into: ImpactTally(rules: model.rules.count, endStamped: options.endStamped))
  }

  // MARK: Coarse clocks

  private func bounds(around impact: Impact, _ traffic: any TrafficSource) async throws -> Impact.Bounds? {
    let resolution = Microseconds(options.resolutions.values.max() ?? 0)
    guard resolution > Self.fine, !model.rules.isEmpty else { return nil }
    let nominal = impact.total.rejected
    let clock = CoarseClock(error: resolution.count + Self.slack)
    if let lenient = clock.lenient(model) {
      let fewest = try await rejected(lenient, .together(at: 0), traffic)
      var most = Int64.max
      let strict = clock.strict(model)
      for model in strict { most = min(most, try await rejected(model, .together(at: 0), traffic)) }
      guard most < .max else { return nil }
      // Several rules on one request, clients that come again and unknown arrivals are outside the proof.
      let isProven = model.rules.count == 1 && options.clients == .open && impact.withoutArrival == 0
      return Impact.Bounds(
        rejected: min(fewest, nominal)...max(most, nominal), isProven: isProven, orders: 2 + strict.count,
        resolution: resolution)
    }
    let placements: [ReplayOptions.Placement] = [
      .together(at: 0), .together(at: 1), .scattered(seed: 1), .scattered(seed: 2), .scattered(seed: 3),
    ]
    var range = nominal...nominal
    for placement in placements {
      let count = try await rejected(model, placement, traffic)
      range = min(range.lowerBound, count)...max(range.upperBound, count)
    }
    return Impact.Bounds(rejected: range, isProven: false, orders: placements.count + 1, resolution: resolution)
  }

  private func rejected(
    _ model: GatewayModel, _ placement: ReplayOptions.Placement, _ traffic: any TrafficSource
  ) async throws -> Int64 {
    var options = options
    options.placement = placement
    return try await Replay.run(
      model, on: traffic, filter: filter, options: options, threads: threads, into: RejectionCount()
    ).count
  }
}

/// Counts rejections only.
struct RejectionCount: DecisionSink {
  static let columns: [ScanColumn] = []
  private(set) var count: Int64 = 0

  mutating func take(_ request: RecordedRequest, _ decision: Decision) {
    if decision.verdict.isRejected { count &+= 1 }
  }
}
