public import Traffic

/// First pass of exact quantiles: counts of values per group and LL7 bucket.
///
/// A fold over the columns of a scan; `plan` then says which buckets hold the wanted ranks. Windows of buckets grow
/// with the values: 4 bytes for each of the some 2,000 buckets between a millisecond and a minute, per group.
///
/// - Complexity: O(rows), about two nanoseconds per row.
public struct QuantileCounts: TrafficFold {
  /// Position of the group column among the scan's columns; nil for one group of all rows, with key 0.
  public let group: Int?
  /// Position of the value column.
  public let value: Int
  /// There are more groups than the limit: the counts are incomplete, and `QuantilePlan` refuses them.
  public private(set) var hasTooManyGroups = false

  private(set) var table: GroupTable
  private var counts: [UInt32] = []

  /// - Parameter maximumGroups: bound of the memory.
  public init(group: Int?, value: Int, maximumGroups: Int = 1 << 14) {
    self.group = group
    self.value = value
    table = GroupTable(maximumGroups: maximumGroups)
  }

  public mutating func absorb(_ batch: borrowing ColumnBatch) {
    absorb(keys: group.map { batch[$0] }, values: batch[value])
  }

  /// Counts values under their keys; absent values are left out, an absent key is a key, a negative value counts as 0.
  public mutating func absorb(keys: UnsafeBufferPointer<Int64>?, values: UnsafeBufferPointer<Int64>) {
    var row = 0
    while row < values.count, !hasTooManyGroups {
      row = countFitting(keys, values, from: row)
      guard row < values.count else { return }
      // This row's group or bucket is new.
      guard let number = table.claim(keys?[row] ?? 0) else {
        hasTooManyGroups = true
        return
      }
      makeRoom(number, for: LatencyBuckets.index(of: max(0, values[row])))
    }
  }

  private func fits(_ number: Int, _ bucket: Int) -> Bool {
    let group = table.groups[number]
    return bucket >= group.first && bucket < group.first + group.width
  }

  private mutating func makeRoom(_ number: Int, for bucket: Int) {
    guard !fits(number, bucket) else { return }
    let (old, new) = table.widen(number, for: bucket)
    counts.append(contentsOf: repeatElement(0, count: table.poolCount - counts.count))
    for cell in 0..<old.width {
      counts[new.offset + old.first - new.first + cell] = counts[old.offset + cell]
    }
  }

  /// Counts rows until one has no place yet; gives that row.
  private mutating func countFitting(
    _ keys: UnsafeBufferPointer<Int64>?, _ values: UnsafeBufferPointer<Int64>, from start: Int
  ) -> Int {
    let table = table
    return counts.withUnsafeMutableBufferPointer { counts in
      GroupWindows.forEach(keys, values, from: start, in: table) { cell, _ in counts[cell] &+= 1 }
    }
  }

  public mutating func merge(_ later: Self) {
    hasTooManyGroups = hasTooManyGroups || later.hasTooManyGroups
    for theirs in later.table.groups {
      let cells = later.counts[theirs.offset..<(theirs.offset + theirs.width)]
      guard let number = table.claim(theirs.key) else {
        hasTooManyGroups = true
        return
      }
      guard theirs.width > 0 else { continue }
      makeRoom(number, for: theirs.first)
      makeRoom(number, for: theirs.first + theirs.width - 1)
      let mine = table.groups[number]
      for (cell, count) in cells.enumerated() { counts[mine.offset + theirs.first - mine.first + cell] &+= count }
    }
  }

  /// Counts of a group's window, by bucket from `first` on.
  func window(_ number: Int) -> (first: Int, counts: ArraySlice<UInt32>) {
    let group = table.groups[number]
    return (group.first, counts[group.offset..<(group.offset + group.width)])
  }

  /// Keys in rising order with the numbers of their values.
  public var groups: [(key: Int64, count: Int)] {
    table.groups.indices.map { number in
      (table.groups[number].key, window(number).counts.reduce(0) { $0 + Int($1) })
    }.sorted { $0.key < $1.key }
  }
}

/// The inner loop of both passes.
enum GroupWindows {
  /// Calls `body` with the pool cell and the value of every row that has a place in its group's window, and stops at the
  /// first that has none; gives that row.
  @inline(__always)
  static func forEach(
    _ keys: UnsafeBufferPointer<Int64>?, _ values: UnsafeBufferPointer<Int64>, from start: Int, in table: GroupTable,
    _ body: (_ cell: Int, _ value: Int64) -> Void
  ) -> Int {
    table.groups.withUnsafeBufferPointer { groups in
      table.direct.withUnsafeBufferPointer { direct in
        for row in start..<values.count {
          let raw = values[row]
          if raw == .absent { continue }
          let key = keys.map { $0[row] } ?? 0
          let number: Int
          if UInt64(bitPattern: key) < UInt64(direct.count) {
            number = Int(direct[Int(key)])
          } else {
            number = table.find(key) ?? -1
          }
          guard number >= 0 else { return row }
          let value = max(0, raw)
          let slot = LatencyBuckets.index(of: value) &- groups[number].first
          guard slot >= 0, slot < groups[number].width else { return row }
          body(groups[number].offset &+ slot, value)
        }
        return values.count
      }
    }
  }
}
