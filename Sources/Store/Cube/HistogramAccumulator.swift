internal import Traffic

/// Counts durations of one group by LL7 bucket, in as little memory as their number deserves.
///
///     few values      their bucket numbers, as they came        2 bytes each
///     more            (bucket, count) pairs                     6 bytes per distinct bucket
///     thousands       one counter per bucket                    17 KiB, no branches
struct HistogramAccumulator: Sendable {
  private(set) var count: UInt64 = 0
  private var sum: UInt64 = 0
  private var minimum: Int64 = .max
  private var maximum: Int64 = .min
  private var overflow: UInt64 = 0
  private var recent: [UInt16] = []
  private var pairs: [(bucket: UInt16, count: UInt32)] = []
  private var dense: [UInt32] = []

  private static let recentLimit = 1024
  /// Above this many values a counter per bucket costs less than two bytes per value.
  private static let denseFrom: UInt64 = 8192

  /// Takes in values; absent ones are skipped, negative ones count as 0.
  mutating func absorb(_ values: UnsafeBufferPointer<Int64>, _ room: inout BucketCounts) {
    if dense.isEmpty, count + UInt64(values.count) > Self.denseFrom { makeDense() }
    guard dense.isEmpty else { return absorbDense(values) }
    absorbFew(values)
    if recent.count >= Self.recentLimit { compact(&room) }
  }

  private mutating func absorbFew(_ values: UnsafeBufferPointer<Int64>) {
    var (sum, low, high, over) = (sum, minimum, maximum, overflow)
    let start = recent.count
    var end = start
    recent.append(contentsOf: repeatElement(0, count: values.count))
    recent.withUnsafeMutableBufferPointer { recent in
      for value in values where value != .absent {
        let duration = max(0, value)
        sum &+= UInt64(bitPattern: duration)
        low = min(low, duration)
        high = max(high, duration)
        guard duration < LatencyBuckets.overflowThreshold else {
          over &+= 1
          continue
        }
        recent[end] = UInt16(truncatingIfNeeded: LatencyBuckets.index(of: duration))
        end += 1
      }
    }
    recent.removeLast(start + values.count - end)
    count &+= UInt64(end - start) &+ (over &- overflow)
    (self.sum, minimum, maximum, overflow) = (sum, low, high, over)
  }

  private mutating func absorbDense(_ values: UnsafeBufferPointer<Int64>) {
    var (count, sum, low, high, over) = (count, sum, minimum, maximum, overflow)
    dense.withUnsafeMutableBufferPointer { dense in
      for value in values {
        guard value != .absent else { continue }
        let duration = max(0, value)
        count &+= 1
        sum &+= UInt64(bitPattern: duration)
        low = min(low, duration)
        high = max(high, duration)
        guard duration < LatencyBuckets.overflowThreshold else {
          over &+= 1
          continue
        }
        dense[LatencyBuckets.index(of: duration)] &+= 1
      }
    }
    (self.count, self.sum, minimum, maximum, overflow) = (count, sum, low, high, over)
  }

  private mutating func makeDense() {
    dense = [UInt32](repeating: 0, count: LatencyBuckets.count)
    for bucket in recent { dense[Int(bucket)] &+= 1 }
    for pair in pairs { dense[Int(pair.bucket)] &+= pair.count }
    recent = []
    pairs = []
  }

  /// Moves the recent values into the pairs.
  private mutating func compact(_ room: inout BucketCounts) {
    guard !recent.isEmpty else { return }
    room.add(recent)
    recent.removeAll(keepingCapacity: true)
    takePairs(&room)
  }

  /// Makes the pairs what is in the room and they themselves.
  private mutating func takePairs(_ room: inout BucketCounts) {
    room.add(pairs)
    pairs.removeAll(keepingCapacity: true)
    pairs.reserveCapacity(room.distinct)
    room.drain { pairs.append(($0, $1)) }
  }

  mutating func merge(_ other: HistogramAccumulator, _ room: inout BucketCounts) {
    guard other.count > 0 else { return }
    if count == 0 {
      self = other
      return
    }
    let isLarge = count &+ other.count > Self.denseFrom || !other.dense.isEmpty
    if dense.isEmpty, isLarge { makeDense() }
    addFields(
      count: other.count, sum: other.sum, minimum: other.minimum, maximum: other.maximum, overflow: other.overflow)
    if dense.isEmpty {
      if !other.pairs.isEmpty {
        room.add(other.pairs)
        takePairs(&room)
      }
      recent += other.recent
      if recent.count >= Self.recentLimit { compact(&room) }
    } else if other.dense.isEmpty {
      for bucket in other.recent { dense[Int(bucket)] &+= 1 }
      for pair in other.pairs { dense[Int(pair.bucket)] &+= pair.count }
    } else {
      for bucket in dense.indices { dense[bucket] &+= other.dense[bucket] }
    }
  }

  /// Takes in durations that were counted before.
  mutating func absorb(_ sketch: StoredSketch, _ room: inout BucketCounts) {
    let totals = sketch.totals
    guard totals.count > 0 else { return }
    if dense.isEmpty, count &+ totals.count > Self.denseFrom { makeDense() }
    addFields(
      count: totals.count, sum: totals.sum, minimum: totals.minimum, maximum: totals.maximum, overflow: totals.overflow)
    if dense.isEmpty {
      // So few values that each may stand for itself.
      for bucket in sketch.buckets { recent.append(contentsOf: repeatElement(bucket.index, count: Int(bucket.count))) }
      if recent.count >= Self.recentLimit { compact(&room) }
    } else {
      dense.withUnsafeMutableBufferPointer { dense in
        for bucket in sketch.buckets { dense[Int(bucket.index)] &+= UInt32(clamping: bucket.count) }
      }
    }
  }

  private mutating func addFields(count: UInt64, sum: UInt64, minimum: Int64, maximum: Int64, overflow: UInt64) {
    self.count &+= count
    self.sum &+= sum
    self.minimum = min(self.minimum, minimum)
    self.maximum = max(self.maximum, maximum)
    self.overflow &+= overflow
  }

  func histogram(_ room: inout BucketCounts) -> LatencyHistogram {
    var result = LatencyHistogram()
    result.count = count
    result.sum = sum
    result.minimum = minimum
    result.maximum = maximum
    result.overflow = overflow
    if dense.isEmpty {
      room.add(recent)
      room.add(pairs)
      result.buckets.reserveCapacity(room.distinct)
      room.drain { result.buckets.append(($0, UInt64($1))) }
    } else {
      for (bucket, count) in dense.enumerated() where count > 0 {
        result.buckets.append((UInt16(bucket), UInt64(count)))
      }
    }
    return result
  }
}
