import Traffic

/// Differences and products that stop at the ends of the range, so that no time and no parameter traps.
extension Int64 {
  @inline(__always)
  func clampedDifference(_ other: Int64) -> Int64 {
    let (difference, overflows) = subtractingReportingOverflow(other)
    return overflows ? (other < 0 ? .max : .min) : difference
  }

  @inline(__always)
  func clampedProduct(_ other: Int64) -> Int64 {
    let (product, overflows) = multipliedReportingOverflow(by: other)
    return overflows ? ((self < 0) == (other < 0) ? .max : .min) : product
  }

  /// Whole milliseconds of a time in µs, the clock of nginx, APISIX and HAProxy.
  @inline(__always)
  var flooredMilliseconds: Int64 { flooredQuotient(by: 1_000) }

  /// A number without its fraction, or the nearest end of the range; 0 for what is not a number.
  init(clamping number: Double) {
    // 2⁶³ itself is a Double and already too large.
    if number >= 0x1p63 { self = .max } else if number <= -0x1p63 { self = .min } else {
      self = number.isNaN ? 0 : Int64(number)
    }
  }
}
