internal import Statistics
internal import Traffic

/// The stored form of a rollup's durations: that of `LatencySketch`, canonical, so the same requests give the same bytes.
///
/// Read here once more, straight into pairs: a cube over months reads a million of them, and a window of counters for
/// each would cost ten times as much.
enum SketchBytes {
  private static let overflowBucket = UInt64(LatencyBuckets.count)

  static func encode(_ histogram: LatencyHistogram) -> [UInt8] { LatencySketch(histogram).serialized }

  /// The histogram, or nil for bytes that `encode` does not write.
  static func decode(_ bytes: UnsafeRawBufferPointer) -> LatencyHistogram? {
    var reader = VarintReader(bytes: bytes, position: 2)
    guard bytes.count >= 2, bytes[0] == 1, bytes[1] == 7, let count = reader.next(), let sum = reader.next(),
      let low = reader.next(), let high = reader.next(), let pairs = reader.next(), low <= high,
      high <= UInt64(Int64.max), pairs <= overflowBucket + 1
    else { return nil }
    var histogram = LatencyHistogram()
    guard readPairs(pairs, &reader, into: &histogram), reader.isAtEnd, histogram.count == count else { return nil }
    guard count > 0 else { return sum == 0 && high == 0 ? histogram : nil }
    histogram.sum = sum
    histogram.minimum = Int64(low)
    histogram.maximum = Int64(high)
    return hasFittingExtremes(histogram) ? histogram : nil
  }

  private static func readPairs(
    _ pairs: UInt64, _ reader: inout VarintReader, into histogram: inout LatencyHistogram
  ) -> Bool {
    var bucket: UInt64 = 0
    histogram.buckets.reserveCapacity(Int(pairs))
    for index in 0..<pairs {
      guard let step = reader.next(), let added = reader.next(), index == 0 || step > 0, added > 0,
        added < 1 << 48, step <= overflowBucket - bucket
      else { return false }
      bucket += step
      histogram.count &+= added
      if bucket == overflowBucket {
        histogram.overflow = added
      } else {
        histogram.buckets.append((UInt16(bucket), added))
      }
    }
    return true
  }

  /// Whether the extremes lie in the first and the last bucket.
  private static func hasFittingExtremes(_ histogram: LatencyHistogram) -> Bool {
    let first = histogram.buckets.first.map { Int($0.index) } ?? LatencyBuckets.count
    let last = histogram.overflow > 0 ? LatencyBuckets.count : histogram.buckets.last.map { Int($0.index) } ?? 0
    return min(LatencyBuckets.index(of: histogram.minimum), LatencyBuckets.count) == first
      && min(LatencyBuckets.index(of: histogram.maximum), LatencyBuckets.count) == last
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
