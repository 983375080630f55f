import Statistics
import Testing
import Traffic

@Suite("Exact quantiles by sketch and selection") struct RankSelectionTests {
  static let quantiles: [Quantile] = [.minimum, .p50, .p90, .p95, .p99, .p999, .maximum]

  /// Shapes of durations that a gateway gives, and some that it should not.
  static func values(_ shape: Int, seed: UInt64, count: Int) -> [Int64] {
    var state = seed
    func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
      return z ^ z >> 31
    }
    return (0..<count).map { _ in
      switch shape {
      case 0: Int64(next() % 1_000_000)
      case 1: Int64(1) << Int64(next() % 41)  // up to the overflow
      case 2: next() % 2 == 0 ? 1000 : 30_000_000
      case 3: 0
      case 4: Int64(next() % 50) * 1000  // milliseconds in microseconds
      default: Int64(next() >> (next() % 60 + 2))
      }
    }
  }

  @Test("the same as sorting, for any cut of the values into parts", arguments: 0..<6, [UInt64(1), 2, 3])
  func equalsSorting(shape: Int, seed: UInt64) throws {
    for count in [1, 2, 19, 20, 999, 1000, 10_000] {
      let values = Self.values(shape, seed: seed, count: count)
      var sketch = LatencySketch()
      values.withUnsafeBufferPointer { sketch.add(contentsOf: $0) }
      var whole = RankSelection(sketch, Self.quantiles)
      var later = whole
      let middle = count / 3
      values.withUnsafeBufferPointer { whole.collect(UnsafeBufferPointer(rebasing: $0[0..<middle])) }
      values.withUnsafeBufferPointer { later.collect(UnsafeBufferPointer(rebasing: $0[middle...])) }
      whole.merge(later)
      let sorted = values.sorted()
      let expected = Self.quantiles.map { quantile in
        quantile.isSupported(by: count) ? sorted[quantile.rank(in: count) - 1] : nil
      }
      #expect(try whole.values() == expected, "shape \(shape), seed \(seed), \(count) values")
    }
  }

  @Test("values that the sketch never saw are noticed")
  func inconsistent() {
    let values: [Int64] = (0..<2000).map { $0 * 7 }
    var sketch = LatencySketch()
    values.withUnsafeBufferPointer { sketch.add(contentsOf: $0) }
    var selection = RankSelection(sketch, [.p50])
    values.dropLast(1500).withUnsafeBufferPointer { selection.collect($0) }
    #expect(throws: InconsistentReadings.self) { try selection.values() }
  }

  @Test("without samples there is no value") func empty() throws {
    #expect(try RankSelection(LatencySketch(), Self.quantiles).values().allSatisfy { $0 == nil })
  }
}
