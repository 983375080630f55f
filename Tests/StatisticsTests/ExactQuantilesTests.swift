import Testing
import Traffic

@testable import Statistics

@Suite("Exact quantiles") struct ExactQuantilesTests {
  static let quantiles = [0, 1, 500_000, 900_000, 950_000, 990_000, 999_000, 1_000_000].map { Quantile(millionths: $0) }

  /// Both passes over the rows cut into pieces, each piece a fold of its own, merged in order.
  private func answers(_ keys: [Int64]?, _ values: [Int64], pieces: Int) throws -> [GroupQuantiles] {
    let empty = QuantileCounts(group: keys == nil ? nil : 0, value: 1)
    let counts = fold(empty, keys, values, pieces) { $0.absorb(keys: $1, values: $2) }
    let plan = try QuantilePlan(counts, quantiles: Self.quantiles)
    return try fold(QuantileSelection(plan), keys, values, pieces) { $0.absorb(keys: $1, values: $2) }.quantiles()
  }

  private func fold<Fold: TrafficFold>(
    _ empty: Fold, _ keys: [Int64]?, _ values: [Int64], _ pieces: Int,
    _ absorb: (inout Fold, UnsafeBufferPointer<Int64>?, UnsafeBufferPointer<Int64>) -> Void
  ) -> Fold {
    var whole = empty
    let length = values.count / pieces + 1
    for start in stride(from: 0, to: values.count, by: length) {
      let rows = start..<min(start + length, values.count)
      var piece = empty
      values.withUnsafeBufferPointer { values in
        let values = UnsafeBufferPointer(rebasing: values[rows])
        guard let keys else { return absorb(&piece, nil, values) }
        keys.withUnsafeBufferPointer { absorb(&piece, UnsafeBufferPointer(rebasing: $0[rows]), values) }
      }
      whole.merge(piece)
    }
    return whole
  }

  private func sortedAndPicked(_ keys: [Int64]?, _ values: [Int64]) -> [GroupQuantiles] {
    var groups: [Int64: [Int64]] = [:]
    for (row, value) in values.enumerated() where value != .absent {
      groups[keys?[row] ?? 0, default: []].append(max(0, value))
    }
    return groups.sorted { $0.key < $1.key }.map { key, values in
      let sorted = values.sorted()
      return GroupQuantiles(
        key: key, count: sorted.count, values: Self.quantiles.map { sorted[$0.rank(in: sorted.count) - 1] })
    }
  }

  @Test("equal sorting and picking, for any cut", arguments: DurationShape.allCases, [UInt64(1), 2, 3])
  func oracle(shape: DurationShape, seed: UInt64) throws {
    var values = shape.values(seed: seed)
    var random = SeededRandom(seed: seed)
    for row in values.indices where random.below(20) == 0 { values[row] = random.below(3) == 0 ? -4 : .absent }
    let keys: [Int64] = values.map { _ in
      [0, 1, 2, 77, 20_000, 3_000_000, 1 << 40, -9, .absent][min(random.below(9), random.below(9))]
    }
    for pieces in [1, 2, 7] {
      #expect(try answers(keys, values, pieces: pieces) == sortedAndPicked(keys, values))
      #expect(try answers(nil, values, pieces: pieces) == sortedAndPicked(nil, values))
    }
  }

  @Test("lie in the bucket that the sketch finds", arguments: DurationShape.allCases)
  func consistent(shape: DurationShape) throws {
    let values = shape.values(seed: 8).map { min($0, LatencyBuckets.overflowThreshold - 1) }
    var sketch = LatencySketch()
    values.withUnsafeBufferPointer { sketch.add(contentsOf: $0) }
    let answer = try #require(try answers(nil, values, pieces: 1).first)
    for (quantile, value) in zip(Self.quantiles, answer.values) {
      #expect(sketch.locate(rank: quantile.rank(in: values.count)).bucket == LatencyBuckets.index(of: value))
    }
  }

  @Test("hold for many groups with many repeated values")
  func manyGroups() throws {
    var random = SeededRandom(seed: 21)
    let keys = (0..<60_000).map { _ in Int64(random.below(700)) * 5 }
    let values = keys.map { key in Int64(random.below(40)) * 1000 + key * 100 }
    #expect(try answers(keys, values, pieces: 3) == sortedAndPicked(keys, values))
  }

  @Test("refuse two passes over different rows")
  func inconsistent() throws {
    let values = (0..<4000).map { Int64($0 * 37) }
    let counts = fold(QuantileCounts(group: nil, value: 0), nil, values, 1) { $0.absorb(keys: $1, values: $2) }
    let plan = try QuantilePlan(counts, quantiles: [.p99])
    for changed in [values.map { $0 * 2 }, Array(values.dropLast(2000)) + [1 << 45], Array(values.dropLast(100))] {
      let selection = fold(QuantileSelection(plan), nil, changed, 1) { $0.absorb(keys: $1, values: $2) }
      #expect(throws: InconsistentPasses.self) { try selection.quantiles() }
    }
  }

  @Test("refuse more groups than fit")
  func tooManyGroups() throws {
    let keys = (0..<100).map { Int64($0) }
    var counts = QuantileCounts(group: 0, value: 1, maximumGroups: 99)
    keys.withUnsafeBufferPointer { counts.absorb(keys: $0, values: $0) }
    #expect(throws: TooManyGroups(limit: 99)) { try QuantilePlan(counts, quantiles: [.p50]) }
  }

  @Test("pick any rank")
  func selection() {
    var random = SeededRandom(seed: 31)
    for _ in 0..<300 {
      let values = (0..<(1 + random.below(60))).map { _ in Int64(random.below(20)) }
      let sorted = values.sorted()
      for rank in 1...values.count { #expect(Selection.value(rank: rank, in: values) == sorted[rank - 1]) }
    }
  }
}
