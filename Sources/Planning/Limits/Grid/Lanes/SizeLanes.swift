internal import Gateways
internal import Traffic

/// Counts in one pass over the arrivals of one state what limiters of one rate or window, but of several sizes, reject.
protocol SizeLanes: Sendable {
  /// Adds the rejections by each size to `counts`, which has one place per size.
  /// - Parameter arrivals: in order of time, at least one.
  func add(_ arrivals: UnsafeBufferPointer<Int64>, to counts: UnsafeMutablePointer<Int64>)
}

extension LimitDialect {
  /// What counts the rejections of some sizes at a point: by a kernel that follows all sizes at once where the dialect
  /// has one, else by the limiter itself, size after size. Linear buckets have one that is not of one point.
  func lanes(at point: LimitPoint, sizes: [Int64]) -> any SizeLanes {
    switch settings(point, size: smallestSize(at: point)) {
    case .fixedWindow(_, .aligned(let length, let origin), _):
      return WindowLanes(window: WindowFrontier(length: length, origin: origin, includesEnd: false), limits: sizes)
    case .fixedWindow(_, .calendar, _):
      guard let window = frontier(at: point) as? WindowFrontier else { break }
      return WindowLanes(window: window, limits: sizes)
    case .slidingLog(_, let window, let keepsEdge, countsRejected: true):
      return LogLanes(reach: window.clampedSum(keepsEdge ? 1 : 0), limits: sizes)
    case .frequencyCounter(let period, _, .beforeJudging):
      return FrequencyLanes(period: period, thresholds: sizes)
    default: break
    }
    return ReplayLanes(limiters: sizes.map { settings(point, size: $0) })
  }

  /// Whether a kernel follows all sizes at once, at points as people write them.
  var hasLanes: Bool {
    switch product {
    case .nginx, .envoy, .aws, .plan, .kong, .envoyRateLimit, .tyk, .haproxy: true
    case .apisix, .traefik, .krakend, .springCloudGateway: false
    }
  }
}

/// Each size by the limiter itself.
struct ReplayLanes: SizeLanes {
  let limiters: [LimiterSettings]

  func add(_ arrivals: UnsafeBufferPointer<Int64>, to counts: UnsafeMutablePointer<Int64>) {
    for (lane, limiter) in limiters.enumerated() {
      counts[lane] &+= LimiterReplay.rejections(by: limiter, of: arrivals, stoppingAbove: .max - 1)
    }
  }
}
