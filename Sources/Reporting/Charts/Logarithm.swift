#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Logarithms to base ten that are whole at whole powers.
enum Logarithm {
  static func base10(_ value: Double) -> Double { log10(value) }

  /// 10ⁿ for n of 0 or more, exact up to 10²².
  static func powerOfTen(_ exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<max(0, min(exponent, 330)) { power *= 10 }
    return power
  }

  /// 10 to any power.
  static func exponential(_ exponent: Double) -> Double { pow(10, exponent) }
}
