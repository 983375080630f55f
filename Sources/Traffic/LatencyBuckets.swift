/// The bucket layout of the latency sketch "LL7": integer log-linear with 7 sub-bits.
///
/// Values 0…255 µs have a bucket each; above, 128 buckets per power of two, so the middle of a bucket is
/// within 2⁻⁸ (0.390625 %) of every value in it. Indices are monotone and contiguous. No floating point:
/// the same bucket on every machine.
public enum LatencyBuckets {
  /// Values from here on are counted as overflow: 2⁴⁰ µs, about 12.7 days.
  @inlinable @inline(__always)
  public static var overflowThreshold: Int64 { 1 << 40 }
  /// Buckets below the overflow threshold: indices 0…4351.
  @inlinable @inline(__always)
  public static var count: Int { 4352 }

  /// The bucket of a value in µs.
  /// - Precondition: `value >= 0`.
  @inlinable @inline(__always)
  public static func index(of value: Int64) -> Int {
    let bits = UInt64(bitPattern: value)
    let shift = max(0, 56 - (bits | 1).leadingZeroBitCount)
    return (shift << 7) + Int(truncatingIfNeeded: bits >> UInt64(truncatingIfNeeded: shift))
  }

  /// Lowest value and number of values of a bucket.
  @inlinable
  public static func bounds(of index: Int) -> (low: Int64, width: Int64) {
    guard index >= 256 else { return (Int64(index), 1) }
    let shift = Int64(index >> 7) - 1
    return ((Int64(index & 127) + 128) << shift, 1 << shift)
  }

  /// Lowest value and number of values of the bucket of a value where a power of two has `divisions` buckets: a power of
  /// two up to 128, for which they are the buckets above; fewer unite them. Lengths beyond the overflow threshold too.
  public static func bounds(around value: Int64, divisions: Int) -> (low: Int64, width: Int64) {
    let bits = UInt64(bitPattern: max(0, value))
    let keptBits = divisions.trailingZeroBitCount + 1
    let shift = Int64(max(0, 64 - (bits | 1).leadingZeroBitCount - keptBits))
    return (Int64((bits >> UInt64(shift)) << UInt64(shift)), 1 << shift)
  }

  /// The value that stands for a bucket: its floor midpoint.
  @inlinable
  public static func representative(of index: Int) -> Int64 {
    let (low, width) = bounds(of: index)
    return low + (width - 1) >> 1
  }
}

/// Exact counts of durations by LL7 bucket, sparse: what a cube returns for a distribution.
public struct LatencyHistogram: Hashable, Sendable {
  /// All values, overflow included.
  public var count: UInt64 = 0
  /// Sum of all values in µs; wraps never: 2⁶⁴ µs is half a million years of busy time.
  public var sum: UInt64 = 0
  /// The smallest and the largest value in µs; `.max` and `.min` where there is none.
  public var minimum: Int64 = .max
  public var maximum: Int64 = .min
  /// Values at or above `LatencyBuckets.overflowThreshold`.
  public var overflow: UInt64 = 0
  /// (bucket, count) with count > 0, by increasing bucket.
  public var buckets: [(index: UInt16, count: UInt64)] = []

  public init() {}

  public static func == (a: Self, b: Self) -> Bool {
    a.count == b.count && a.sum == b.sum && a.minimum == b.minimum && a.maximum == b.maximum
      && a.overflow == b.overflow && a.buckets.elementsEqual(b.buckets, by: ==)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    hasher.combine(sum)
  }
}
