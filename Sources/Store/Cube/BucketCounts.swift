internal import Traffic

/// Room to count LL7 buckets in, one after another: sorts a few hundred buckets without comparing them.
struct BucketCounts: Sendable {
  private var counts = [UInt32](repeating: 0, count: LatencyBuckets.count)
  /// One bit per bucket that was counted.
  private var marks = [UInt64](repeating: 0, count: (LatencyBuckets.count + 63) / 64)

  mutating func add(_ buckets: [UInt16]) {
    counts.withUnsafeMutableBufferPointer { counts in
      marks.withUnsafeMutableBufferPointer { marks in
        for bucket in buckets {
          counts[Int(bucket)] &+= 1
          marks[Int(bucket) >> 6] |= 1 << UInt64(bucket & 63)
        }
      }
    }
  }

  mutating func add(_ pairs: [(bucket: UInt16, count: UInt32)]) {
    counts.withUnsafeMutableBufferPointer { counts in
      marks.withUnsafeMutableBufferPointer { marks in
        for pair in pairs {
          counts[Int(pair.bucket)] &+= pair.count
          marks[Int(pair.bucket) >> 6] |= 1 << UInt64(pair.bucket & 63)
        }
      }
    }
  }

  /// Different buckets so far.
  var distinct: Int { marks.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// Calls `body` with each bucket and its count, ascending, and forgets them.
  mutating func drain(_ body: (UInt16, UInt32) -> Void) {
    counts.withUnsafeMutableBufferPointer { counts in
      marks.withUnsafeMutableBufferPointer { marks in
        for word in marks.indices {
          var rest = marks[word]
          marks[word] = 0
          while rest != 0 {
            let bucket = word << 6 | rest.trailingZeroBitCount
            rest &= rest &- 1
            body(UInt16(truncatingIfNeeded: bucket), counts[bucket])
            counts[bucket] = 0
          }
        }
      }
    }
  }
}
