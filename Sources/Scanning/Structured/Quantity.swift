/// Numbers with units as configurations and people write them, read exactly.
///
///     250ms  1.5s  7d      10r/s  600/m  100/10s  2.5r/s      64MiB  10kB
///
/// Where a value has no exact whole number of microseconds or bytes it is refused, not rounded.
public enum Quantity {
  public struct SyntaxError: Error, Hashable, Sendable {
    public var text: String
    /// Such as "a duration with its unit, such as 250ms, 1.5s or 7d".
    public var expected: String
  }

  /// `count` per `period` µs, both positive, as written and not reduced; decimals are scaled away: 2.5 a second is 25 in
  /// ten seconds.
  public struct Rate: Hashable, Sendable {
    public var count: Int64
    public var period: Int64

    public init(_ count: Int64, per period: Int64) {
      self.count = count
      self.period = period
    }
  }

  // MARK: Reading

  /// In µs, not negative.
  public static func duration(_ text: String) throws(SyntaxError) -> Int64 {
    guard let (number, unit) = split(text), let scale = timeUnits[unit], let length = number.scaled(by: scale)
    else {
      throw SyntaxError(
        text: text, expected: "a duration with its unit, a whole number of µs, such as 250ms, 1.5s, 10m, 2h or 7d")
    }
    return length
  }

  /// `K`, `M`, `G` alone are binary, as in gateway configurations.
  public static func bytes(_ text: String) throws(SyntaxError) -> Int64 {
    guard let (number, unit) = split(text), let scale = byteUnits[unit.lowercased()],
      let count = number.scaled(by: scale)
    else {
      throw SyntaxError(text: text, expected: "a size such as 4096, 10kB or 64MiB")
    }
    return count
  }

  public static func rate(_ text: String) throws(SyntaxError) -> Rate {
    let halves = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard halves.count == 2, let (number, unit) = split(halves[0]), ["", "r", "req"].contains(unit),
      number.digits > 0,
      let period = period(halves[1]), let rate = number.rate(per: period)
    else {
      throw SyntaxError(
        text: text, expected: "a rate above 0 with its period, such as 10r/s, 600/m, 5000/d or 100/10s")
    }
    return rate
  }

  /// `s`, `minute`, `10s`; nil for anything else and for nothing.
  private static func period(_ text: String) -> Int64? {
    if let unit = timeUnits[text] ?? longUnits[text] { return unit }
    guard let (number, unit) = split(text), let scale = timeUnits[unit], let length = number.scaled(by: scale),
      length > 0
    else {
      return nil
    }
    return length
  }

  private static let timeUnits: [String: Int64] = [
    "us": 1, "µs": 1, "μs": 1, "ms": 1_000, "s": 1_000_000, "sec": 1_000_000, "m": 60_000_000, "min": 60_000_000,
    "h": 3_600_000_000, "d": 86_400_000_000, "w": 604_800_000_000,
  ]

  private static let longUnits: [String: Int64] = [
    "second": 1_000_000, "minute": 60_000_000, "hour": 3_600_000_000, "day": 86_400_000_000,
    "week": 604_800_000_000,
  ]

  private static let byteUnits: [String: Int64] = [
    "": 1, "b": 1, "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000, "tb": 1_000_000_000_000, "k": 1_024,
    "m": 1_048_576, "g": 1_073_741_824, "kib": 1_024, "mib": 1_048_576, "gib": 1_073_741_824,
    "tib": 1_099_511_627_776,
  ]

  // MARK: Writing

  /// The largest unit that says it without decimals: `250ms`, `90s`, `2h`.
  public static func durationText(_ microseconds: Int64) -> String {
    let units: [(String, Int64)] = [
      ("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000),
    ]
    let unit = microseconds == 0 ? ("s", 1_000_000) : units.first { microseconds % $0.1 == 0 } ?? ("us", 1)
    return "\(microseconds / unit.1)\(unit.0)"
  }

  /// `50r/s`, `600r/m`, `100r/10s`.
  public static func rateText(_ rate: Rate) -> String {
    let period = durationText(rate.period)
    let isOne = period.dropFirst().first?.isLetter == true && period.first == "1"
    return "\(rate.count)r/\(isOne ? String(period.dropFirst()) : period)"
  }

  // MARK: Parts

  /// A decimal number, `digits × 10^−places`.
  private struct Number {
    var digits: Int64
    var places: Int

    /// nil where that is no whole number or leaves 64 bits.
    func scaled(by factor: Int64) -> Int64? {
      let (product, overflow) = digits.multipliedReportingOverflow(by: factor)
      guard !overflow, product % power == 0 else { return nil }
      return product / power
    }

    func rate(per period: Int64) -> Rate? {
      let (scaled, overflow) = period.multipliedReportingOverflow(by: power)
      return overflow ? nil : Rate(digits, per: scaled)
    }

    private var power: Int64 { (0..<places).reduce(1) { power, _ in power * 10 } }
  }

  /// Number and unit: digits, at most one point with digits behind it, blanks, letters.
  private static func split(_ text: String) -> (Number, String)? {
    let written = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    var parts = written.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    if parts.count == 2 {
      while parts[1].last == "0" { parts[1].removeLast() }
    }
    guard let digits = Int64(parts.joined()), parts.joined().utf8.count <= 18 else { return nil }
    let unit = text.dropFirst(written.count).drop { $0 == " " }
    guard unit.allSatisfy(\.isLetter) else { return nil }
    return (Number(digits: digits, places: parts.count == 2 ? parts[1].utf8.count : 0), String(unit))
  }
}
