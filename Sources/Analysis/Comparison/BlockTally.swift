import Statistics
import Traffic

/// One subject in one window, block by block: all that its measures are worked out from.
struct BlockTally: Sendable {
  /// What is added up per block.
  enum Sum: Int, CaseIterable, Sendable {
    case requests, withStatus, serverErrors, limitKnown, limited, lookups, served, withBytes, bytes
  }

  let blocks: Int
  /// Sums one after another, each of `blocks` numbers.
  private var sums: [Double]
  private var durations: [(block: Int, weight: Double, histogram: LatencyHistogram)] = []

  init(blocks: Int) {
    self.blocks = blocks
    sums = [Double](repeating: 0, count: blocks * Sum.allCases.count)
  }

  mutating func add(_ count: Int64, _ sum: Sum, block: Int) { sums[sum.rawValue * blocks + block] += Double(count) }

  mutating func add(_ histogram: LatencyHistogram, block: Int, weight: Double = 1) {
    if histogram.count > 0 { durations.append((block, weight, histogram)) }
  }

  mutating func merge(_ other: BlockTally) {
    for index in sums.indices { sums[index] += other.sums[index] }
    durations += other.durations
  }

  /// The durations only, each standing for `weight`.
  func durations(weight: Double) -> BlockTally {
    var tally = BlockTally(blocks: blocks)
    tally.durations = durations.map { ($0.block, weight, $0.histogram) }
    return tally
  }

  var withoutDurations: BlockTally {
    var tally = self
    tally.durations = []
    return tally
  }

  /// Over all blocks.
  func total(_ sum: Sum) -> Double { values(sum).reduce(0, +) }

  func values(_ sum: Sum) -> ArraySlice<Double> { sums[sum.rawValue * blocks..<(sum.rawValue + 1) * blocks] }

  /// Durations counted, whatever they stand for.
  var samples: Int64 { durations.reduce(0) { $0 + Int64(clamping: $1.histogram.count) } }

  var latency: BlockLatency { BlockLatency(durations, blocks: blocks) }
}

/// Durations of one subject, so that a percentile over any choice of blocks is found without merging sketches.
struct BlockLatency: Sendable {
  private let blocks: Int
  /// Buckets that hold anything, rising.
  private var buckets: [Int] = []
  /// Durations up to and with each bucket: per bucket, `blocks` numbers.
  private var cumulative: [Double] = []
  private var extremes: ClosedRange<Int64> = 0...0
  /// Counts are weighted, so that ranks are no whole numbers.
  private let isWeighted: Bool

  init(_ durations: [(block: Int, weight: Double, histogram: LatencyHistogram)], blocks: Int) {
    self.blocks = blocks
    isWeighted = durations.contains { $0.weight != 1 }
    guard let lowest = durations.map(\.histogram.minimum).min(), let highest = durations.map(\.histogram.maximum).max(),
      lowest <= highest
    else { return }
    extremes = lowest...highest
    var slots = [Int](repeating: -1, count: LatencyBuckets.count + 1)
    for part in durations {
      for bucket in part.histogram.buckets { slots[Int(bucket.index)] = 0 }
      if part.histogram.overflow > 0 { slots[LatencyBuckets.count] = 0 }
    }
    for bucket in slots.indices where slots[bucket] == 0 {
      slots[bucket] = buckets.count
      buckets.append(bucket)
    }
    cumulative = [Double](repeating: 0, count: buckets.count * blocks)
    for part in durations {
      for bucket in part.histogram.buckets {
        cumulative[slots[Int(bucket.index)] * blocks + part.block] += part.weight * Double(bucket.count)
      }
      guard part.histogram.overflow > 0 else { continue }
      cumulative[slots[LatencyBuckets.count] * blocks + part.block] += part.weight * Double(part.histogram.overflow)
    }
    for index in cumulative.indices.dropFirst(blocks) { cumulative[index] += cumulative[index - blocks] }
  }

  /// The percentile in µs over blocks that count so often; nil where they hold nothing.
  func value(_ quantile: Quantile, _ weights: ArraySlice<Double>) -> Double? {
    guard !buckets.isEmpty else { return nil }
    let total = durations(upTo: buckets.count - 1, weights)
    guard total > 0 else { return nil }
    let rank = isWeighted
      ? total * Double(quantile.millionths) / 1_000_000 : Double(quantile.rank(in: Int(total.rounded())))
    var (low, high) = (0, buckets.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if durations(upTo: middle, weights) >= rank { high = middle } else { low = middle + 1 }
    }
    guard buckets[low] < LatencyBuckets.count else { return Double(LatencyBuckets.overflowThreshold) }
    let value = LatencyBuckets.representative(of: buckets[low])
    return Double(min(max(value, extremes.lowerBound), extremes.upperBound))
  }

  private func durations(upTo slot: Int, _ weights: ArraySlice<Double>) -> Double {
    cumulative.withUnsafeBufferPointer { cumulative in
      weights.withUnsafeBufferPointer { weights in
        var sum = 0.0
        let start = slot * blocks
        for block in 0..<blocks { sum += weights[block] * cumulative[start + block] }
        return sum
      }
    }
  }
}
