/// Division of whole numbers that are times or rates.
extension Int64 {
  /// The quotient rounded down, also below 0.
  /// - Parameter divisor: positive.
  @inlinable @inline(__always)
  public func flooredQuotient(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient &- 1 : quotient
  }

  /// What lies above the largest multiple of `divisor`: 0 ..< `divisor`, also below 0.
  /// - Parameter divisor: positive.
  @inlinable @inline(__always)
  public func flooredRemainder(by divisor: Int64) -> Int64 {
    let remainder = self % divisor
    return remainder < 0 ? remainder &+ divisor : remainder
  }

  /// The largest multiple of `length` that is not larger, also below 0.
  /// - Parameter length: positive.
  @inlinable @inline(__always)
  public func flooredMultiple(of length: Int64) -> Int64 { self &- flooredRemainder(by: length) }

  /// The sum, or the end of the range where it would not fit.
  @inlinable @inline(__always)
  public func clampedSum(_ other: Int64) -> Int64 {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? (other < 0 ? .min : .max) : sum
  }

  /// At least 1 unless both are 0; both at least 0.
  public func greatestCommonDivisor(with other: Int64) -> Int64 {
    var (a, b) = (self, other)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }
}
