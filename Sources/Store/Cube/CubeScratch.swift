internal import Traffic

/// Working memory of one cube fold, kept from batch to batch.
struct CubeScratch: Sendable {
  private var ids: [UInt32] = []
  /// Values of a dimension that no column holds.
  private var derived = [Int64](repeating: 0, count: rows)
  private var sorted: [Int64] = []
  private(set) var room = BucketCounts()

  /// Rows that are grouped at a time.
  static let rows = 4_096

  /// One group number per row, all 0.
  mutating func takeIDs(_ rows: Int) -> [UInt32] {
    var taken = ids
    ids = []
    taken.removeAll(keepingCapacity: true)
    taken.append(contentsOf: repeatElement(0, count: rows))
    return taken
  }

  mutating func giveBack(_ taken: consuming [UInt32]) { ids = taken }

  /// Calls `body` with a dimension's value of some rows, at most `CubeScratch.rows`.
  mutating func withValues(
    _ key: CubeFold.Key, _ batch: borrowing ColumnBatch, _ rows: Range<Int>, _ body: (UnsafePointer<Int64>) -> Void
  ) {
    switch key {
    case .value(let column): body(batch[column].baseAddress! + rows.lowerBound)
    case .time(let column, let bucket):
      Self.number(UnsafeBufferPointer(rebasing: batch[column][rows]), of: bucket, into: &derived)
      derived.withUnsafeBufferPointer { body($0.baseAddress!) }
    case .statusClass(let column):
      let status = UnsafeBufferPointer(rebasing: batch[column][rows])
      derived.withUnsafeMutableBufferPointer { derived in
        for row in 0..<status.count { derived[row] = Self.statusClass(status[row]) }
      }
      derived.withUnsafeBufferPointer { body($0.baseAddress!) }
    }
  }

  /// Calls `body` with a column's values in the order of the groups, and with room to count them in.
  mutating func withSorted(
    _ values: UnsafeBufferPointer<Int64>, _ ids: [UInt32], _ runs: GroupRuns,
    _ body: (UnsafeBufferPointer<Int64>, inout BucketCounts) -> Void
  ) {
    guard runs.groups.count > 1 else { return body(values, &room) }
    if sorted.count < values.count { sorted = Array(repeating: 0, count: values.count) }
    var places = runs.places
    sorted.withUnsafeMutableBufferPointer { sorted in
      places.withUnsafeMutableBufferPointer { places in
        for row in 0..<values.count {
          let id = Int(ids[row])
          sorted[Int(places[id])] = values[row]
          places[id] &+= 1
        }
      }
      body(UnsafeBufferPointer(rebasing: sorted[..<values.count]), &room)
    }
  }

  /// Calls `body` with room to count buckets in.
  mutating func withRoom(_ body: (inout BucketCounts) -> Void) { body(&room) }

  static func statusClass(_ status: Int64) -> Int64 { status >= 100 && status < 600 ? status / 100 : 0 }

  /// Numbers the buckets that times lie in; neighbours mostly share one, so the division is rare.
  private static func number(
    _ times: UnsafeBufferPointer<Int64>, of bucket: Int64, into output: inout [Int64]
  ) {
    output.withUnsafeMutableBufferPointer { output in
      var number: Int64 = 0
      var start: Int64 = 0
      var width: UInt64 = 0
      for row in 0..<times.count {
        let time = times[row]
        if UInt64(bitPattern: time &- start) >= width {
          number = time.flooredQuotient(by: bucket)
          start = number &* bucket
          width = UInt64(bucket)
        }
        output[row] = time == .absent ? .absent : number
      }
    }
  }
}
