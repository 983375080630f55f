import Traffic

/// LL7 counts of one group's durations, dense between the lowest and the highest bucket seen.
struct BucketCounts: Sendable {
  private(set) var count: Int64 = 0
  private(set) var maximum = Int64.min
  private(set) var minimum = Int64.max
  private var low = 0
  private var counts: [UInt32] = []

  /// Values of 2⁴⁰ µs and more share the last place.
  @inline(__always)
  private static func bucket(_ value: Int64) -> Int {
    value < LatencyBuckets.overflowThreshold ? LatencyBuckets.index(of: value) : LatencyBuckets.count
  }

  mutating func record(_ values: UnsafeBufferPointer<Int64>) {
    guard let first = values.first else { return }
    var smallest = first
    var largest = first
    for value in values {
      smallest = min(smallest, value)
      largest = max(largest, value)
    }
    cover(Self.bucket(smallest), Self.bucket(largest))
    let low = self.low
    counts.withUnsafeMutableBufferPointer { counts in
      let base = counts.baseAddress!  // `cover` made at least one place
      for value in values { base[Self.bucket(value) &- low] &+= 1 }
    }
    count += Int64(values.count)
    minimum = min(minimum, smallest)
    maximum = max(maximum, largest)
  }

  mutating func merge(_ later: Self) {
    guard later.count > 0 else { return }
    cover(later.low, later.low + later.counts.count - 1)
    let shift = later.low - low
    for (index, count) in later.counts.enumerated() { counts[index + shift] &+= count }
    count += later.count
    minimum = min(minimum, later.minimum)
    maximum = max(maximum, later.maximum)
  }

  private mutating func cover(_ from: Int, _ to: Int) {
    guard !counts.isEmpty else {
      low = from
      counts = [UInt32](repeating: 0, count: to - from + 1)
      return
    }
    if from < low {
      counts.insert(contentsOf: repeatElement(0, count: low - from), at: 0)
      low = from
    }
    let end = low + counts.count
    if to >= end { counts.append(contentsOf: repeatElement(0, count: to - end + 1)) }
  }

  /// The counts in the vocabulary's form. `sum` is not kept here and stays 0.
  var histogram: LatencyHistogram {
    var histogram = LatencyHistogram()
    histogram.count = UInt64(count)
    histogram.minimum = minimum
    histogram.maximum = maximum
    for (offset, count) in counts.enumerated() where count > 0 {
      if low + offset >= LatencyBuckets.count {
        histogram.overflow += UInt64(count)
      } else {
        histogram.buckets.append((UInt16(low + offset), UInt64(count)))
      }
    }
    return histogram
  }

  /// The bucket of the `rank`-th smallest value (from 1), and the rank inside that bucket.
  func locate(rank: Int64) -> (bucket: Int, rank: Int64)? {
    var below: Int64 = 0
    for (index, count) in counts.enumerated() {
      if below + Int64(count) >= rank { return (low + index, rank - below) }
      below += Int64(count)
    }
    return nil
  }
}
