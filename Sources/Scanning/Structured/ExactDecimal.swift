/// A decimal number of at least 0, exactly as written: `digits × 10^−places`, without trailing zeros.
public struct ExactDecimal: Hashable, Sendable {
  public let digits: Int64
  /// 0…18.
  public let places: Int

  /// `12`, `0.5`, `1e3`, `100.0`; nil for a sign, for anything else, and beyond 18 places or 64 bits.
  public init?(_ text: some StringProtocol) {
    let halves = text.lowercased().split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
    let parts = halves[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let figures = parts.joined()
    guard parts.allSatisfy({ !$0.isEmpty }), figures.utf8.count <= 40,
      figures.utf8.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    let zeros = parts.count == 2 ? parts[1].utf8.reversed().prefix { $0 == 48 }.count : 0
    guard let digits = Int64(figures.dropLast(zeros)) else { return nil }
    var exponent = 0
    if halves.count == 2 {
      guard let power = Int(halves[1]), (-18...18).contains(power) else { return nil }
      exponent = power
    }
    self.init(digits: digits, places: (parts.count == 2 ? parts[1].utf8.count - zeros : 0) - exponent)
  }

  /// `digits × 10^−places`, normalised; nil below 0, beyond 18 places, and where that leaves 64 bits.
  public init?(digits: Int64, places: Int) {
    guard digits >= 0, (-18...64).contains(places) else { return nil }
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

  /// `10^places`.
  public var power: Int64 { (0..<places).reduce(1) { power, _ in power * 10 } }

  /// Without its decimals.
  public var whole: Int64 { digits / power }

  /// The number times a positive `factor` where that is a whole number of 64 bits.
  public func scaled(by factor: Int64) -> Int64? {
    let (quotient, remainder) = product(factor)
    return remainder == 0 ? Int64(exactly: quotient) : nil
  }

  /// The number times a positive `factor`, to the nearest whole number, halves up; nil where that leaves 64 bits.
  public func rounded(by factor: Int64) -> Int64? {
    let (quotient, remainder) = product(factor)
    return Int64(exactly: remainder * 2 >= Int128(power) ? quotient + 1 : quotient)
  }

  private func product(_ factor: Int64) -> (quotient: Int128, remainder: Int128) {
    (Int128(digits) * Int128(factor)).quotientAndRemainder(dividingBy: Int128(power))
  }

  /// As people write it: `0.25`, `100`.
  public var text: String {
    guard places > 0 else { return String(digits) }
    let figures = String(repeating: "0", count: max(0, places + 1 - String(digits).count)) + String(digits)
    return figures.dropLast(places) + "." + figures.suffix(places)
  }
}
