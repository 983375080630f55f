internal import Statistics
internal import Traffic

/// The stored form of a rollup's durations: that of `LatencySketch`, canonical, so the same requests give the same bytes.
///
/// Read here once more, straight into pairs: a cube over months reads a million of them, and a window of counters for
/// each would cost ten times as much.
enum SketchBytes {
  private static let overflowBucket = UInt64(LatencyBuckets.count)

  static func encode(_ histogram: LatencyHistogram) -> [UInt8] { LatencySketch(histogram).serialized }

  /// Values in one bucket.
  typealias Bucket = (index: UInt16, count: UInt64)

  /// What a sketch keeps beside its buckets; extremes are `.max` and `.min` without values.
  struct Totals {
    var count: UInt64 = 0
    var sum: UInt64 = 0
    var minimum: Int64 = .max
    var maximum: Int64 = .min
    /// Values beyond the last bucket.
    var overflow: UInt64 = 0
  }

  /// The histogram, or nil for bytes that `encode` does not write.
  static func decode(_ bytes: UnsafeRawBufferPointer) -> LatencyHistogram? {
    var histogram = LatencyHistogram()
    guard let totals = decode(bytes, appendingTo: &histogram.buckets) else { return nil }
    histogram.count = totals.count
    histogram.sum = totals.sum
    histogram.minimum = totals.minimum
    histogram.maximum = totals.maximum
    histogram.overflow = totals.overflow
    return histogram
  }

  /// The same as totals and, appended, buckets; what was appended has no meaning where it gives nil.
  static func decode(_ bytes: UnsafeRawBufferPointer, appendingTo buckets: inout [Bucket]) -> Totals? {
    var reader = VarintReader(bytes: bytes, position: 2)
    guard bytes.count >= 2, bytes[0] == 1, bytes[1] == 7, let count = reader.next(), let sum = reader.next(),
      let low = reader.next(), let high = reader.next(), let pairs = reader.next(), low <= high,
      high <= UInt64(Int64.max), pairs <= overflowBucket + 1
    else { return nil }
    var totals = Totals()
    let first = buckets.count
    guard readPairs(pairs, &reader, into: &totals, &buckets), reader.isAtEnd, totals.count == count else { return nil }
    guard count > 0 else { return sum == 0 && high == 0 ? totals : nil }
    totals.sum = sum
    totals.minimum = Int64(low)
    totals.maximum = Int64(high)
    return fits(totals, buckets[first...]) ? totals : nil
  }

  private static func readPairs(
    _ pairs: UInt64, _ reader: inout VarintReader, into totals: inout Totals, _ buckets: inout [Bucket]
  ) -> Bool {
    var bucket: UInt64 = 0
    for index in 0..<pairs {
      guard let step = reader.next(), let added = reader.next(), index == 0 || step > 0, added > 0,
        added < 1 << 48, step <= overflowBucket - bucket
      else { return false }
      bucket += step
      totals.count &+= added
      if bucket == overflowBucket {
        totals.overflow = added
      } else {
        buckets.append((UInt16(bucket), added))
      }
    }
    return true
  }

  /// Whether the extremes lie in the first and the last bucket.
  private static func fits(_ totals: Totals, _ buckets: ArraySlice<Bucket>) -> Bool {
    let first = buckets.first.map { Int($0.index) } ?? LatencyBuckets.count
    let last = totals.overflow > 0 ? LatencyBuckets.count : buckets.last.map { Int($0.index) } ?? 0
    return min(LatencyBuckets.index(of: totals.minimum), LatencyBuckets.count) == first
      && min(LatencyBuckets.index(of: totals.maximum), LatencyBuckets.count) == last
  }
}

/// Reads LEB128 numbers; nil where the bytes end, a number has more than 64 bits or is not written as short as can be.
struct VarintReader {
  let bytes: UnsafeRawBufferPointer
  var position: Int

  var isAtEnd: Bool { position == bytes.count }

  mutating func next() -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < bytes.count, shift < 64 {
      let byte = bytes[position]
      position += 1
      guard shift < 63 || byte <= 1, shift == 0 || byte != 0 else { return nil }
      value |= UInt64(byte & 127) << shift
      if byte < 128 { return value }
      shift += 7
    }
    return nil
  }
}

extension LatencyHistogram {
  /// Takes in the values of another histogram; exact, in any order.
  mutating func merge(_ other: LatencyHistogram) {
    count &+= other.count
    sum &+= other.sum
    minimum = Swift.min(minimum, other.minimum)
    maximum = Swift.max(maximum, other.maximum)
    overflow &+= other.overflow
    var merged: [(index: UInt16, count: UInt64)] = []
    merged.reserveCapacity(Swift.max(buckets.count, other.buckets.count))
    var place = 0
    for bucket in buckets {
      while place < other.buckets.count, other.buckets[place].index < bucket.index {
        merged.append(other.buckets[place])
        place += 1
      }
      guard place < other.buckets.count, other.buckets[place].index == bucket.index else {
        merged.append(bucket)
        continue
      }
      merged.append((bucket.index, bucket.count &+ other.buckets[place].count))
      place += 1
    }
    merged += other.buckets[place...]
    buckets = merged
  }
}
