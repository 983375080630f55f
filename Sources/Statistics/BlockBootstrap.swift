internal import Glibc  // links erfc and the square root

/// How far a statistic of a time series may be off, when neighbouring observations depend on each other.
///
/// The series is cut into blocks of time, long enough that blocks hardly depend on each other; a resample draws as many
/// blocks as there are, with replacement. The middle 95 % of the statistic over the resamples is its interval, widened
/// for the number of blocks. Draws are hashes of (seed, resample, place): the same on every machine, in any order.
///
/// - Source: Künsch, *The Jackknife and the Bootstrap for General Stationary Observations*, Annals of Statistics 17, 1989;
///   the widening is the expanded percentile interval of Hesterberg, *What Teachers Should Know about the Bootstrap*,
///   American Statistician 69, 2015, §4.
public struct BlockBootstrap: Sendable {
  /// Enough that the ends of a 95 % interval rest on five resamples or more each.
  public static let usualResamples = 400
  /// Fewer blocks say too little about how they differ.
  public static let fewestBlocks = 8

  public let blocks: Int
  public let resamples: Int
  /// How often each block was drawn: `resamples` rows of `blocks`.
  private let draws: [Double]

  /// - Precondition: one block and one resample at least.
  public init(blocks: Int, seed: UInt64, resamples: Int = usualResamples) {
    precondition(blocks > 0, "there is a block to draw")
    precondition(resamples > 0, "there is a resample")
    self.blocks = blocks
    self.resamples = resamples
    var draws = [Double](repeating: 0, count: blocks * resamples)
    for resample in 0..<resamples {
      for place in 0..<blocks {
        let bits = Self.mix(Self.mix(seed &+ Self.increment &* UInt64(resample + 1)) &+ Self.increment &* UInt64(place + 1))
        draws[resample * blocks + Int(bits.multipliedFullWidth(by: UInt64(blocks)).high)] += 1
      }
    }
    self.draws = draws
  }

  /// How often each block counts in a resample.
  public func weights(of resample: Int) -> ArraySlice<Double> {
    draws[resample * blocks..<(resample + 1) * blocks]
  }

  /// The 95 % interval of a statistic from its values over the resamples; nil where one in twenty or more had none.
  public func interval(of values: [Double?]) -> ClosedRange<Double>? {
    let known = values.compactMap(\.self).filter { !$0.isNaN }.sorted()
    guard !known.isEmpty, known.count * 20 > values.count * 19 else { return nil }
    let rank = max(1, Int((Double(known.count) * Self.tail(blocks: blocks)).rounded(.down)))
    return known[rank - 1]...known[known.count - rank]
  }

  /// Share of resamples beyond each end: less than 2.5 % where the blocks are few, as Student's t is wider than the
  /// normal distribution.
  static func tail(blocks: Int) -> Double {
    guard blocks > 2 else { return 0 }
    let freedom = Double(blocks - 1)
    let z = 1.959963984540054
    let (cube, fifth) = (z * z * z, z * z * z * z * z)
    // Cornish–Fisher, to the second order.
    let t = z + (cube + z) / (4 * freedom) + (5 * fifth + 16 * cube + 3 * z) / (96 * freedom * freedom)
    return erfc((Double(blocks) / freedom).squareRoot() * t / 2.squareRoot()) / 2
  }

  private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// The finaliser of SplitMix64.
  private static func mix(_ word: UInt64) -> UInt64 {
    var mixed = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
