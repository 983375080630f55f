import Traffic

/// Second half of exact selection: the values inside the few buckets that hold the wanted ranks.
///
/// A narrow bucket is counted value by value; a wide one (above 16 s) keeps its values.
/// The first half counts rows by bucket, which tells the bucket of each rank and the rank inside it.
struct BucketSelection: Sendable {
  struct Wanted: Sendable {
    let bucket: Int
    let low: Int64
    let width: Int64
    var counts: [UInt32]
    var values: [Int64] = []

    init(bucket: Int) {
      self.bucket = bucket
      guard bucket < LatencyBuckets.count else {
        (low, width, counts) = (LatencyBuckets.overflowThreshold, .max, [])
        return
      }
      (low, width) = LatencyBuckets.bounds(of: bucket)
      counts = width <= 65_536 ? [UInt32](repeating: 0, count: Int(width)) : []
    }

    mutating func collect(_ candidates: UnsafeBufferPointer<Int64>) {
      let low = self.low
      let width = UInt64(self.width)
      guard !counts.isEmpty else {
        for value in candidates where value >= low && UInt64(value &- low) < width { values.append(value) }
        return
      }
      counts.withUnsafeMutableBufferPointer { counts in
        let base = counts.baseAddress!  // a bucket is at least one value wide
        for value in candidates {
          let offset = UInt64(bitPattern: value &- low)
          if offset < width { base[Int(offset)] &+= 1 }
        }
      }
    }

    mutating func merge(_ later: Self) {
      for index in counts.indices { counts[index] &+= later.counts[index] }
      values += later.values
    }

    /// The `rank`-th smallest value of the bucket, from 1; nil when the bucket holds fewer.
    func value(atRank rank: Int64) -> Int64? {
      guard !counts.isEmpty else {
        guard rank >= 1, rank <= values.count else { return nil }
        return values.sorted()[Int(rank) - 1]
      }
      var below: Int64 = 0
      for (offset, count) in counts.enumerated() {
        below += Int64(count)
        if below >= rank { return low + Int64(offset) }
      }
      return nil
    }
  }

  private(set) var wanted: [Wanted]

  init(buckets: Set<Int>) { wanted = buckets.sorted().map(Wanted.init) }

  mutating func collect(_ values: UnsafeBufferPointer<Int64>) {
    for index in wanted.indices { wanted[index].collect(values) }
  }

  mutating func merge(_ later: Self) {
    for index in wanted.indices { wanted[index].merge(later.wanted[index]) }
  }

  func value(bucket: Int, rank: Int64) -> Int64? {
    wanted.first { $0.bucket == bucket }?.value(atRank: rank)
  }
}
