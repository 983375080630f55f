import Traffic

/// The durations of one batch, sorted by group (stable, counting sort), so that each group's are worked on in one run.
struct GroupedDurations: Sendable {
  private var groupOfRow: [Int32] = []
  private var starts: [Int] = []
  private var values: [Int64] = []

  /// Writes each row's group with the closure; −1 leaves the row out.
  @inline(__always)
  mutating func assign(rows: Int, groupOf: (Int) -> Int32) {
    if groupOfRow.count < rows { groupOfRow = [Int32](repeating: -1, count: rows) }
    groupOfRow.withUnsafeMutableBufferPointer { groups in
      for row in 0..<rows { groups[row] = groupOf(row) }
    }
  }

  /// Leaves out the rows that the closure turns down; it is told row and group.
  @inline(__always)
  mutating func filter(rows: Int, _ isKept: (Int, Int) -> Bool) {
    groupOfRow.withUnsafeMutableBufferPointer { groups in
      for row in 0..<rows where !isKept(row, Int(groups[row])) { groups[row] = -1 }
    }
  }

  mutating func gather(_ durations: UnsafeBufferPointer<Int64>, groups: Int) {
    starts = [Int](repeating: 0, count: groups + 1)
    if values.count < durations.count { values = [Int64](repeating: 0, count: durations.count) }
    groupOfRow.withUnsafeBufferPointer { groupOfRow in
      starts.withUnsafeMutableBufferPointer { starts in
        for row in durations.indices where groupOfRow[row] >= 0 { starts[Int(groupOfRow[row]) + 1] += 1 }
        for group in 0..<groups { starts[group + 1] += starts[group] }
        values.withUnsafeMutableBufferPointer { values in
          for row in durations.indices where groupOfRow[row] >= 0 {
            let group = Int(groupOfRow[row])
            values[starts[group]] = durations[row]
            starts[group] += 1  // now the end of the group's values so far
          }
        }
      }
    }
  }

  /// Calls `body` with each group that has values.
  func forEachGroup(_ body: (Int, UnsafeBufferPointer<Int64>) -> Void) {
    values.withUnsafeBufferPointer { values in
      var start = 0
      for group in 0..<(starts.count - 1) {
        let end = starts[group]
        if end > start { body(group, UnsafeBufferPointer(rebasing: values[start..<end])) }
        start = end
      }
    }
  }
}
