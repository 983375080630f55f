internal import Traffic

/// Working memory of one cube fold, kept from batch to batch.
struct CubeScratch: Sendable {
  private var ids: [UInt32] = []
  private var derived: [Int64] = []

  mutating func reserve(_ rows: Int) {
    if derived.count < rows { derived = Array(repeating: 0, count: rows) }
  }

  /// One group number per row, all 0.
  mutating func takeIDs(_ rows: Int) -> [UInt32] {
    var taken = ids
    ids = []
    taken.removeAll(keepingCapacity: true)
    taken.append(contentsOf: repeatElement(0, count: rows))
    return taken
  }

  mutating func giveBack(_ taken: consuming [UInt32]) { ids = taken }

  /// Calls `body` with a dimension's value of every row.
  mutating func withValues(
    _ key: CubeFold.Key, _ batch: borrowing ColumnBatch, _ body: (UnsafePointer<Int64>) -> Void
  ) {
    switch key {
    case .value(let column): body(batch[column].baseAddress!)
    case .time(let column, let bucket):
      Self.number(batch[column], of: bucket, into: &derived)
      derived.withUnsafeBufferPointer { body($0.baseAddress!) }
    case .statusClass(let column):
      let status = batch[column]
      derived.withUnsafeMutableBufferPointer { derived in
        for row in 0..<status.count { derived[row] = Self.statusClass(status[row]) }
      }
      derived.withUnsafeBufferPointer { body($0.baseAddress!) }
    }
  }

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

/// The rows of a batch, group by group.
struct GroupRuns {
  /// Groups that occur, ascending, and where the rows of each start; one more start than groups.
  private(set) var groups: [Int] = []
  private(set) var starts: [Int] = []
  /// Where each row goes.
  private var places: [UInt32] = []

  init(_ ids: [UInt32], groups count: Int) {
    var counts = [UInt32](repeating: 0, count: count)
    counts.withUnsafeMutableBufferPointer { counts in
      for id in ids { counts[Int(id)] &+= 1 }
      var sum: UInt32 = 0
      for group in 0..<count where counts[group] > 0 {
        groups.append(group)
        starts.append(Int(sum))
        (counts[group], sum) = (sum, sum + counts[group])
      }
      starts.append(Int(sum))
      guard groups.count > 1 else { return }
      places = [UInt32](unsafeUninitializedCapacity: ids.count) { places, initialized in
        for (row, id) in ids.enumerated() {
          places[row] = counts[Int(id)]
          counts[Int(id)] &+= 1
        }
        initialized = ids.count
      }
    }
  }

  /// A column's values in the order of the groups.
  func sorted(_ values: UnsafeBufferPointer<Int64>) -> [Int64] {
    [Int64](unsafeUninitializedCapacity: values.count) { sorted, count in
      places.withUnsafeBufferPointer { places in
        for row in 0..<values.count { sorted[Int(places[row])] = values[row] }
      }
      count = values.count
    }
  }
}
