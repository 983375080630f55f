#if canImport(Glibc)
internal import Glibc
#else
internal import Foundation
#endif

/// Estimates the queue from how much slower answers are than the fastest, and keeps it short.
///
/// - Source: Netflix concurrency-limits, `VegasLimit.java`; Brakmo and Peterson, *TCP Vegas*, 1995.
struct VegasLimit: Sendable {
  private(set) var limit: Double
  private let maximum: Double
  private let smoothing: Double
  /// The fastest answer since the last probe, µs; nil before the first.
  private var fastest: Double?
  private var samples: Int64 = 0
  /// The limit is probed anew after 30 times the limit times this, 0.5…1.
  private var jitter = 1.0
  private var randomness: UInt64

  init(initial: Int64, maximum: Int64, smoothing: Double, seed: UInt64) {
    self.maximum = Double(max(1, maximum))
    limit = Double(max(1, initial))
    self.smoothing = smoothing
    randomness = seed
    jitter = nextJitter()
  }

  mutating func learn(from departure: Departure) {
    let latency = Double(max(1, departure.latency))
    samples += 1
    if jitter * 30 * limit <= Double(samples) {
      jitter = nextJitter()
      samples = 0
      fastest = latency
      return
    }
    guard let fastest, latency >= fastest else {
      fastest = latency
      return
    }
    guard let next = next(after: departure, queue: (limit * (1 - fastest / latency)).rounded(.up)) else { return }
    limit = (1 - smoothing) * limit + smoothing * min(max(next, 1), maximum)
  }

  /// The limit to move to; nil to stay.
  private func next(after departure: Departure, queue: Double) -> Double? {
    let step = max(1, log10(limit).rounded(.down))
    if departure.isDropped { return limit - step }
    if 2 * Double(departure.inProgress) < limit { return nil }
    if queue <= step { return limit + 6 * step }
    if queue < 3 * step { return limit + step }
    return queue > 6 * step ? limit - step : nil
  }

  /// Uniform in 0.5…1, by SplitMix64.
  private mutating func nextJitter() -> Double {
    randomness &+= 0x9E37_79B9_7F4A_7C15
    var mixed = randomness
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    mixed ^= mixed >> 31
    return 0.5 + Double(mixed >> 11) * 0x1p-54
  }
}
