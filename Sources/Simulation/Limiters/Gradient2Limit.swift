internal import Gateways

/// Follows the ratio of long-term latency to the latest, with room for a short queue.
///
/// - Source: Netflix concurrency-limits, `Gradient2Limit.java`, `ExpAvgMeasurement.java`.
struct Gradient2Limit: Sendable {
  private(set) var limit = 1.0
  private var bounds = 1.0...1.0
  private var smoothing = 0.0
  private var queue = 0.0
  private var tolerance = 1.0
  private var average = LongAverage()

  init(_ settings: AdaptiveConcurrencySettings) {
    guard case .gradient2(let initial, let minimum, let maximum, let smoothing, let queue, let tolerance) = settings
    else { return }
    let lowest = Double(max(1, minimum))
    bounds = lowest...max(lowest, Double(maximum))
    limit = Double(max(1, initial))
    self.smoothing = smoothing
    self.queue = queue
    self.tolerance = tolerance
  }

  mutating func learn(from departure: Departure) {
    let latency = Double(max(1, departure.latency))
    let long = average.add(latency)
    // Recovers sooner from a time of high latency.
    if long / latency > 2 { average.value *= 0.95 }
    guard Double(departure.inProgress) >= limit / 2 else { return }
    let gradient = min(max(tolerance * long / latency, 0.5), 1)
    let next = limit * (1 - smoothing) + smoothing * (limit * gradient + queue)
    limit = min(max(next, bounds.lowerBound), bounds.upperBound)
  }

  /// The mean of the first ten values, then an exponential average over about 600.
  private struct LongAverage: Sendable {
    var value = 0.0
    private var count = 0
    private var sum = 0.0

    mutating func add(_ sample: Double) -> Double {
      if count < 10 {
        count += 1
        sum += sample
        value = sum / Double(count)
      } else {
        let factor = 2.0 / 601
        value = value * (1 - factor) + sample * factor
      }
      return value
    }
  }
}
