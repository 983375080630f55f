/// Log-normal samples by table: 2^(m + s·z) in integers after one normal quantile.
///
/// `median` is in the unit of the result (µs or bytes); `spread` is the standard deviation in octaves:
/// with 1, one sample in six is more than twice the median.
struct LogNormal {
  private let logMedian: Double
  private let spread: Double

  init(median: Int, spread: Double) {
    logMedian = ExactMath.binaryLogarithm(Double(median))
    self.spread = spread
  }

  /// The sample that `uniform` stands for, `shift` octaves higher.
  @inline(__always)
  func value(at uniform: UInt32, shiftedBy shift: Double = 0) -> Int {
    PowersOfTwo.power(logMedian + spread * Quantiles.normal.value(at: uniform) + shift)
  }
}

/// 2ˣ as an integer; x is held within 0…40.
enum PowersOfTwo {
  private static let steps = 1024

  /// 2^(i/1024) · 2²⁰, from ten square roots of two.
  private static let fractions: [Int] = {
    let step = (0..<10).reduce(2.0) { root, _ in root.squareRoot() }
    var value = 0x1p20
    return (0..<steps).map { _ in
      defer { value *= step }
      return Int(value)
    }
  }()

  @inline(__always)
  static func power(_ exponent: Double) -> Int {
    let scaled = Int(min(max(exponent, 0), 40) * Double(steps))
    return (fractions[scaled & (steps - 1)] &<< (scaled &>> 10)) &>> 20
  }
}
