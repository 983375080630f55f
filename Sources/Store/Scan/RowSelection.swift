internal import Traffic

/// The rows of a segment that passed so far, by index; all of them until a test ran.
@safe
struct RowSelection: ~Copyable {
  let indexes: UnsafeMutablePointer<UInt32>
  private(set) var count = 0
  private(set) var isAll = true

  init(capacity: Int) { indexes = .allocate(capacity: max(capacity, 1)) }
  deinit { indexes.deallocate() }

  mutating func selectAll(_ rows: Int) {
    count = rows
    isAll = true
  }

  /// Keeps the rows for which `passes` is true of their value.
  @inline(__always)
  mutating func keep(_ values: UnsafePointer<Int64>, where passes: (Int64) -> Bool) {
    let indexes = indexes
    var kept = 0
    if isAll {
      for row in 0..<count {
        indexes[kept] = UInt32(truncatingIfNeeded: row)
        kept &+= passes(values[row]) ? 1 : 0
      }
      isAll = kept == count
    } else {
      for place in 0..<count {
        let row = indexes[place]
        indexes[kept] = row
        kept &+= passes(values[Int(row)]) ? 1 : 0
      }
    }
    count = kept
  }

  /// Keeps the rows whose value passes a rule.
  mutating func keep(_ values: UnsafePointer<Int64>, _ rule: RowTest.Rule) {
    switch rule {
    case .never: keep(values) { _ in false }
    case .differs(let other): keep(values) { $0 != .absent && $0 != other }
    case .within(let range):
      let low = range.lowerBound
      // One unsigned comparison for both ends.
      let width = UInt64(bitPattern: range.upperBound &- low)
      keep(values) { UInt64(bitPattern: $0 &- low) <= width }
    case .symbol(let set, let isNegated):
      keep(values) { $0 != .absent && set.contains($0) != isNegated }
    // Whoever has addresses matches their text.
    case .address: keep(values) { _ in false }
    }
  }
}
