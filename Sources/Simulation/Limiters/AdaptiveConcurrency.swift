public import Gateways

/// As many requests at a time as latency allows; the next is rejected.
///
/// - Source: Envoy `adaptive_concurrency`; Netflix concurrency-limits. One file per algorithm.
public struct AdaptiveConcurrency: ConcurrencyControl {
  public private(set) var inProgress: Int64 = 0
  // One of these; not an enum, so that they change in place.
  private var gradient: GradientLimit?
  private var vegas: VegasLimit?
  private var gradient2: Gradient2Limit?
  private var aimd: AIMDLimit?

  /// - Parameter seed: of Vegas's probes, the only randomness.
  public init(_ settings: AdaptiveConcurrencySettings, seed: UInt64 = 1) {
    switch settings {
    case .gradient:
      gradient = GradientLimit(settings)
    case .vegas(let initial, let maximum, let smoothing):
      vegas = VegasLimit(initial: initial, maximum: maximum, smoothing: smoothing, seed: seed)
    case .gradient2:
      gradient2 = Gradient2Limit(settings)
    case .aimd(let initial, let minimum, let maximum, let timeout, let backoff):
      aimd = AIMDLimit(initial: initial, minimum: minimum, maximum: maximum, timeout: timeout, backoff: backoff)
    }
  }

  /// Requests that may be in progress now; floored when it is compared.
  public var limit: Double {
    if let gradient { return Double(gradient.limit) }
    if let aimd { return Double(aimd.limit) }
    return vegas?.limit ?? gradient2?.limit ?? 1
  }

  public mutating func enter(_ request: Int, at time: Int64) -> ConcurrencyEntry {
    gradient?.advance(to: time)
    guard inProgress < Int64(clamping: limit) else { return .rejected }
    inProgress += 1
    return .admitted
  }

  public mutating func leave(_ departure: Departure) -> Int? {
    inProgress = max(0, inProgress - 1)
    gradient?.learn(from: departure)
    vegas?.learn(from: departure)
    gradient2?.learn(from: departure)
    aimd?.learn(from: departure)
    return nil
  }

  public mutating func withdraw() { inProgress = max(0, inProgress - 1) }
}
