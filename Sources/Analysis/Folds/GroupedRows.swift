import Traffic

/// The rows of one batch by group, and the values of a column sorted by group (stable, counting sort), so that each
/// group's are worked on in one run.
///
/// Without branches on single rows: neighbours are of different groups, so that one would be mispredicted row after row.
struct GroupedRows: Sendable {
  /// Number of each row's group.
  private var groupOfRow: [UInt32] = []
  private var rows = 0
  /// The group of all rows, where the columns that tell groups apart say the same in all of them.
  private var single: UInt32?
  private var ends: [Int] = []
  /// Of the last column that was gathered; those of rows that were left out come last, if they are there.
  private(set) var values: [Int64] = []

  private static let leftOut = UInt32.max

  /// Groups rows by the keys of a table, one column per dimension.
  mutating func assign(rows: Int, in table: inout GroupTable, by columns: [UnsafeBufferPointer<Int64>]) {
    makeRoom(rows)
    guard rows > 0 else { return }
    let isSingle = columns.allSatisfy(Self.isUniform)
    groupOfRow.withUnsafeMutableBufferPointer { groups in
      guard let ids = groups.baseAddress else { return }
      ids.update(repeating: 0, count: rows)
      for (level, column) in columns.enumerated() {
        guard let values = column.baseAddress else { return }
        table.group(isSingle ? 1 : rows, ids, by: values, level: level)
      }
      if isSingle { ids.update(repeating: groups[0], count: rows) }
    }
    if isSingle { single = groupOfRow[0] }
  }

  /// Writes each row's group with the closure; nil leaves the row out.
  @inline(__always)
  mutating func assign(rows: Int, groupOf: (Int) -> UInt32?) {
    makeRoom(rows)
    groupOfRow.withUnsafeMutableBufferPointer { groups in
      for row in 0..<rows { groups[row] = groupOf(row) ?? Self.leftOut }
    }
  }

  private mutating func makeRoom(_ rows: Int) {
    if groupOfRow.count < rows { groupOfRow = [UInt32](repeating: Self.leftOut, count: rows) }
    self.rows = rows
    single = nil
  }

  private static func isUniform(_ column: UnsafeBufferPointer<Int64>) -> Bool {
    column.allSatisfy { $0 == column[0] }
  }

  /// Calls the closure with each row and its group.
  @inline(__always)
  func forEachRow(_ body: (Int, Int) -> Void) {
    groupOfRow.withUnsafeBufferPointer { groups in
      for row in 0..<rows { body(row, Int(groups[row])) }
    }
  }

  /// Leaves out the rows that the closure turns down; it is told row and group.
  @inline(__always)
  mutating func filter(_ isKept: (Int, Int) -> Bool) {
    groupOfRow.withUnsafeMutableBufferPointer { groups in
      for row in 0..<rows {
        let group = groups[row]
        groups[row] = isKept(row, Int(group)) ? group : Self.leftOut
      }
    }
  }

  /// Sorts a column's values by group.
  /// - Parameter groups: values of groups from this one on come last and are not handed out.
  mutating func gather(_ column: UnsafeBufferPointer<Int64>, groups: Int) {
    ends.removeAll(keepingCapacity: true)
    ends.append(contentsOf: repeatElement(0, count: groups + 1))
    // A new array each time: who keeps the values of one batch keeps them without a copy.
    values = [Int64](unsafeUninitializedCapacity: rows) { values, count in
      count = groupOfRow.withUnsafeBufferPointer { groupOfRow in
        ends.withUnsafeMutableBufferPointer { ends in
          if let single, single < groups { return Self.keep(column, single, groupOfRow, rows, into: values, &ends) }
          Self.sort(column, groupOfRow, rows, into: values, &ends)
          return rows
        }
      }
    }
  }

  /// Rows of one group need no sorting.
  /// - Returns: how many were kept.
  private static func keep(
    _ column: UnsafeBufferPointer<Int64>, _ single: UInt32, _ groupOfRow: UnsafeBufferPointer<UInt32>, _ rows: Int,
    into values: UnsafeMutableBufferPointer<Int64>, _ ends: inout UnsafeMutableBufferPointer<Int>
  ) -> Int {
    var kept = 0
    for row in 0..<rows {
      values[kept] = column[row]
      kept &+= groupOfRow[row] == single ? 1 : 0
    }
    for group in Int(single)..<ends.count { ends[group] = kept }
    return kept
  }

  /// Rows that were left out are sorted behind the last group, as are those of groups that are not asked for.
  private static func sort(
    _ column: UnsafeBufferPointer<Int64>, _ groupOfRow: UnsafeBufferPointer<UInt32>, _ rows: Int,
    into values: UnsafeMutableBufferPointer<Int64>, _ ends: inout UnsafeMutableBufferPointer<Int>
  ) {
    let behind = UInt32(ends.count - 1)
    for row in 0..<rows { ends[Int(min(groupOfRow[row], behind))] &+= 1 }
    var start = 0
    for group in ends.indices { (ends[group], start) = (start, start + ends[group]) }
    for row in 0..<rows {
      let group = Int(min(groupOfRow[row], behind))
      values[ends[group]] = column[row]
      ends[group] &+= 1
    }
  }

  /// Calls `body` with each group that has values.
  func forEachGroup(_ body: (Int, UnsafeBufferPointer<Int64>) -> Void) {
    values.withUnsafeBufferPointer { values in
      var start = 0
      for (group, end) in ends.dropLast().enumerated() {
        if end > start { body(group, UnsafeBufferPointer(rebasing: values[start..<end])) }
        start = end
      }
    }
  }
}
