internal import Gateways
import Traffic

/// Envoy's gradient controller: the ratio of the smallest latency to the latency now, once per interval.
///
/// The smallest latency is measured anew at intervals, with the limit held at its minimum meanwhile. Envoy's random
/// delay of these measurements is left out.
/// - Source: Envoy, `adaptive_concurrency/controller/gradient_controller.cc`.
struct GradientLimit: Sendable {
  private(set) var limit: Int64 = 1
  private var percentile = 50.0
  private var bounds: ClosedRange<Int64> = 1...1
  /// All times in µs.
  private var updateInterval: Int64 = 1
  private var measuringInterval: Int64 = 1
  private var measuredRequests = 1
  /// A fraction of the smallest latency.
  private var buffer = 0.0

  private var smallestLatency = 1.0
  /// Since when the smallest latency is measured; nil in between.
  private var measuringSince: Int64? = .min
  /// What the limit was before.
  private var heldLimit: Int64 = 1
  private var samples: [Int64] = []
  private var nextUpdate: Int64 = .max
  private var nextMeasuring: Int64 = .max
  private var updatesAtMinimum = 0

  init(_ settings: AdaptiveConcurrencySettings) {
    guard
      case .gradient(
        let percentile, let maxLimit, let updateInterval, let measuringInterval, let measuredRequests, let minLimit,
        let buffer) = settings
    else { return }
    bounds = max(1, minLimit)...max(1, minLimit, maxLimit)
    limit = bounds.lowerBound
    heldLimit = limit
    self.percentile = percentile
    self.updateInterval = max(1, updateInterval)
    self.measuringInterval = max(1, measuringInterval)
    self.measuredRequests = Int(clamping: max(1, measuredRequests))
    self.buffer = buffer / 100
  }

  /// Does what the timers would have done until now.
  mutating func advance(to time: Int64) {
    guard measuringSince == nil else { return }
    if nextUpdate <= min(time, nextMeasuring), !samples.isEmpty { update(at: nextUpdate) }
    guard measuringSince == nil else { return }
    if nextMeasuring <= time { return beginMeasuring(at: nextMeasuring) }
    // Intervals without a sample change nothing.
    let missed = time.clampedDifference(nextUpdate).flooredQuotient(by: updateInterval).clampedSum(1)
    if missed > 0 { nextUpdate = nextUpdate.clampedSum(missed.clampedProduct(updateInterval)) }
  }

  mutating func learn(from departure: Departure) {
    advance(to: departure.time)
    guard let measuringSince else {
      samples.append(departure.latency)
      return
    }
    // Slower for a limit that was higher.
    guard departure.started >= measuringSince else { return }
    samples.append(departure.latency)
    if samples.count >= measuredRequests { endMeasuring(at: departure.time) }
  }

  private mutating func beginMeasuring(at time: Int64) {
    measuringSince = time
    heldLimit = limit
    limit = bounds.lowerBound
    samples.removeAll(keepingCapacity: true)
    updatesAtMinimum = 0
  }

  private mutating func endMeasuring(at time: Int64) {
    smallestLatency = max(1, Double(takePercentile()))
    measuringSince = nil
    limit = heldLimit
    nextUpdate = time.clampedSum(updateInterval)
    nextMeasuring = time.clampedSum(measuringInterval)
  }

  private mutating func update(at time: Int64) {
    nextUpdate = time.clampedSum(updateInterval)
    let latency = max(1, Double(takePercentile()))
    let gradient = min(max(smallestLatency * (1 + buffer) / latency, 0.5), 2)
    let scaled = Double(limit) * gradient
    limit = min(max(Int64(clamping: scaled + scaled.squareRoot()), bounds.lowerBound), bounds.upperBound)
    updatesAtMinimum = limit == bounds.lowerBound ? updatesAtMinimum + 1 : 0
    if updatesAtMinimum >= 5 { beginMeasuring(at: time) }
  }

  /// Nearest rank of the samples, which are then gone.
  private mutating func takePercentile() -> Int64 {
    samples.sort()
    let rank = (Double(samples.count) * percentile / 100).rounded(.up)
    let value = samples[min(max(Int(clamping: Int64(clamping: rank)) - 1, 0), samples.count - 1)]
    samples.removeAll(keepingCapacity: true)
    return value
  }
}
