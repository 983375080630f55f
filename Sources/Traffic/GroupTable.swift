/// Numbers the distinct keys of many rows 0, 1, 2 … in order of first appearance, batch by batch.
///
/// One level per dimension: a group of level n is a pair (group of level n − 1, value), so a key of any length
/// is found with one small look-up per dimension, and rows that repeat their neighbour's key with none.
package struct GroupTable: Sendable {
  fileprivate(set) var levels: [Level]

  package init(dimensions: Int) { levels = Array(repeating: Level(), count: dimensions) }

  /// Number of groups of all dimensions together; a table without dimensions has one group.
  package var count: Int { levels.last?.count ?? 1 }

  /// Replaces each row's group of the level before by its group of `level`.
  package mutating func group(
    _ rows: Int, _ ids: UnsafeMutablePointer<UInt32>, by values: UnsafePointer<Int64>, level: Int
  ) {
    let parents = level == 0 ? 1 : levels[level - 1].count
    levels[level].group(rows, ids, by: values, parents: parents)
  }

  /// Takes in the groups of a table over later rows.
  /// - Returns: this table's number for each of the other's groups.
  package mutating func merge(_ later: GroupTable) -> [UInt32] {
    var numbers: [UInt32] = [0]
    for level in levels.indices {
      let other = later.levels[level]
      numbers = other.values.indices.map { levels[level].find(numbers[Int(other.parents[$0])], other.values[$0]) }
    }
    return numbers
  }

  /// The pairs of one dimension, by open addressing.
  struct Level: Sendable {
    fileprivate(set) var parents: [UInt32] = []
    fileprivate(set) var values: [Int64] = []
    /// Group number + 1; 0 is free. A power of two of them, at most half used.
    private var slots = [UInt32](repeating: 0, count: 64)

    var count: Int { values.count }

    @inline(__always)
    private static func hash(_ parent: UInt32, _ value: Int64) -> Int {
      let mixed = (UInt64(bitPattern: value) ^ (UInt64(parent) &* 0x9E37_79B9_7F4A_7C15)) &* 0xD6E8_FEB8_6659_FD93
      return Int(truncatingIfNeeded: mixed ^ (mixed >> 32))
    }

    /// Numbers of values, from 1 on in order of first appearance, from `low` on; 0 is a value that was not met yet, which
    /// the last place stays for.
    private var numbers: [UInt16] = [0]
    private var low: Int64 = 0
    private var absent: UInt16 = 0
    private var met = 0
    /// Groups of all pairs of a parent and the number of a value, `stride` of each parent. Group number + 1; 0 is not known
    /// yet.
    private var pairs: [UInt32] = []
    private var stride = 8
    /// Values lie too far apart, or the pairs are too many.
    private var isHashed = false

    /// Twice as many numbers fit 16 bits.
    private static let longestSpan = 32_000
    private static let mostPairs = 1 << 18

    /// - Parameter parents: all ids are below it.
    mutating func group(
      _ rows: Int, _ ids: UnsafeMutablePointer<UInt32>, by values: UnsafePointer<Int64>, parents: Int
    ) {
      var row = 0
      while row < rows, makeRoom(parents) {
        row = groupKnownPairs(from: row, rows, ids, by: values)
        if row < rows { learn(ids[row], values[row], among: UnsafeBufferPointer(start: values + row, count: rows - row)) }
      }
      if row < rows { groupByHash(rows - row, ids + row, by: values + row) }
    }

    /// Groups rows until one has a value or a pair that was not met yet, and returns that row.
    ///
    /// Whatever is rare is done elsewhere, so that all that the loop needs stays in registers.
    private func groupKnownPairs(
      from start: Int, _ rows: Int, _ ids: UnsafeMutablePointer<UInt32>, by values: UnsafePointer<Int64>
    ) -> Int {
      let (low, absent, stride) = (low, UInt32(absent), UInt32(stride))
      let last = UInt64(numbers.count - 1)
      return numbers.withUnsafeBufferPointer { numbers in
        pairs.withUnsafeBufferPointer { pairs in
          for row in start..<rows {
            let value = values[row]
            let place = min(UInt64(bitPattern: value &- low), last)
            let number = value == .absent ? absent : UInt32(numbers[Int(truncatingIfNeeded: place)])
            // No pair has the number 0: its place in the table stays empty.
            let group = pairs[Int(truncatingIfNeeded: ids[row] &* stride &+ number)]
            if group == 0 { return row }
            ids[row] = group &- 1
          }
          return rows
        }
      }
    }

    /// Takes a value or a pair into the tables.
    private mutating func learn(_ parent: UInt32, _ value: Int64, among values: UnsafeBufferPointer<Int64>) {
      let place = min(UInt64(bitPattern: value &- low), UInt64(numbers.count - 1))
      let number = value == .absent ? absent : numbers[Int(place)]
      guard number > 0 else { return meet(value, among: values) }
      pairs[Int(parent) * stride + Int(number)] = find(parent, value) + 1
    }

    /// Makes the table large enough for so many parents and all numbers; false where it would be too large.
    private mutating func makeRoom(_ parents: Int) -> Bool {
      guard !isHashed else { return false }
      if met >= stride {
        while met >= stride { stride *= 2 }
        pairs = []
      }
      guard parents <= Self.mostPairs / stride else {
        (isHashed, numbers, pairs) = (true, [], [])
        return false
      }
      let missing = parents * stride - pairs.count
      if missing > 0 { pairs.append(contentsOf: repeatElement(0, count: missing)) }
      return true
    }

    /// Numbers a new value.
    /// - Parameter values: what comes next.
    private mutating func meet(_ value: Int64, among values: UnsafeBufferPointer<Int64>) {
      if value == .absent {
        met += 1
        absent = UInt16(met)
      } else if UInt64(bitPattern: value &- low) < UInt64(numbers.count - 1) || widen(values) {
        met += 1
        numbers[Int(value &- low)] = UInt16(met)
      }
    }

    /// Lets the numbers reach from the least to the largest value; false where those lie too far apart.
    /// - Parameter values: at least one is present.
    private mutating func widen(_ values: UnsafeBufferPointer<Int64>) -> Bool {
      var (least, most) = numbers.count > 1 ? (low, low + Int64(numbers.count) - 2) : (Int64.max, Int64.absent)
      for value in values where value != .absent {
        least = min(least, value)
        most = max(most, value)
      }
      let (span, overflow) = most.subtractingReportingOverflow(least)
      // Time goes on: room above spares doing this at every batch.
      let isBeyond = least.addingReportingOverflow(2 * Int64(Self.longestSpan)).overflow
      guard !overflow, span < Self.longestSpan, !isBeyond else {
        (isHashed, numbers, pairs) = (true, [], [])
        return false
      }
      var wider = [UInt16](repeating: 0, count: 2 * Int(span) + 2)
      for (place, number) in numbers.enumerated() where number > 0 { wider[place + Int(low - least)] = number }
      (numbers, low) = (wider, least)
      return true
    }

    private mutating func groupByHash(_ rows: Int, _ ids: UnsafeMutablePointer<UInt32>, by values: UnsafePointer<Int64>) {
      var row = 0
      while row < rows {
        row = groupKnown(from: row, rows, ids, by: values)
        if row < rows {
          ids[row] = find(ids[row], values[row])
          row += 1
        }
      }
    }

    /// Groups rows until one has a pair that is not in the table, and returns that row.
    private func groupKnown(
      from start: Int, _ rows: Int, _ ids: UnsafeMutablePointer<UInt32>, by rowValues: UnsafePointer<Int64>
    ) -> Int {
      slots.withUnsafeBufferPointer { slots in
        parents.withUnsafeBufferPointer { parents in
          values.withUnsafeBufferPointer { values in
            let mask = slots.count - 1
            var lastParent: UInt32 = 0
            var lastValue: Int64 = 0
            var lastGroup: UInt32 = .max
            for row in start..<rows {
              let parent = ids[row]
              let value = rowValues[row]
              if lastGroup != .max, value == lastValue, parent == lastParent {
                ids[row] = lastGroup
                continue
              }
              var slot = Self.hash(parent, value) & mask
              while true {
                let entry = slots[slot]
                guard entry != 0 else { return row }
                let group = Int(entry &- 1)
                if values[group] == value, parents[group] == parent { break }
                slot = (slot &+ 1) & mask
              }
              lastParent = parent
              lastValue = value
              lastGroup = slots[slot] &- 1
              ids[row] = lastGroup
            }
            return rows
          }
        }
      }
    }

    /// The group of a pair, known or new.
    mutating func find(_ parent: UInt32, _ value: Int64) -> UInt32 {
      var slot = Self.hash(parent, value) & (slots.count - 1)
      while slots[slot] != 0 {
        let group = Int(slots[slot] - 1)
        if values[group] == value, parents[group] == parent { return UInt32(group) }
        slot = (slot + 1) & (slots.count - 1)
      }
      parents.append(parent)
      values.append(value)
      slots[slot] = UInt32(values.count)
      if values.count * 2 > slots.count { grow() }
      return UInt32(values.count - 1)
    }

    private mutating func grow() {
      slots = Array(repeating: 0, count: slots.count * 4)
      for group in values.indices {
        var slot = Self.hash(parents[group], values[group]) & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = UInt32(group + 1)
      }
    }
  }
}
