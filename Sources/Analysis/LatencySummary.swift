public import Statistics
public import Traffic

/// A quantile that tables show.
public struct ReportedQuantile: Hashable, Sendable {
  /// JSON key and heading: `p999`, `p99.9`.
  public var key: String
  public var label: String
  public var quantile: Quantile

  public static let all: [ReportedQuantile] = [
    ReportedQuantile(key: "p50", label: "p50", quantile: .p50),
    ReportedQuantile(key: "p90", label: "p90", quantile: .p90),
    ReportedQuantile(key: "p95", label: "p95", quantile: .p95),
    ReportedQuantile(key: "p99", label: "p99", quantile: .p99),
    ReportedQuantile(key: "p999", label: "p99.9", quantile: .p999),
  ]

  /// Samples below which the tail holds fewer than ten, and the quantile is not shown.
  public var samplesNeeded: Int64 { Int64(quantile.fewestSamples) }
}

/// Percentiles of some durations by nearest rank.
public struct LatencySummary: Hashable, Sendable {
  public var samples: Int64
  /// One per `ReportedQuantile.all`; nil where the tail holds fewer than ten samples.
  public var quantiles: [Microseconds?]
  /// Always exact; nil without samples.
  public var maximum: Microseconds?
  /// Values of the data itself; otherwise each is within 0.4 % of one (`LatencyBuckets`).
  public var isExact: Bool

  public init(samples: Int64, quantiles: [Microseconds?], maximum: Microseconds?, isExact: Bool) {
    self.samples = samples
    self.quantiles = quantiles
    self.maximum = maximum
    self.isExact = isExact
  }

  /// From bucket counts: the bucket is exact, the place inside it is its middle, kept within minimum and maximum.
  init(_ sketch: LatencySketch) {
    samples = Int64(clamping: sketch.count)
    isExact = false
    maximum = sketch.maximum.map { Microseconds($0) }
    quantiles = ReportedQuantile.all.map { reported in
      guard reported.quantile.isSupported(by: Int(clamping: sketch.count)) else { return nil }
      return sketch.quantile(reported.quantile).map { Microseconds($0) }
    }
  }
}

extension LatencySketch {
  /// Takes in cells of a cube.
  mutating func add(_ histograms: [LatencyHistogram]) { for histogram in histograms { add(histogram) } }
}
