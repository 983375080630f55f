import Scanning
import Traffic

extension ExactDecimal {
  /// A rate as a decimal number per `unit` µs; nil where it has no finite decimal form, such as 1 in 3 seconds.
  init?(_ rate: LimitRate, per unit: Int64 = 1_000_000) {
    let (total, overflow) = rate.count.multipliedReportingOverflow(by: unit)
    guard !overflow else { return nil }
    let shared = total.greatestCommonDivisor(with: rate.period)
    var (count, divisor, places) = (total / shared, rate.period / shared, 0)
    while divisor % 10 == 0 { (divisor, places) = (divisor / 10, places + 1) }
    while divisor > 1 {
      let factor: Int64 = divisor % 2 == 0 ? 5 : 2
      guard divisor % (10 / factor) == 0 else { return nil }
      let (grown, overflow) = count.multipliedReportingOverflow(by: factor)
      guard !overflow else { return nil }
      (count, divisor, places) = (grown, divisor / (10 / factor), places + 1)
    }
    self.init(digits: count, places: places)
  }

  /// So many per `period` µs, as a fraction whose decimals are reduced away: 2.5 per second is 5 in two seconds.
  /// nil for 0 and where a part leaves 64 bits.
  func rate(per period: Int64) -> LimitRate? {
    guard digits > 0 else { return nil }
    let shared = digits.greatestCommonDivisor(with: power)
    let (length, overflow) = period.multipliedReportingOverflow(by: power / shared)
    return overflow ? nil : LimitRate(digits / shared, per: length)
  }
}
