import Traffic

/// Exact quantiles out of a sketch: the values inside the few buckets that hold the wanted ranks.
///
/// A sketch's counts are exact, so the bucket of a rank and the rank inside it are known; only the place in the bucket is
/// not. A second reading of the values, or a tape of them, collects those of the wanted buckets, and the answer is a
/// value of the data. A narrow bucket is counted value by value; a wide one (above 8 s) keeps its values. Merging is exact.
///
/// - Complexity: O(values), about two nanoseconds each; memory a counter per value of the wanted buckets.
public struct RankSelection: Sendable {
  private let quantiles: [Quantile]
  /// Where each quantile's value lies; nil for a quantile that the samples do not support.
  private let places: [(bucket: Int, rank: Int)?]
  /// By bucket: number of the wanted bucket plus one, 0 where nobody asked.
  private var wantedOf: [UInt8]
  private var wanted: [WantedBucket]

  /// - Parameters:
  ///   - sketch: of all values that will be collected.
  ///   - quantiles: those with fewer samples than `Quantile.isSupported` asks for are left out.
  public init(_ sketch: LatencySketch, _ quantiles: [Quantile]) {
    let count = Int(clamping: sketch.count)
    self.quantiles = quantiles
    places = quantiles.map { quantile in
      guard quantile.isSupported(by: count) else { return nil }
      let place = sketch.locate(rank: quantile.rank(in: count))
      return (place.bucket, place.rankInside)
    }
    wanted = Set(places.compactMap { $0?.bucket }).sorted().map { WantedBucket($0, samples: sketch[bucket: $0]) }
    wantedOf = [UInt8](repeating: 0, count: LatencyBuckets.count + 1)
    for (number, bucket) in wanted.enumerated() { wantedOf[bucket.bucket] = UInt8(number + 1) }
  }

  /// Takes in values, each 0 or more.
  public mutating func collect(_ values: UnsafeBufferPointer<Int64>) {
    guard !wanted.isEmpty else { return }
    wantedOf.withUnsafeBufferPointer { wantedOf in
      wanted.withUnsafeMutableBufferPointer { wanted in
        for value in values {
          let number = Int(wantedOf[min(LatencyBuckets.index(of: value), LatencyBuckets.count)])
          if number > 0 { wanted[number &- 1].collect(value) }
        }
      }
    }
  }

  public mutating func merge(_ later: Self) {
    for index in wanted.indices { wanted[index].merge(later.wanted[index]) }
  }

  /// The value of each quantile; nil where the samples are too few.
  /// - Throws: `InconsistentReadings` when other values were collected than the sketch had counted.
  public func values() throws(InconsistentReadings) -> [Int64?] {
    guard wanted.allSatisfy(\.isComplete) else { throw InconsistentReadings() }
    var values: [Int64?] = []
    for place in places {
      let bucket = place.flatMap { place in wanted.first { $0.bucket == place.bucket } }
      values.append(bucket.flatMap { $0.value(atRank: place?.rank ?? 0) })
    }
    return values
  }
}

/// The sketch and the values collected after it disagree: the data changed between two readings, or is damaged.
public struct InconsistentReadings: Error, Hashable, Sendable {
  public init() {}
}

/// One bucket whose values are told apart.
private struct WantedBucket: Sendable {
  let bucket: Int
  private let low: Int64
  /// How many values the sketch has in it.
  private let samples: UInt64
  private var found: UInt64 = 0
  /// Per value from `low`; empty where the bucket is too wide.
  private var counts: [UInt32]
  private var values: [Int64] = []

  init(_ bucket: Int, samples: UInt64) {
    self.bucket = bucket
    self.samples = samples
    guard bucket < LatencyBuckets.count else {
      (low, counts) = (LatencyBuckets.overflowThreshold, [])
      return
    }
    let bounds = LatencyBuckets.bounds(of: bucket)
    low = bounds.low
    counts = bounds.width <= 65_536 ? [UInt32](repeating: 0, count: Int(bounds.width)) : []
  }

  var isComplete: Bool { found == samples }

  mutating func collect(_ value: Int64) {
    found &+= 1
    if counts.isEmpty { values.append(value) } else { counts[Int(value &- low)] &+= 1 }
  }

  mutating func merge(_ later: Self) {
    found &+= later.found
    for index in counts.indices { counts[index] &+= later.counts[index] }
    values += later.values
  }

  /// The `rank`-th smallest value, from 1.
  func value(atRank rank: Int) -> Int64? {
    guard !counts.isEmpty else { return values.sorted()[rank - 1] }
    var below = 0
    for (offset, count) in counts.enumerated() {
      below += Int(count)
      if below >= rank { return low + Int64(offset) }
    }
    return nil
  }
}
