internal import Traffic

/// Numbers the distinct keys of a cube 0, 1, 2 … in order of first appearance.
///
/// One level per dimension: a group of level n is a pair (group of level n − 1, value), so a key of any length
/// is found with one small look-up per dimension, and rows that repeat their neighbour's key with none.
struct GroupTable: Sendable {
  private(set) var levels: [Level]

  init(dimensions: Int) { levels = Array(repeating: Level(), count: dimensions) }

  /// Number of groups of all dimensions together; a table without dimensions has one group.
  var count: Int { levels.last?.count ?? 1 }

  /// Replaces each row's group of the level before by its group of `level`.
  mutating func group(_ rows: Int, _ ids: UnsafeMutablePointer<UInt32>, by values: UnsafePointer<Int64>, level: Int) {
    let parents = level == 0 ? 1 : levels[level - 1].count
    levels[level].group(rows, ids, by: values, parents: parents)
  }

  /// Takes in the groups of a table over later rows.
  /// - Returns: this table's number for each of the other's groups.
  mutating func merge(_ later: GroupTable) -> [UInt32] {
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

    /// Groups of all pairs of a parent and a value from `low` on, or absent, which comes first: `width` of each parent.
    /// Group number + 1; 0 is not known yet. Kept while values stay inside and pairs are few.
    private var known: [UInt32] = []
    private var low: Int64 = 0
    private var width = 0
    private var isWide = false

    private static let mostPairs = 1 << 16

    /// - Parameter parents: all ids are below it.
    mutating func group(
      _ rows: Int, _ ids: UnsafeMutablePointer<UInt32>, by values: UnsafePointer<Int64>, parents: Int
    ) {
      var row = 0
      while row < rows {
        if width == 0, !isWide { widen(UnsafeBufferPointer(start: values + row, count: rows - row)) }
        guard !isWide, parents <= Self.mostPairs / width else {
          known = []
          return groupByHash(rows - row, ids + row, by: values + row)
        }
        if known.count < parents * width {
          known.append(contentsOf: repeatElement(0, count: parents * width - known.count))
        }
        row = groupByPair(from: row, rows, ids, by: values)
        if row < rows { widen(UnsafeBufferPointer(start: values + row, count: rows - row)) }
      }
    }

    /// Makes room for more values.
    private mutating func widen(_ values: UnsafeBufferPointer<Int64>) {
      var (least, most) = width > 1 ? (low, low &+ Int64(width) &- 2) : (Int64.max, Int64.absent)
      for value in values where value != .absent {
        least = min(least, value)
        most = max(most, value)
      }
      known = []
      let (span, overflow) = most.subtractingReportingOverflow(least)
      if most == .absent {
        (low, width) = (0, 1)
      } else if overflow || span > Int64(Self.mostPairs) {
        isWide = true
      } else {
        (low, width) = (least, Int(span) + 2)
      }
    }

    /// Groups rows until one has a value outside the table, and returns that row.
    private mutating func groupByPair(
      from start: Int, _ rows: Int, _ ids: UnsafeMutablePointer<UInt32>, by values: UnsafePointer<Int64>
    ) -> Int {
      var table = known
      known = []
      defer { known = table }
      let (low, width) = (low, width)
      return table.withUnsafeMutableBufferPointer { table in
        for row in start..<rows {
          let value = values[row]
          let column = value == .absent ? 0 : UInt64(bitPattern: value &- low) &+ 1
          // A value right below `low` wraps to the place of absent.
          guard column < UInt64(width), column > 0 || value == .absent else { return row }
          let pair = Int(ids[row]) &* width &+ Int(truncatingIfNeeded: column)
          if table[pair] == 0 { table[pair] = find(ids[row], value) + 1 }
          ids[row] = table[pair] &- 1
        }
        return rows
      }
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
