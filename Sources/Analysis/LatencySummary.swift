public import Traffic

/// A quantile that tables show.
public struct ReportedQuantile: Hashable, Sendable {
  /// JSON key and heading: `p99`, `p99.9`.
  public var key: String
  public var label: String
  public var partsPerMillion: Int64

  /// Samples below which the tail holds fewer than ten: 10 / (1 − q).
  /// - Source: models.md C5.
  public var samplesNeeded: Int64 { 10_000_000 / (1_000_000 - partsPerMillion) }

  /// Nearest rank: ceil(q·n) in integers, at least 1.
  /// - Source: models.md C3; 0.07 · 100 in floating point gives rank 8 instead of 7.
  public func rank(of count: Int64) -> Int64 {
    let (high, low) = UInt64(partsPerMillion).multipliedFullWidth(by: UInt64(count))
    let (quotient, remainder) = UInt64(1_000_000).dividingFullWidth((high, low))
    return max(1, Int64(quotient) + (remainder > 0 ? 1 : 0))
  }

  public static let all: [ReportedQuantile] = [
    ReportedQuantile(key: "p50", label: "p50", partsPerMillion: 500_000),
    ReportedQuantile(key: "p90", label: "p90", partsPerMillion: 900_000),
    ReportedQuantile(key: "p95", label: "p95", partsPerMillion: 950_000),
    ReportedQuantile(key: "p99", label: "p99", partsPerMillion: 990_000),
    ReportedQuantile(key: "p999", label: "p99.9", partsPerMillion: 999_000),
  ]
}

/// Percentiles of some durations by nearest rank.
public struct LatencySummary: Hashable, Sendable {
  public var samples: Int64
  /// One per `ReportedQuantile.all`; nil where the tail holds fewer than ten samples.
  public var quantiles: [Microseconds?]
  /// Always exact; nil without samples.
  public var maximum: Microseconds?
  /// Values of the data itself; otherwise each is within 0.4 % of one (`LatencyBuckets`).
  public var isExact: Bool

  public init(samples: Int64, quantiles: [Microseconds?], maximum: Microseconds?, isExact: Bool) {
    self.samples = samples
    self.quantiles = quantiles
    self.maximum = maximum
    self.isExact = isExact
  }

  /// From bucket counts: the bucket is exact, the place inside it is its middle, kept within minimum and maximum.
  public init(_ histogram: LatencyHistogram) {
    let count = Int64(clamping: histogram.count)
    samples = count
    isExact = false
    maximum = count > 0 ? Microseconds(histogram.maximum) : nil
    quantiles = ReportedQuantile.all.map { quantile in
      guard count >= quantile.samplesNeeded else { return nil }
      return Microseconds(histogram.value(atRank: quantile.rank(of: count)))
    }
  }
}

extension LatencyHistogram {
  /// The `rank`-th smallest value, rank from 1, within 0.4 %; exact for the first and the last.
  func value(atRank rank: Int64) -> Int64 {
    if rank <= 1 { return minimum }
    if rank >= Int64(clamping: count) { return maximum }
    var below: UInt64 = 0
    for (index, count) in buckets {
      below += count
      if below >= UInt64(rank) {
        return min(max(LatencyBuckets.representative(of: Int(index)), minimum), maximum)
      }
    }
    return maximum  // in the overflow
  }

  /// Adds the counts of another histogram: exact, in any order.
  mutating func add(_ other: LatencyHistogram) {
    guard other.count > 0 else { return }
    guard count > 0 else {
      self = other
      return
    }
    count += other.count
    sum &+= other.sum
    minimum = Swift.min(minimum, other.minimum)
    maximum = Swift.max(maximum, other.maximum)
    overflow += other.overflow
    var merged: [(index: UInt16, count: UInt64)] = []
    merged.reserveCapacity(buckets.count + other.buckets.count)
    var mine = buckets[...]
    var theirs = other.buckets[...]
    while let a = mine.first, let b = theirs.first {
      if a.index == b.index {
        merged.append((a.index, a.count + b.count))
        mine.removeFirst()
        theirs.removeFirst()
      } else if a.index < b.index {
        merged.append(a)
        mine.removeFirst()
      } else {
        merged.append(b)
        theirs.removeFirst()
      }
    }
    merged += mine
    merged += theirs
    buckets = merged
  }
}
