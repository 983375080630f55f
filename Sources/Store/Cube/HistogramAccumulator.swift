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
  mutating func absorb(_ values: UnsafeBufferPointer<Int64>) {
    if dense.isEmpty, count + UInt64(values.count) > Self.denseFrom { makeDense() }
    if dense.isEmpty {
      for value in values where value != .absent {
        if let bucket = note(value) { recent.append(bucket) }
        if recent.count >= Self.recentLimit { compact() }
      }
      return
    }
    absorbDense(values)
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

  /// Counts a value and returns its bucket, nil for overflow.
  private mutating func note(_ value: Int64) -> UInt16? {
    let duration = max(0, value)
    count &+= 1
    sum &+= UInt64(bitPattern: duration)
    minimum = min(minimum, duration)
    maximum = max(maximum, duration)
    guard duration < LatencyBuckets.overflowThreshold else {
      overflow &+= 1
      return nil
    }
    return UInt16(truncatingIfNeeded: LatencyBuckets.index(of: duration))
  }

  private mutating func makeDense() {
    dense = [UInt32](repeating: 0, count: LatencyBuckets.count)
    for bucket in recent { dense[Int(bucket)] &+= 1 }
    for pair in pairs { dense[Int(pair.bucket)] &+= pair.count }
    recent = []
    pairs = []
  }

  /// Moves the recent values into the pairs.
  private mutating func compact() {
    guard !recent.isEmpty else { return }
    recent.count < 256 ? compactBySorting() : compactByCounting()
    recent.removeAll(keepingCapacity: true)
  }

  private mutating func compactByCounting() {
    var counters = [UInt32](repeating: 0, count: LatencyBuckets.count)
    for bucket in recent { counters[Int(bucket)] &+= 1 }
    for pair in pairs { counters[Int(pair.bucket)] &+= pair.count }
    pairs.removeAll(keepingCapacity: true)
    for (bucket, count) in counters.enumerated() where count > 0 { pairs.append((UInt16(bucket), count)) }
  }

  private mutating func compactBySorting() {
    recent.sort()
    var added: [(bucket: UInt16, count: UInt32)] = []
    for bucket in recent {
      if added.last?.bucket == bucket {
        added[added.count - 1].count &+= 1
      } else {
        added.append((bucket, 1))
      }
    }
    addPairs(added)
  }

  /// Merges two ascending lists.
  private mutating func addPairs(_ added: [(bucket: UInt16, count: UInt32)]) {
    guard !pairs.isEmpty, !added.isEmpty else {
      if pairs.isEmpty { pairs = added }
      return
    }
    var merged: [(bucket: UInt16, count: UInt32)] = []
    merged.reserveCapacity(pairs.count + added.count)
    var place = 0
    for pair in pairs {
      while place < added.count, added[place].bucket < pair.bucket {
        merged.append(added[place])
        place += 1
      }
      guard place < added.count, added[place].bucket == pair.bucket else {
        merged.append(pair)
        continue
      }
      merged.append((pair.bucket, pair.count &+ added[place].count))
      place += 1
    }
    merged += added[place...]
    pairs = merged
  }

  mutating func merge(_ other: HistogramAccumulator) {
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
      addPairs(other.pairs)
      recent += other.recent
      if recent.count >= Self.recentLimit { compact() }
    } else if other.dense.isEmpty {
      for bucket in other.recent { dense[Int(bucket)] &+= 1 }
      for pair in other.pairs { dense[Int(pair.bucket)] &+= pair.count }
    } else {
      for bucket in dense.indices { dense[bucket] &+= other.dense[bucket] }
    }
  }

  /// Takes in durations that were counted before.
  mutating func absorb(_ sketch: StoredSketch) {
    let totals = sketch.totals
    guard totals.count > 0 else { return }
    if dense.isEmpty, count &+ totals.count > Self.denseFrom { makeDense() }
    addFields(
      count: totals.count, sum: totals.sum, minimum: totals.minimum, maximum: totals.maximum, overflow: totals.overflow)
    if dense.isEmpty {
      // So few values that each may stand for itself.
      for bucket in sketch.buckets { recent.append(contentsOf: repeatElement(bucket.index, count: Int(bucket.count))) }
      if recent.count >= Self.recentLimit { compact() }
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

  var histogram: LatencyHistogram {
    var result = LatencyHistogram()
    result.count = count
    result.sum = sum
    result.minimum = minimum
    result.maximum = maximum
    result.overflow = overflow
    if !dense.isEmpty {
      for (bucket, count) in dense.enumerated() where count > 0 {
        result.buckets.append((UInt16(bucket), UInt64(count)))
      }
    } else if pairs.isEmpty {
      result.buckets = Self.counted(recent)
    } else {
      var counted = self
      counted.compact()
      result.buckets = counted.pairs.map { ($0.bucket, UInt64($0.count)) }
    }
    return result
  }

  private static func counted(_ recent: [UInt16]) -> [(index: UInt16, count: UInt64)] {
    var buckets: [(index: UInt16, count: UInt64)] = []
    buckets.reserveCapacity(recent.count)
    for bucket in recent.sorted() {
      if buckets.last?.index == bucket {
        buckets[buckets.count - 1].count += 1
      } else {
        buckets.append((bucket, 1))
      }
    }
    return buckets
  }
}
