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
    let window = table.windows[number]
    return bucket >= window.first && bucket < window.first + window.width
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
    for (key, theirs) in zip(later.table.keys, later.table.windows) {
      guard let number = table.claim(key) else {
        hasTooManyGroups = true
        return
      }
      guard theirs.width > 0 else { continue }
      makeRoom(number, for: theirs.first)
      makeRoom(number, for: theirs.first + theirs.width - 1)
      let mine = table.windows[number]
      for (cell, count) in later.counts[theirs.offset..<(theirs.offset + theirs.width)].enumerated() { counts[mine.offset + theirs.first - mine.first + cell] &+= count }
    }
  }

  /// Counts of a group's window, by bucket from `first` on.
  func window(_ number: Int) -> (first: Int, counts: ArraySlice<UInt32>) {
    let window = table.windows[number]
    return (window.first, counts[window.offset..<(window.offset + window.width)])
  }

  /// Keys in rising order with the numbers of their values.
  public var groups: [(key: Int64, count: Int)] {
    table.keys.indices.map { number in
      (table.keys[number], window(number).counts.reduce(0) { $0 + Int($1) })
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
    guard let keys else { return forEach(values, from: start, in: table, body) }
    return table.windows.withUnsafeBufferPointer { windows in
      table.direct.withUnsafeBufferPointer { direct in
        let reach = UInt64(direct.count)
        for row in start..<values.count {
          let raw = values[row]
          if raw == .absent { continue }
          let key = keys[row]
          let isDirect = UInt64(bitPattern: key) < reach
          let number = isDirect ? Int(direct[Int(truncatingIfNeeded: key)]) : table.find(key) ?? -1
          guard number >= 0 else { return row }
          let value = max(0, raw)
          let window = windows[number]
          let slot = LatencyBuckets.index(of: value) &- window.first
          guard UInt(bitPattern: slot) < UInt(bitPattern: window.width) else { return row }
          body(window.offset &+ slot, value)
        }
        return values.count
      }
    }
  }

  /// The same for one group of all rows.
  @inline(__always)
  private static func forEach(
    _ values: UnsafeBufferPointer<Int64>, from start: Int, in table: GroupTable,
    _ body: (_ cell: Int, _ value: Int64) -> Void
  ) -> Int {
    guard let number = table.find(0) else { return values.dropFirst(start).firstIndex { $0 != .absent } ?? values.count }
    let window = table.windows[number]
    for row in start..<values.count {
      let raw = values[row]
      if raw == .absent { continue }
      let value = max(0, raw)
      let slot = LatencyBuckets.index(of: value) &- window.first
      guard UInt(bitPattern: slot) < UInt(bitPattern: window.width) else { return row }
      body(window.offset &+ slot, value)
    }
    return values.count
  }
}
