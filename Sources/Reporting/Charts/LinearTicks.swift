/// Round places on an even axis: steps of 1, 2 or 5 times a power of ten.
enum LinearTicks {
  /// The smallest round step that cuts `range` into at most `count` pieces; 1 where there is no range.
  static func step(_ range: Double, atMost count: Int) -> Double {
    guard range > 0, range.isFinite else { return 1 }
    let least = range / Double(max(1, count))
    var exponent = Int(Logarithm.base10(least).rounded(.down)) - 1
    while true {
      for mantissa in [1.0, 2, 5] {
        let step = scaled(mantissa, exponent)
        // A hair of tolerance, so that 1 in 5 pieces gives 0.2 and not 0.5.
        if step >= least * (1 - 1e-9) { return step }
      }
      exponent += 1
    }
  }

  /// All multiples of `step` from `low` to `high`, each computed by itself so that none drifts.
  static func multiples(of step: Double, from low: Double, to high: Double) -> [Double] {
    guard step > 0, low.isFinite, high.isFinite, low <= high else { return [] }
    let first = (low / step - 1e-9).rounded(.up)
    let last = (high / step + 1e-9).rounded(.down)
    guard last >= first, last - first < 1_000 else { return [] }
    return (0...Int(last - first)).map { exact((first + Double($0)) * step, step) }
  }

  static func ticks(from low: Double, to high: Double, atMost count: Int) -> [Double] {
    multiples(of: step(high - low, atMost: count), from: low, to: high)
  }

  /// 0.1 * 3 is not 0.3: fractions are divided by a whole power of ten instead.
  private static func exact(_ value: Double, _ step: Double) -> Double {
    guard step < 1, step > 1e-9 else { return value }
    let parts = (1 / step * 10).rounded()
    let scaled = (value * parts).rounded() / parts
    return scaled == 0 ? 0 : scaled
  }

  private static func scaled(_ mantissa: Double, _ exponent: Int) -> Double {
    exponent < 0 ? mantissa / Logarithm.powerOfTen(-exponent) : mantissa * Logarithm.powerOfTen(exponent)
  }
}
