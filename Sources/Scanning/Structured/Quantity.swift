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
    guard let (number, unit) = parts(of: text), let scale = timeUnits[unit], let length = number.scaled(by: scale)
    else {
      throw SyntaxError(
        text: text, expected: "a duration with its unit, a whole number of µs, such as 250ms, 1.5s, 10m, 2h or 7d")
    }
    return length
  }

  /// `K`, `M`, `G` alone are binary, as in gateway configurations.
  public static func bytes(_ text: String) throws(SyntaxError) -> Int64 {
    guard let (number, unit) = parts(of: text), let scale = byteUnits[unit.lowercased()],
      let count = number.scaled(by: scale)
    else {
      throw SyntaxError(text: text, expected: "a size such as 4096, 10kB or 64MiB")
    }
    return count
  }

  public static func rate(_ text: String) throws(SyntaxError) -> Rate {
    let halves = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard halves.count == 2, let (number, unit) = parts(of: halves[0]), requestUnits.contains(unit), number.digits > 0,
      let period = period(halves[1]), let rate = rate(number, per: period)
    else {
      throw SyntaxError(
        text: text, expected: "a rate above 0 with its period, such as 10r/s, 600/m, 5000/d or 100/10s")
    }
    return rate
  }

  /// `s`, `minute`, `10s`; nil for anything else and for nothing.
  private static func period(_ text: String) -> Int64? {
    if let unit = periodUnits[text] { return unit }
    guard let (number, unit) = parts(of: text), let scale = timeUnits[unit], let length = number.scaled(by: scale),
      length > 0
    else {
      return nil
    }
    return length
  }

  private static func rate(_ number: ExactDecimal, per period: Int64) -> Rate? {
    let (scaled, overflow) = period.multipliedReportingOverflow(by: number.power)
    return overflow ? nil : Rate(number.digits, per: scaled)
  }

  /// Number and unit: digits, at most one point with digits before and behind it, blanks, letters.
  public static func parts(of text: some StringProtocol) -> (number: ExactDecimal, unit: String)? {
    let written = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = text.dropFirst(written.count).drop { $0 == " " }
    guard let number = ExactDecimal(written), unit.allSatisfy(\.isLetter) else { return nil }
    return (number, String(unit))
  }

  // MARK: Units

  /// µs of each unit of time.
  public static let timeUnits: [String: Int64] = [
    "us": 1, "µs": 1, "μs": 1, "ms": 1_000, "s": 1_000_000, "sec": 1_000_000, "m": 60_000_000, "min": 60_000_000,
    "h": 3_600_000_000, "d": 86_400_000_000, "w": 604_800_000_000,
  ]

  /// µs of each word behind the `/` of a rate, without a number.
  public static let periodUnits = timeUnits.merging([
    "second": 1_000_000, "minute": 60_000_000, "hour": 3_600_000_000, "day": 86_400_000_000,
    "week": 604_800_000_000,
  ]) { unit, _ in unit }

  /// Words behind the number of a rate.
  public static let requestUnits: Set<String> = ["", "r", "req"]

  /// Bytes of each unit of size, in lower case.
  public static let byteUnits: [String: Int64] = [
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
}
