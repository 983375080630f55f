import Testing
import Traffic

@testable import Statistics

private func sketch(_ values: [Int64]) -> LatencySketch {
  var sketch = LatencySketch()
  values.withUnsafeBufferPointer { sketch.add(contentsOf: $0) }
  return sketch
}

@Suite("The latency sketch") struct LatencySketchTests {
  static let vector: [Int64] = [120, 340, 980, 1500, 2200, 2300, 4100, 8800, 15_000, 73_000]
  static let bytes = hex("01070ab4ce0678a8ba040a7801b20101cb010146014e01060171018901016101a40201")
  static let quantiles = [1, 500_000, 900_000, 950_000, 990_000, 999_000].map { Quantile(millionths: $0) }

  @Test(
    "has the published buckets",
    arguments: [
      (0, 0, 0, 1, 0), (255, 255, 255, 1, 255), (256, 256, 256, 2, 256), (257, 256, 256, 2, 256),
      (258, 257, 258, 2, 258), (511, 383, 510, 2, 510), (512, 384, 512, 4, 513), (1000, 506, 1000, 4, 1001),
      (1234, 538, 1232, 8, 1235), (12_345, 960, 12_288, 64, 12_319), (100_000, 1347, 99_840, 512, 100_095),
      (999_999, 1780, 999_424, 4096, 1_001_471), (1_000_000, 1780, 999_424, 4096, 1_001_471),
      (30_000_000, 2404, 29_884_416, 131_072, 29_949_951), (60_000_000, 2532, 59_768_832, 262_144, 59_899_903),
      (86_400_000_000, 3872, 85_899_345_920, 536_870_912, 86_167_781_375),
    ] as [(Int64, Int, Int64, Int64, Int64)])
  func buckets(value: Int64, index: Int, low: Int64, width: Int64, representative: Int64) {
    #expect(LatencyBuckets.index(of: value) == index)
    #expect(LatencyBuckets.bounds(of: index) == (low, width))
    #expect(LatencyBuckets.representative(of: index) == representative)
  }

  @Test("has contiguous, rising buckets up to the overflow")
  func contiguous() {
    for value in Int64(1)...65_535 {
      let step = LatencyBuckets.index(of: value) - LatencyBuckets.index(of: value - 1)
      #expect(step == 0 || step == 1)
    }
    #expect(LatencyBuckets.index(of: (1 << 40) - 1) == 4351)
    #expect(LatencyBuckets.index(of: 1 << 40) == LatencyBuckets.count)
  }

  @Test("sums and quantiles match the published example")
  func example() {
    let example = sketch(Self.vector)
    #expect(example.sum == 108_340)
    #expect(example.sumOfSquares == 5_661_720_400)
    #expect(example.buckets.map(\.index) == [120, 298, 501, 571, 649, 655, 768, 905, 1002, 1294])
    #expect(example.quantile(.p50) == 2199)
    #expect(example.quantile(.p90) == 15_007)
    #expect(example.quantile(.p95) == 73_000)
    #expect(example.quantile(.p99) == 73_000)
  }

  @Test("serialises to the published bytes, whole or merged in either order")
  func published() throws {
    #expect(sketch(Self.vector).serialized == Self.bytes)
    let (first, second) = (sketch([120, 340, 980, 1500, 2200]), sketch([2300, 4100, 8800, 15_000, 73_000]))
    var forward = first
    forward.merge(second)
    var backward = second
    backward.merge(first)
    #expect(forward.serialized == Self.bytes)
    #expect(backward.serialized == Self.bytes)
    #expect(forward.sumOfSquares == 5_661_720_400)
    #expect(try LatencySketch(serialized: Self.bytes) == forward)
  }

  @Test("is within 2⁻⁸ of the exact quantile and in its bucket", arguments: DurationShape.allCases, [UInt64(1), 2, 3])
  func accuracy(shape: DurationShape, seed: UInt64) throws {
    let values = shape.values(seed: seed)
    let sorted = values.sorted()
    let sketch = sketch(values)
    for quantile in Self.quantiles {
      let exact = sorted[quantile.rank(in: values.count) - 1]
      let estimate = try #require(sketch.quantile(quantile))
      guard exact < LatencyBuckets.overflowThreshold else {
        #expect(estimate == LatencyBuckets.overflowThreshold || estimate == sorted.first || estimate == sorted.last)
        continue
      }
      #expect(LatencyBuckets.index(of: estimate) == LatencyBuckets.index(of: exact))
      #expect(abs(estimate - exact) * 256 < max(exact, 1))
      if exact <= 255 { #expect(estimate == exact) }
      #expect(sketch.locate(rank: quantile.rank(in: values.count)).bucket == LatencyBuckets.index(of: exact))
    }
  }

  @Test("is the same however the values are split", arguments: DurationShape.allCases, [UInt64(4), 5])
  func partitions(shape: DurationShape, seed: UInt64) {
    let values = shape.values(seed: seed)
    var random = SeededRandom(seed: seed + 100)
    var parts = [[Int64]](repeating: [], count: 5)
    for value in values { parts[random.below(5)].append(value) }
    var merged = LatencySketch()
    for part in parts.map(sketch) { merged.merge(part) }
    #expect(merged.serialized == sketch(values).serialized)
    #expect(merged.sumOfSquares == sketch(values).sumOfSquares)
  }

  @Test("comes back from its bytes and from a histogram", arguments: DurationShape.allCases, [UInt64(6), 7])
  func roundTrip(shape: DurationShape, seed: UInt64) throws {
    let original = sketch(shape.values(seed: seed))
    #expect(try LatencySketch(serialized: original.serialized) == original)
    #expect(LatencySketch(original.histogram) == original)
    #expect(LatencySketch(original.histogram).histogram == original.histogram)
    var merged = LatencySketch()
    merged.merge(original)
    #expect(merged == original)
  }

  @Test("leaves absent values out and counts negative ones as zero")
  func oddValues() throws {
    let odd = sketch([.absent, -5, 7, .absent])
    #expect(odd.count == 2)
    #expect(odd.minimum == 0)
    #expect(odd.sum == 7)
    let none = sketch([.absent])
    #expect(none.quantile(.p50) == nil)
    #expect(none.minimum == nil)
    #expect(try LatencySketch(serialized: none.serialized) == none)
  }

  @Test("adds squares up exactly, whatever the values", arguments: [UInt64(11), 12])
  func squares(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var values: [Int64] = [.max, .max, .absent, -5, 0, 1 << 40, .max]
    for _ in 0..<500 { values.append(Int64(bitPattern: random.next() >> 1) >> Int64(random.below(62))) }
    let squares = values.reduce(UInt128(0)) { sum, value in
      let value = UInt128(max(0, value).magnitude)
      return sum &+ value &* value
    }
    #expect(sketch(values).sumOfSquares == squares)
    var single = LatencySketch()
    for value in values { single.add(value) }
    #expect(single.sumOfSquares == squares)
    #expect(single == sketch(values))
  }

  @Test("counts values beyond twelve days as overflow")
  func overflow() {
    let long = sketch([5, 1 << 40, 1 << 50, 1 << 51, 1 << 52])
    #expect(long.overflow == 4)
    #expect(long.quantile(.p50) == LatencyBuckets.overflowThreshold)
    #expect(long.quantile(.maximum) == 1 << 52)
    #expect(long.histogram.overflow == 4)
  }

  @Test("refuses bytes that no sketch writes")
  func malformed() {
    func problem(_ bytes: [UInt8]) -> MalformedSketch.Problem? {
      do throws(MalformedSketch) {
        _ = try LatencySketch(serialized: bytes)
        return nil
      } catch {
        return error.problem
      }
    }
    #expect(problem([2, 7, 0, 0, 0, 0, 0]) == .version(2))
    #expect(problem([1, 8, 0, 0, 0, 0, 0]) == .precision(8))
    #expect(problem([1, 7, 2, 10, 5, 5, 2, 5, 1, 0, 1]) == .buckets)
    #expect(problem([1, 7, 2, 10, 5, 5, 1, 5, 1]) == .counts)
    #expect(problem([1, 7, 1, 5, 4, 5, 1, 5, 1]) == .extremes)
    #expect(problem([1, 7, 1, 5, 5, 6, 1, 5, 1]) == .extremes)
    #expect(problem([1, 7, 1, 5, 5, 5, 1, 5, 1, 0]) == .trailingBytes)
    #expect(problem([1, 7, 0x81, 0, 5, 5, 5, 1, 5, 1]) == .number)
    #expect(problem([1, 7, 1, 5, 5, 5, 1, 5, 1]) == nil)
    for length in Self.bytes.indices { #expect(problem(Array(Self.bytes.prefix(length))) == .truncated) }
    for position in Self.bytes.indices {
      for bit in 0..<8 {
        var damaged = Self.bytes
        damaged[position] ^= 1 << UInt8(bit)
        _ = problem(damaged)
      }
    }
  }
}
