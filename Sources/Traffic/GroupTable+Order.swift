extension GroupTable {
  /// The groups by increasing key.
  ///
  /// Level by level: groups of one level lie by their parent's place, then by their value, so that whole keys are never
  /// compared.
  package var order: [UInt32] {
    var order: [UInt32] = [0]
    for level in levels { order = level.order(under: order) }
    return order
  }

  /// The keys of some groups, one after the other: as many values for each as there are levels.
  package func keys(of groups: [UInt32]) -> [Int64] {
    let width = levels.count
    return [Int64](unsafeUninitializedCapacity: groups.count * width) { keys, count in
      var ids = groups
      for (column, level) in levels.enumerated().reversed() {
        level.values.withUnsafeBufferPointer { values in
          for (row, id) in ids.enumerated() { keys[row * width + column] = values[Int(id)] }
        }
        level.parents.withUnsafeBufferPointer { parents in
          for row in ids.indices { ids[row] = parents[Int(ids[row])] }
        }
      }
      count = groups.count * width
    }
  }

  /// One dimension after the other, its value of every group.
  package var columns: [[Int64]] { columns(of: Set(levels.indices)) }

  /// The same for some dimensions; empty in the others.
  package func columns(of wanted: Set<Int>) -> [[Int64]] {
    var columns = [[Int64]](repeating: [], count: levels.count)
    var ids = (0..<count).map { UInt32($0) }
    for level in levels.indices.reversed() where level >= wanted.min() ?? .max {
      if wanted.contains(level) {
        levels[level].values.withUnsafeBufferPointer { values in columns[level] = ids.map { values[Int($0)] } }
      }
      levels[level].parents.withUnsafeBufferPointer { parents in
        for row in ids.indices { ids[row] = parents[Int(ids[row])] }
      }
    }
    return columns
  }
}

extension GroupTable.Level {
  /// The groups of this level, each parent's together in the parents' order.
  fileprivate func order(under parents: [UInt32]) -> [UInt32] {
    var ends = firstPlaces(under: parents)
    let starts = ends
    return [UInt32](unsafeUninitializedCapacity: values.count) { order, count in
      for (group, parent) in self.parents.enumerated() {
        order[ends[Int(parent)]] = UInt32(group)
        ends[Int(parent)] += 1
      }
      values.withUnsafeBufferPointer { values in
        for parent in starts.indices where ends[parent] - starts[parent] > 1 {
          order[starts[parent]..<ends[parent]].sort { values[Int($0)] < values[Int($1)] }
        }
      }
      count = values.count
    }
  }

  /// Where the groups of each parent begin.
  private func firstPlaces(under parents: [UInt32]) -> [Int] {
    var counts = [Int](repeating: 0, count: parents.count)
    for parent in self.parents { counts[Int(parent)] += 1 }
    var next = 0
    for parent in parents { (counts[Int(parent)], next) = (next, next + counts[Int(parent)]) }
    return counts
  }
}
