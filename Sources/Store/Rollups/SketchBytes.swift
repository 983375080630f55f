internal import Traffic

/// The stored form of a latency histogram: LL7 form 1.
///
///     | 1 | 7 | count | sum | minimum | maximum | pairs | (bucket − previous bucket, count) × pairs |   LEB128
///
/// Canonical: the same counts give the same bytes, whatever order they came in. Values beyond the last bucket are a pair
/// with bucket number 4352, so that the counts of all pairs add up.
/// - Source: models.md §1.3.
enum SketchBytes {
  private static let version: UInt8 = 1
  private static let subBits: UInt8 = 7
  private static let overflowBucket = UInt64(LatencyBuckets.count)

  static func encode(_ histogram: LatencyHistogram) -> [UInt8] {
    var bytes = [version, subBits]
    let isEmpty = histogram.count == 0
    append(histogram.count, to: &bytes)
    append(histogram.sum, to: &bytes)
    append(isEmpty ? 0 : UInt64(bitPattern: histogram.minimum), to: &bytes)
    append(isEmpty ? 0 : UInt64(bitPattern: histogram.maximum), to: &bytes)
    append(UInt64(histogram.buckets.count) + (histogram.overflow > 0 ? 1 : 0), to: &bytes)
    var previous: UInt64 = 0
    for (bucket, count) in histogram.buckets {
      append(UInt64(bucket) - previous, to: &bytes)
      append(count, to: &bytes)
      previous = UInt64(bucket)
    }
    if histogram.overflow > 0 {
      append(overflowBucket - previous, to: &bytes)
      append(histogram.overflow, to: &bytes)
    }
    return bytes
  }

  /// The histogram, or nil for bytes that `encode` does not write.
  static func decode(_ bytes: UnsafeRawBufferPointer) -> LatencyHistogram? {
    var reader = VarintReader(bytes: bytes, position: 2)
    guard bytes.count >= 2, bytes[0] == version, bytes[1] == subBits, let count = reader.next(),
      let sum = reader.next(), let minimum = reader.next(), let maximum = reader.next(), let pairs = reader.next(),
      pairs <= overflowBucket + 1, minimum <= maximum, maximum <= UInt64(Int64.max)
    else { return nil }
    var histogram = LatencyHistogram()
    var bucket: UInt64 = 0
    for index in 0..<pairs {
      guard let step = reader.next(), let added = reader.next(), index == 0 || step > 0, added > 0,
        step <= overflowBucket - bucket
      else { return nil }
      bucket += step
      histogram.count &+= added
      if bucket == overflowBucket {
        histogram.overflow = added
      } else {
        histogram.buckets.append((UInt16(bucket), added))
      }
    }
    guard reader.isAtEnd, histogram.count == count else { return nil }
    guard count > 0 else { return histogram }
    histogram.sum = sum
    histogram.minimum = Int64(minimum)
    histogram.maximum = Int64(maximum)
    return histogram
  }

  private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
    var rest = value
    while rest >= 128 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

/// Reads LEB128 numbers; nil where the bytes end or a number has more than 64 bits.
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
      guard shift < 63 || byte <= 1 else { return nil }
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
