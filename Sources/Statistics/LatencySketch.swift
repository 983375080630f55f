public import Traffic

/// An exactly mergeable summary of durations: how many fell into each LL7 bucket (`LatencyBuckets`), their sum and extremes.
///
/// Every quantile it gives is within 2⁻⁸ (0.39 %) of the exact one, and exact up to 255 µs. Merging is associative and
/// commutative: any split of the values gives the same sketch, bit for bit.
public struct LatencySketch: Sendable {
  /// All values, overflow included.
  public private(set) var count: UInt64 = 0
  /// Sum of all values in µs.
  public private(set) var sum: UInt64 = 0
  /// Sum of their squares, for the variance; nil where a part came from storage, which does not keep it.
  public private(set) var sumOfSquares: UInt128? = 0
  /// Extremes; nil without values.
  public var minimum: Int64? { count > 0 ? lowest : nil }
  public var maximum: Int64? { count > 0 ? highest : nil }
  /// Values of 2⁴⁰ µs and more, about 12.7 days.
  public var overflow: UInt64 { self[bucket: LatencyBuckets.count] }

  private var lowest = Int64.max
  private var highest = Int64.min
  /// Counts of buckets `firstBucket`, `firstBucket + 1` …; the overflow is one more bucket behind the last.
  private var counts: [UInt64] = []
  private var firstBucket = 0

  public init() {}

  // MARK: Adding

  /// Counts a value in µs. A negative one counts as 0.
  public mutating func add(_ value: Int64) {
    withUnsafePointer(to: value) { add(contentsOf: UnsafeBufferPointer(start: $0, count: 1)) }
  }

  /// Counts all values but absent ones.
  /// - Complexity: O(count), about two nanoseconds each.
  public mutating func add(contentsOf values: UnsafeBufferPointer<Int64>) {
    guard var least = values.first else { return }
    var most = least
    for value in values {
      least = min(least, value)
      most = max(most, value)
    }
    guard least >= 0 else { return addUsual(values) }
    makeRoom(for: Self.bucket(of: least)...Self.bucket(of: most))
    lowest = min(lowest, least)
    highest = max(highest, most)
    count &+= UInt64(values.count)
    addFitting(values)
  }

  /// Counts values of which some are absent or negative.
  private mutating func addUsual(_ values: UnsafeBufferPointer<Int64>) {
    let usual = values.filter { $0 != .absent }.map { max(0, $0) }
    usual.withUnsafeBufferPointer { add(contentsOf: $0) }
  }

  /// Counts values whose buckets all have room. Extremes come before, so that everything here stays in registers.
  /// - Parameter values: none negative.
  private mutating func addFitting(_ values: UnsafeBufferPointer<Int64>) {
    var (sum, low, high) = (UInt64(0), UInt64(0), UInt64(0))
    let first = firstBucket
    counts.withUnsafeMutableBufferPointer { counts in
      for value in values {
        counts[Self.bucket(of: value) &- first] &+= 1
        sum &+= value.magnitude
        let square = value.magnitude.multipliedFullWidth(by: value.magnitude)
        let (partial, carries) = low.addingReportingOverflow(square.low)
        low = partial
        high = high &+ square.high &+ (carries ? 1 : 0)
      }
    }
    self.sum &+= sum
    sumOfSquares = sumOfSquares.map { $0 &+ (UInt128(high) &<< 64 | UInt128(low)) }
  }

  /// Counts everything that another sketch counted.
  public mutating func merge(_ other: Self) {
    guard other.count > 0 else { return }
    makeRoom(for: other.firstBucket...(other.firstBucket + max(0, other.counts.count - 1)))
    for (slot, count) in other.counts.enumerated() { counts[other.firstBucket + slot - firstBucket] &+= count }
    count &+= other.count
    sum &+= other.sum
    if let mine = sumOfSquares, let theirs = other.sumOfSquares {
      sumOfSquares = mine &+ theirs
    } else {
      sumOfSquares = nil
    }
    lowest = min(lowest, other.lowest)
    highest = max(highest, other.highest)
  }

  /// The bucket of a value, or the one behind all for an overflow.
  @inline(__always)
  private static func bucket(of value: Int64) -> Int {
    min(LatencyBuckets.index(of: value), LatencyBuckets.count)
  }

  /// Widens the window, by whole powers of two so that it seldom happens again.
  private mutating func makeRoom(for buckets: ClosedRange<Int>) {
    if counts.isEmpty { firstBucket = buckets.lowerBound & ~127 }
    if buckets.lowerBound < firstBucket {
      let first = buckets.lowerBound & ~127
      counts.insert(contentsOf: repeatElement(0, count: firstBucket - first), at: 0)
      firstBucket = first
    }
    let needed = min(LatencyBuckets.count + 1, buckets.upperBound | 127) - firstBucket + 1
    if needed > counts.count { counts.append(contentsOf: repeatElement(0, count: needed - counts.count)) }
  }

  // MARK: Asking

  /// Values in a bucket; bucket `LatencyBuckets.count` is the overflow.
  public subscript(bucket index: Int) -> UInt64 {
    let slot = index - firstBucket
    return slot >= 0 && slot < counts.count ? counts[slot] : 0
  }

  /// Buckets with values, rising.
  public var buckets: [(index: Int, count: UInt64)] {
    counts.indices.compactMap { counts[$0] > 0 ? (firstBucket + $0, counts[$0]) : nil }
  }

  /// The value at a quantile, within 0.39 % of the exact one; nil without values.
  ///
  /// The extremes are exact. A quantile among overflowed values reads `LatencyBuckets.overflowThreshold`: print "> 12.7 d".
  public func quantile(_ quantile: Quantile) -> Int64? {
    guard count > 0 else { return nil }
    let rank = quantile.rank(in: Int(clamping: count))
    if rank == 1 { return lowest }
    if rank == Int(clamping: count) { return highest }
    let (bucket, _) = locate(rank: rank)
    guard bucket < LatencyBuckets.count else { return LatencyBuckets.overflowThreshold }
    return min(max(LatencyBuckets.representative(of: bucket), lowest), highest)
  }

  /// The bucket that holds the value of a rank, and the rank inside the bucket, both exact.
  /// - Precondition: 1 ≤ `rank` ≤ `count`.
  public func locate(rank: Int) -> (bucket: Int, rankInside: Int) {
    precondition(rank >= 1 && rank <= Int(clamping: count), "a rank counts the values")
    var before = 0
    for (slot, count) in counts.enumerated() {
      if before + Int(count) >= rank { return (firstBucket + slot, rank - before) }
      before += Int(count)
    }
    preconditionFailure("buckets add up to the count")
  }

  /// Mean in µs; nil without values.
  public var mean: Double? { count > 0 ? Double(sum) / Double(count) : nil }

  /// Squared coefficient of variation, variance ÷ mean²; nil where squares are unknown or the mean is 0.
  public var squaredVariation: Double? {
    guard let squares = sumOfSquares, let mean, mean > 0 else { return nil }
    return max(0, Double(squares) / Double(count) / (mean * mean) - 1)
  }
}

/// Two sketches are equal when they store the same bytes.
extension LatencySketch: Hashable {
  public static func == (a: Self, b: Self) -> Bool {
    a.count == b.count && a.sum == b.sum && a.lowest == b.lowest && a.highest == b.highest
      && a.buckets.elementsEqual(b.buckets, by: ==)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    hasher.combine(sum)
  }
}

extension LatencySketch {
  /// The sketch of a cube's histogram.
  public init(_ histogram: LatencyHistogram) { add(histogram) }

  /// Counts everything that a cube's histogram counted.
  public mutating func add(_ histogram: LatencyHistogram) {
    guard histogram.count > 0 else { return }
    count &+= histogram.count
    sum &+= histogram.sum
    sumOfSquares = nil
    lowest = min(lowest, histogram.minimum)
    highest = max(highest, histogram.maximum)
    if let first = histogram.buckets.first, let last = histogram.buckets.last {
      makeRoom(for: Int(first.index)...Int(last.index))
      for bucket in histogram.buckets { counts[Int(bucket.index) - firstBucket] &+= bucket.count }
    }
    if histogram.overflow > 0 { put(histogram: histogram.overflow, at: LatencyBuckets.count) }
  }

  /// As a cube returns it.
  public var histogram: LatencyHistogram {
    var histogram = LatencyHistogram()
    guard count > 0 else { return histogram }
    histogram.count = count
    histogram.sum = sum
    histogram.minimum = lowest
    histogram.maximum = highest
    histogram.overflow = overflow
    histogram.buckets = buckets.filter { $0.index < LatencyBuckets.count }.map { (UInt16($0.index), $0.count) }
    return histogram
  }

  private mutating func put(histogram count: UInt64, at bucket: Int) {
    let bucket = min(bucket, LatencyBuckets.count)
    makeRoom(for: bucket...bucket)
    counts[bucket - firstBucket] &+= count
  }

  /// A sketch from its parts, already checked.
  init(count: UInt64, sum: UInt64, extremes: ClosedRange<Int64>, buckets: [(index: Int, count: UInt64)]) {
    guard count > 0 else { return }
    self.count = count
    self.sum = sum
    sumOfSquares = nil
    lowest = extremes.lowerBound
    highest = extremes.upperBound
    for bucket in buckets { put(histogram: bucket.count, at: bucket.index) }
  }
}
