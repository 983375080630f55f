/// Elementary functions from additions, multiplications, divisions and square roots alone.
///
/// IEEE 754 defines those four exactly, so a table built here has the same bits on every machine; `log`
/// and `exp` of a C library do not promise that. Used to build tables, never per line.
enum ExactMath {
  /// eˣ: Taylor series of x / 1024, squared ten times.
  static func exponential(_ x: Double) -> Double {
    let small = x / 1024
    var term = 1.0
    var sum = 1.0
    for degree in 1...12 {
      term = term * small / Double(degree)
      sum += term
    }
    for _ in 0..<10 { sum *= sum }
    return sum
  }

  /// log₂ x for x ≥ 1: the exponent by halving, the fraction bit by bit by squaring. Good to 2⁻³².
  static func binaryLogarithm(_ x: Double) -> Double {
    precondition(x >= 1, "tables ask for logarithms of whole units only")
    var mantissa = x
    var result = 0.0
    while mantissa >= 2 {
      mantissa /= 2
      result += 1
    }
    var bit = 0.5
    for _ in 0..<32 {
      mantissa *= mantissa
      if mantissa >= 2 {
        mantissa /= 2
        result += bit
      }
      bit /= 2
    }
    return result
  }

  static let binaryLogarithmOfE = 1.442_695_040_888_963_4
}
