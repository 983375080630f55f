internal import Traffic

/// Which rows belong to some sets of keys. Columns: arrival, the key's, and source and line where rows are dropped.
struct RowChoice: Sendable {
  let parts: Int
  let sets: Range<Int>
  /// Sets inside the range that do not belong to it.
  let excluded: Set<Int>
  let drops: RowPredicate?

  /// The key of a row; nil where the row is not chosen.
  @inline(__always)
  func key(of row: Int, in batch: borrowing ColumnBatch) -> GroupKey? {
    let key = GroupKey(first: parts > 0 ? batch[1][row] : 0, second: parts > 1 ? batch[2][row] : 0)
    guard key.first != .absent, key.second != .absent else { return nil }
    if sets.count < ArrivalCensus.keySets || !excluded.isEmpty {
      let set = ArrivalCensus.keySet(key)
      guard sets.contains(set), excluded.isEmpty || !excluded.contains(set) else { return nil }
    }
    if let drops, drops(batch[1 + parts][row], batch[2 + parts][row]) { return nil }
    return key
  }
}

/// Gathers chosen rows in order of arrival.
struct ArrivalFold: TrafficFold {
  let choice: RowChoice
  /// As many as are expected.
  let rows: Int
  var table = KeyTable()
  var keyOfRow: [Int32] = []
  var arrivals: [Int64] = []

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    if arrivals.isEmpty {
      arrivals.reserveCapacity(rows)
      keyOfRow.reserveCapacity(rows)
    }
    let times = batch[0]
    for row in 0..<batch.rows {
      guard let key = choice.key(of: row, in: batch) else { continue }
      keyOfRow.append(Int32(truncatingIfNeeded: table.index(of: key)))
      arrivals.append(times[row])
    }
  }

  mutating func merge(_ later: Self) {
    precondition(later.arrivals.isEmpty, "a scan in arrival order has one fold")
  }
}

/// Time cut into slices of equally many whole seconds, at most 65,536 of them.
struct TimeSlices: Sendable {
  static let most: Int64 = 65_536
  let start: Int64
  let length: Int64
  let count: Int

  init(first: Int64, last: Int64) {
    start = first.flooredMultiple(of: 1_000_000)
    let (span, isTooLong) = last.subtractingReportingOverflow(start)
    // Time stamps as far apart as Int64 goes are hostile: one slice.
    guard !isTooLong, span >= 0, span < 1 << 62 else {
      (length, count) = (1 << 61, 4)
      return
    }
    length = (span / 1_000_000 / Self.most + 1) * 1_000_000
    count = Int(span / length) + 1
  }

  func slice(of arrival: Int64) -> Int { min(max(0, Int((arrival &- start) / length)), count - 1) }

  /// Stretches of slices with at most `budget` rows each, unless one slice alone has more; those without rows are
  /// joined to their neighbours.
  func pieces(_ rows: [Int64], budget: Int64) -> [(since: Timestamp, until: Timestamp)] {
    var cuts: [Int] = []
    var sum: Int64 = 0
    for (slice, count) in rows.enumerated() {
      if sum > 0, sum + count > budget {
        cuts.append(slice)
        sum = 0
      }
      sum += count
    }
    let edges = [0] + cuts + [rows.count]
    return zip(edges, edges.dropFirst()).map { (instant($0), instant($1)) }
  }

  private func instant(_ slice: Int) -> Timestamp { Timestamp(microseconds: start &+ Int64(slice) &* length) }
}

/// Counts chosen rows by slice of time.
struct SliceFold: TrafficFold {
  let choice: RowChoice
  let clock: TimeSlices
  var rows: [Int64]

  init(choice: RowChoice, clock: TimeSlices) {
    self.choice = choice
    self.clock = clock
    rows = [Int64](repeating: 0, count: clock.count)
  }

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let times = batch[0]
    for row in 0..<batch.rows where choice.key(of: row, in: batch) != nil { rows[clock.slice(of: times[row])] += 1 }
  }

  mutating func merge(_ later: Self) {
    for slice in rows.indices { rows[slice] += later.rows[slice] }
  }
}
