/// Working memory of one encoder, kept from column to column.
@safe
struct EncodingScratch: ~Copyable {
  /// One row of values per nesting level, and one of codes for the innermost.
  private var levels: [UnsafeMutableBufferPointer<Int64>] = []
  private var leaf = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: 0)
  private var variables = UnsafeMutableBufferPointer<Int64>.allocate(capacity: 0)
  var distinct = DistinctValues()
  var prefix = PrefixCodeBuilder()
  /// What the last estimate of `PrefixEncoding` found, as long as `codes` and `prefix` still hold its work.
  var plan: PrefixPlan?
  /// The smallest estimate so far for the values at hand.
  var bestBits = Int.max

  deinit {
    for level in levels { level.deallocate() }
    leaf.deallocate()
    variables.deallocate()
  }

  /// The buffer of path variables grouped by template.
  mutating func slots(count: Int) -> UnsafeMutablePointer<Int64> {
    if variables.count < max(count, 1) {
      variables.deallocate()
      variables = .allocate(capacity: max(count, 1))
    }
    return variables.baseAddress!
  }

  /// A buffer that only the encoding at `level` writes.
  mutating func values(level: Int, count: Int) -> UnsafeMutablePointer<Int64> {
    while levels.count <= level { levels.append(.allocate(capacity: 0)) }
    if levels[level].count < max(count, 1) {
      levels[level].deallocate()
      levels[level] = .allocate(capacity: max(count, 1))
    }
    return levels[level].baseAddress!
  }

  /// The plan of the estimate made just before; gone afterwards.
  mutating func takePlan() -> PrefixPlan? {
    defer { plan = nil }
    return plan
  }

  /// Forgets what belongs to values encoded earlier.
  mutating func beginValues() {
    plan = nil
    bestBits = .max
    distinct.isCurrent = false
  }

  /// The buffer of codes of the flat encodings.
  mutating func codes(count: Int) -> UnsafeMutablePointer<UInt64> {
    if leaf.count < max(count, 1) {
      leaf.deallocate()
      leaf = .allocate(capacity: max(count, 1))
    }
    return leaf.baseAddress!
  }
}

/// Working memory of a decoder, freed when it goes out of scope.
@safe
struct DecodingScratch: ~Copyable {
  let values: UnsafeMutableBufferPointer<Int64>
  init(count: Int) { values = .allocate(capacity: max(count, 1)) }
  deinit { values.deallocate() }
  func part(_ start: Int, _ count: Int) -> UnsafeMutableBufferPointer<Int64> {
    UnsafeMutableBufferPointer(rebasing: values[start..<(start + count)])
  }
}
