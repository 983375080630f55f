internal import Statistics
internal import Traffic

/// The stored form of a rollup's durations: that of `LatencySketch`, canonical, so the same requests give the same bytes.
enum SketchBytes {
  static func encode(_ histogram: LatencyHistogram) -> [UInt8] { LatencySketch(histogram).serialized }

  /// The histogram, or nil for bytes that `encode` does not write.
  static func decode(_ bytes: UnsafeRawBufferPointer) -> LatencyHistogram? {
    do throws(MalformedSketch) {
      return try LatencySketch(serialized: bytes).histogram
    } catch {
      return nil
    }
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
