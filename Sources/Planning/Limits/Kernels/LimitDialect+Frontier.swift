internal import Gateways
internal import Traffic

extension LimitDialect {
  /// What finds the smallest sizes at a point.
  func frontier(at point: LimitPoint) -> any FrontierKernel {
    switch settings(point, size: smallestSize(at: point)) {
    case .leakyBucket(let milliRate, _, _, .nginx): return LeakyFrontier(milliRate: milliRate)
    case .tokenBucket(let rate, _): return BucketFrontier(queue: VirtualQueue(drain: rate.count, cost: rate.period))
    case .gcra(let emissionInterval, _): return BucketFrontier(emissionInterval: emissionInterval)
    case .slidingLog(_, let window, let keepsEdge, _): return LogFrontier(window: window, keepsEdge: keepsEdge)
    case .fixedWindow(_, let alignment, _): return Self.windows(alignment) ?? SearchedFrontier(dialect: self, point: point)
    default: return SearchedFrontier(dialect: self, point: point)
    }
  }

  private static func windows(_ alignment: WindowAlignment) -> WindowFrontier? {
    switch alignment {
    case .aligned(let length, let origin): WindowFrontier(length: length, origin: origin, includesEnd: false)
    case .firstHit(let length, let strict): WindowFrontier(length: length, origin: nil, includesEnd: strict)
    case .calendar(.second): WindowFrontier(length: 1_000_000, origin: 0, includesEnd: false)
    case .calendar(.minute): WindowFrontier(length: 60_000_000, origin: 0, includesEnd: false)
    case .calendar(.hour): WindowFrontier(length: 3_600_000_000, origin: 0, includesEnd: false)
    case .calendar(.day): WindowFrontier(length: 86_400_000_000, origin: 0, includesEnd: false)
    // 1970-01-05 was a Monday.
    case .calendar(.week): WindowFrontier(length: 604_800_000_000, origin: 345_600_000_000, includesEnd: false)
    case .calendar(.month), .calendar(.year): nil
    }
  }

  /// What finds the largest size that any arrivals within the ticks of a coarse clock can need; nil where it is not
  /// known for the dialect.
  func worstCase(at point: LimitPoint, tick: Microseconds) -> (any FrontierKernel)? {
    switch settings(point, size: smallestSize(at: point)) {
    case .leakyBucket(let milliRate, _, _, .nginx):
      // A rate that is no whole number of requests a second loses up to a thousandth of a request at each.
      let cost: Int64 = milliRate % 1_000 == 0 ? 1_000_000_000 : 1_001_000_000
      return PackedFrontier(queue: VirtualQueue(drain: milliRate, cost: cost), tick: tick.count + 1_000, free: 1)
    case .tokenBucket(let rate, _):
      return PackedFrontier(queue: VirtualQueue(drain: rate.count, cost: rate.period), tick: tick.count, free: 0)
    case .slidingLog(_, let window, _, _), .fixedWindow(_, .aligned(let window, _), _):
      return LogFrontier(window: window + tick.count, keepsEdge: true)
    case .fixedWindow(_, .calendar, _):
      return point.window.map { LogFrontier(window: $0.count + tick.count, keepsEdge: true) }
    default: return nil
    }
  }
}
