/// A quantile in parts per million: 0.99 is 990,000. Never a floating-point number: 0.07 · 100 is not 7 there.
public struct Quantile: Hashable, Comparable, Sendable {
  /// 0…1,000,000.
  public let millionths: Int

  /// - Precondition: 0 ≤ `millionths` ≤ 1,000,000.
  public init(millionths: Int) {
    precondition((0...1_000_000).contains(millionths), "a quantile lies between 0 and 1")
    self.millionths = millionths
  }

  public static let minimum = Quantile(millionths: 0)
  public static let p50 = Quantile(millionths: 500_000)
  public static let p75 = Quantile(millionths: 750_000)
  public static let p90 = Quantile(millionths: 900_000)
  public static let p95 = Quantile(millionths: 950_000)
  public static let p99 = Quantile(millionths: 990_000)
  public static let p999 = Quantile(millionths: 999_000)
  public static let maximum = Quantile(millionths: 1_000_000)

  public static func < (a: Self, b: Self) -> Bool { a.millionths < b.millionths }

  /// The rank of the value that answers this quantile among `count`: nearest rank, from 1, in integers.
  /// - Precondition: `count` ≥ 1.
  public func rank(in count: Int) -> Int {
    precondition(count >= 1, "a quantile needs a value")
    let (high, low) = UInt64(millionths).multipliedFullWidth(by: UInt64(count))
    let (quotient, remainder) = UInt64(1_000_000).dividingFullWidth((high, low))
    return max(1, Int(quotient) + (remainder > 0 ? 1 : 0))
  }

  /// Fewest samples that this quantile may be printed from: ten in its thinner tail, so 1,000 for p99. The extremes
  /// need one.
  public var fewestSamples: Int {
    let tail = min(millionths, 1_000_000 - millionths)
    return tail == 0 ? 1 : (10_000_000 + tail - 1) / tail
  }

  /// Whether `count` samples are enough to print this quantile. Where not, say "n too small" or print
  /// `highest(in:of:)`.
  public func isSupported(by count: Int) -> Bool { count >= fewestSamples }

  /// The highest of some quantiles that `count` samples support.
  public static func highest(in candidates: [Quantile], supportedBy count: Int) -> Quantile? {
    candidates.filter { $0.isSupported(by: count) }.max()
  }
}

/// Ranks of the order statistics that enclose a quantile, whatever the distribution.
public struct ConfidenceRanks: Hashable, Sendable {
  /// Rank of the lower end; nil when even the smallest value is no bound.
  public let lower: Int?
  /// Rank of the upper end; nil when even the largest value is no bound: too few samples.
  public let upper: Int?

  /// The interval [x_(lower), x_(upper)] that holds the quantile with the given probability.
  ///
  /// lower = binomial quantile(α/2; n, q), upper = binomial quantile(1 − α/2; n, q) + 1. Assumes independent requests.
  /// - Complexity: O(√count).
  /// - Source: Conover, *Practical Nonparametric Statistics*, 3rd ed., §3.2.
  public init(_ quantile: Quantile, in count: Int, confidence: Double = 0.95) {
    guard count > 0, quantile.millionths > 0, quantile.millionths < 1_000_000 else {
      lower = count > 0 && quantile.millionths > 0 ? count : nil
      upper = count > 0 && quantile.millionths == 0 ? 1 : nil
      return
    }
    let distribution = BinomialTails(trials: count, probability: Double(quantile.millionths) / 1_000_000)
    let tail = (1 - confidence) / 2
    let low = distribution.quantile(tail)
    let high = distribution.quantile(1 - tail) + 1
    lower = low >= 1 ? low : nil
    upper = high <= count ? high : nil
  }
}

/// The binomial distribution around its mode, as far as a double can tell.
struct BinomialTails {
  let first: Int
  let weights: [Double]
  let total: Double

  init(trials: Int, probability: Double) {
    let odds = probability / (1 - probability)
    let mode = min(trials, Int(Double(trials + 1) * probability))
    // Weights relative to the mode's, outwards until they no longer count: no logarithms of factorials.
    var below: [Double] = []
    var weight = 1.0
    var successes = mode
    while successes > 0, weight > 1e-20 {
      weight *= Double(successes) / (Double(trials - successes + 1) * odds)
      successes -= 1
      below.append(weight)
    }
    first = successes
    var weights = Array(below.reversed())
    weight = 1
    successes = mode
    weights.append(1)
    while successes < trials, weight > 1e-20 {
      weight *= Double(trials - successes) * odds / Double(successes + 1)
      successes += 1
      weights.append(weight)
    }
    self.weights = weights
    total = weights.reduce(0, +)
  }

  /// Fewest successes that at least `share` of the probability does not exceed.
  func quantile(_ share: Double) -> Int {
    var sum = 0.0
    for (offset, weight) in weights.enumerated() {
      sum += weight
      if sum >= share * total { return first + offset }
    }
    return first + weights.count - 1
  }
}
