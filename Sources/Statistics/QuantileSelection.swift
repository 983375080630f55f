public import Traffic

/// Second pass of exact quantiles: gathers the values of the wanted buckets, then picks by rank.
///
/// - Complexity: O(rows), about two nanoseconds per row; memory for the values of wanted buckets, or for a counter per
///   possible value where that is less.
public struct QuantileSelection: TrafficFold {
  private let plan: QuantilePlan
  /// Values of each candidate bucket that is not counted.
  private var gathered: [[Int64]]
  /// Counters of all counted candidates, one after another.
  private var counters: [UInt32]
  private let firstCounter: [Int]
  /// Rows that the first pass cannot have seen.
  private var strays = 0

  public init(_ plan: QuantilePlan) {
    self.plan = plan
    gathered = Array(repeating: [], count: plan.candidates.count)
    var next = 0
    firstCounter = plan.candidates.map { candidate in
      guard candidate.isCounted else { return -1 }
      defer { next += Int(candidate.width) }
      return next
    }
    counters = Array(repeating: 0, count: next)
  }

  public mutating func absorb(_ batch: borrowing ColumnBatch) {
    absorb(keys: plan.group.map { batch[$0] }, values: batch[plan.value])
  }

  /// Takes in the same rows as the first pass, in any order.
  public mutating func absorb(keys: UnsafeBufferPointer<Int64>?, values: UnsafeBufferPointer<Int64>) {
    var row = 0
    while row < values.count {
      row = gather(keys, values, from: row)
      if row < values.count { strays += 1 }
      row += 1
    }
  }

  private mutating func gather(
    _ keys: UnsafeBufferPointer<Int64>?, _ values: UnsafeBufferPointer<Int64>, from start: Int
  ) -> Int {
    let plan = plan
    let firstCounter = firstCounter
    return plan.candidateOf.withUnsafeBufferPointer { candidateOf in
      counters.withUnsafeMutableBufferPointer { counters in
        GroupWindows.forEach(keys, values, from: start, in: plan.table) { cell, value in
          let candidate = Int(candidateOf[cell]) &- 1
          guard candidate >= 0 else { return }
          let first = firstCounter[candidate]
          if first >= 0 {
            counters[first &+ Int(value &- plan.candidates[candidate].low)] &+= 1
          } else if !plan.candidates[candidate].isSettled {
            gathered[candidate].append(value)
          }
        }
      }
    }
  }

  public mutating func merge(_ later: Self) {
    strays += later.strays
    for candidate in gathered.indices { gathered[candidate].append(contentsOf: later.gathered[candidate]) }
    for counter in counters.indices { counters[counter] &+= later.counters[counter] }
  }

  /// The exact quantiles, by rising key.
  /// - Throws: `InconsistentPasses` when the second pass saw other rows than the first: the column changed or is damaged.
  public func quantiles() throws(InconsistentPasses) -> [GroupQuantiles] {
    guard strays == 0 else { throw InconsistentPasses() }
    var answers: [GroupQuantiles] = []
    for group in plan.groups {
      var values: [Int64] = []
      for wanted in group.wanted { values.append(try value(wanted)) }
      answers.append(GroupQuantiles(key: group.key, count: group.count, values: values))
    }
    return answers
  }

  private func value(_ wanted: QuantilePlan.Wanted) throws(InconsistentPasses) -> Int64 {
    let candidate = plan.candidates[wanted.candidate]
    if candidate.isSettled { return candidate.low }
    let first = firstCounter[wanted.candidate]
    if first < 0 {
      guard gathered[wanted.candidate].count == candidate.count else { throw InconsistentPasses() }
      return Selection.value(rank: wanted.rank, in: gathered[wanted.candidate])
    }
    let cells = counters[first..<(first + Int(candidate.width))]
    guard cells.reduce(0, { $0 + Int($1) }) == candidate.count else { throw InconsistentPasses() }
    var before = 0
    for (offset, count) in cells.enumerated() {
      before += Int(count)
      if before >= wanted.rank { return candidate.low + Int64(offset) }
    }
    throw InconsistentPasses()
  }
}

/// The exact quantiles of one group.
public struct GroupQuantiles: Hashable, Sendable {
  public let key: Int64
  /// Values of the group; says which quantiles may be printed, see `Quantile.isSupported`.
  public let count: Int
  /// One per quantile asked for, in that order.
  public let values: [Int64]

  public init(key: Int64, count: Int, values: [Int64]) {
    self.key = key
    self.count = count
    self.values = values
  }
}

/// Two passes over one column disagree.
public struct InconsistentPasses: Error, Hashable, Sendable {
  public init() {}
}

/// Picks by rank without sorting.
enum Selection {
  /// The `rank`-th smallest value, from 1.
  /// - Complexity: O(count) on average.
  /// - Source: Hoare, *Algorithm 65: Find*, 1961, with the middle of three as pivot.
  static func value(rank: Int, in values: [Int64]) -> Int64 {
    precondition(rank >= 1 && rank <= values.count, "a rank counts the values")
    var values = values
    return values.withUnsafeMutableBufferPointer { cells in
      var low = 0
      var high = cells.count - 1
      while low < high {
        let middle = low + (high - low) / 2
        let pivot = max(min(cells[low], cells[high]), min(max(cells[low], cells[high]), cells[middle]))
        var left = low
        var right = high
        while left <= right {
          while cells[left] < pivot { left += 1 }
          while cells[right] > pivot { right -= 1 }
          if left <= right {
            cells.swapAt(left, right)
            left += 1
            right -= 1
          }
        }
        if rank - 1 <= right {
          high = right
        } else if rank - 1 >= left {
          low = left
        } else {
          return cells[rank - 1]
        }
      }
      return cells[rank - 1]
    }
  }
}
