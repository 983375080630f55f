/// A decimal number of at least 0, exactly as written: `digits × 10^−places`, without trailing zeros.
struct ExactDecimal: Hashable, Sendable {
  let digits: Int64
  /// 0…18.
  let places: Int

  /// `12`, `0.5`, `1e3`, `100.0`; nil for a sign, for anything else, and beyond 18 digits.
  init?(_ text: String) {
    let halves = text.lowercased().split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
    let parts = halves[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let figures = parts.joined()
    guard parts.allSatisfy({ !$0.isEmpty }), figures.utf8.count <= 40,
      figures.utf8.allSatisfy({ (48...57).contains($0) }), let digits = Int64(figures)
    else { return nil }
    var exponent = 0
    if halves.count == 2 {
      guard let power = Int(halves[1]), (-18...18).contains(power) else { return nil }
      exponent = power
    }
    self.init(digits: digits, places: (parts.count == 2 ? parts[1].utf8.count : 0) - exponent)
  }

  /// `digits × 10^−places`, normalised; nil where that leaves 64 bits.
  private init?(digits: Int64, places: Int) {
    var (digits, places) = (digits, digits == 0 ? 0 : places)
    while places > 0, digits % 10 == 0 { (digits, places) = (digits / 10, places - 1) }
    while places < 0 {
      let (shifted, overflow) = digits.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      (digits, places) = (shifted, places + 1)
    }
    guard places <= 18 else { return nil }
    self.digits = digits
    self.places = places
  }

  /// A rate as a decimal number per `unit` µs; nil where it has no finite decimal form, such as 1 in 3 seconds.
  init?(_ rate: LimitRate, per unit: Int64 = 1_000_000) {
    let (total, overflow) = rate.count.multipliedReportingOverflow(by: unit)
    guard !overflow else { return nil }
    let shared = Self.commonDivisor(total, rate.period)
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

  private var power: Int64 { (0..<places).reduce(1) { power, _ in power * 10 } }

  /// Without its decimals.
  var whole: Int64 { digits / power }

  /// The number times `factor` where that is a whole number of 64 bits.
  func scaled(by factor: Int64) -> Int64? {
    let shared = Self.commonDivisor(factor, power)
    guard digits % (power / shared) == 0 else { return nil }
    let (product, overflow) = (digits / (power / shared)).multipliedReportingOverflow(by: factor / shared)
    return overflow ? nil : product
  }

  /// So many per `period` µs, as a fraction whose decimals are reduced away: 2.5 per second is 5 in two seconds.
  /// nil for 0 and where a part leaves 64 bits.
  func rate(per period: Int64) -> LimitRate? {
    guard digits > 0 else { return nil }
    let shared = Self.commonDivisor(digits, power)
    let (length, overflow) = period.multipliedReportingOverflow(by: power / shared)
    return overflow ? nil : LimitRate(digits / shared, per: length)
  }

  /// As people write it: `0.25`, `100`.
  var text: String {
    guard places > 0 else { return String(digits) }
    let figures = String(repeating: "0", count: max(0, places + 1 - String(digits).count)) + String(digits)
    return figures.dropLast(places) + "." + figures.suffix(places)
  }

  private static func commonDivisor(_ a: Int64, _ b: Int64) -> Int64 {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return max(a, 1)
  }
}
