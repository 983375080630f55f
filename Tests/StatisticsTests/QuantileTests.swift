import Testing

@testable import Statistics

@Suite("Nearest rank") struct QuantileTests {
  @Test(
    "counts in integers",
    arguments: [
      (500_000, 10, 5), (900_000, 10, 9), (950_000, 10, 10), (70_000, 100, 7), (999_000, 10, 10), (1, 1, 1),
      (0, 5, 1), (1_000_000, 5, 5), (999_999, Int.max / 2, Int.max / 2 - 4_611_686_018_427),
    ])
  func rank(millionths: Int, count: Int, rank: Int) {
    #expect(Quantile(millionths: millionths).rank(in: count) == rank)
  }

  @Test("wants ten samples in the tail")
  func support() {
    #expect(Quantile.p99.fewestSamples == 1000)
    #expect(Quantile.p999.fewestSamples == 10_000)
    #expect(Quantile.p50.fewestSamples == 20)
    #expect(Quantile.maximum.fewestSamples == 1)
    #expect(!Quantile.p99.isSupported(by: 999))
    #expect(Quantile.p99.isSupported(by: 1000))
    #expect(Quantile.highest(in: [.p50, .p95, .p99, .p999], supportedBy: 1500) == .p99)
    #expect(Quantile.highest(in: [.p50, .p95], supportedBy: 3) == nil)
  }

  @Test(
    "is enclosed by the published order statistics",
    arguments: [
      (100, 500_000, 40, 61), (100, 950_000, 90, 100), (1000, 990_000, 983, 997), (1000, 999_000, 997, nil),
      (10_000, 990_000, 9880, 9920), (60, 990_000, 58, nil),
    ] as [(Int, Int, Int, Int?)])
  func confidence(count: Int, millionths: Int, lower: Int, upper: Int?) {
    let ranks = ConfidenceRanks(Quantile(millionths: millionths), in: count)
    #expect(ranks.lower == lower)
    #expect(ranks.upper == upper)
  }

  @Test("is enclosed for millions of samples, and at the edges")
  func extremeCounts() {
    let ranks = ConfidenceRanks(.p50, in: 4_000_000)
    #expect(ranks == ConfidenceRanks(.p50, in: 4_000_000))
    #expect(abs((ranks.lower ?? 0) - (2_000_000 - 1960)) <= 1)
    #expect(abs((ranks.upper ?? 0) - (2_000_000 + 1961)) <= 1)
    #expect(ConfidenceRanks(.p50, in: 0).lower == nil)
    #expect(ConfidenceRanks(.p50, in: 1).upper == nil)
    #expect(ConfidenceRanks(.maximum, in: 7).lower == 7)
    #expect(ConfidenceRanks(.minimum, in: 7).upper == 1)
  }

  @Test("Wilson's interval matches the published numbers")
  func wilson() throws {
    let few = try #require(ShareInterval(3, of: 1000))
    #expect(abs(few.lower - 0.0010208) < 5e-8)
    #expect(abs(few.upper - 0.0087832) < 5e-8)
    let none = try #require(ShareInterval(0, of: 300))
    #expect(none.lower == 0)
    #expect(abs(none.upper - 0.0126434) < 5e-8)
    #expect(ShareInterval(0, of: 0) == nil)
    #expect(ShareInterval(5, of: 5)?.upper == 1)
  }
}
