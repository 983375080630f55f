import Scanning
public import Traffic

/// Numbers with units, as people read and write them: the one place where units become text and text becomes units.
///
///     250ms  1.5s  7d      10r/s  600/m  5/h      64MiB  10kB      0.1%
public enum UnitText {
  // MARK: Printing

  /// `4,012,345`.
  public static func integer(_ value: Int64) -> String { DecimalText.grouped(value) }

  /// `412 µs`, `3.21 ms`, `1.50 s`, `2m 05s`, `1h 02m`, `12d 04h`.
  public static func duration(_ length: Microseconds) -> String {
    let count = length.count
    guard count != .absent else { return "–" }
    guard count >= 0 else { return "-" + duration(Microseconds(-count)) }
    if count < 1_000 { return "\(count) µs" }
    // Half a unit of the last digit below the next unit, so that 999,999 µs is not "1000 ms".
    if count < 999_500 { return DecimalText.threeDigits(Double(count) / 1e3) + " ms" }
    if count < 59_950_000 { return DecimalText.threeDigits(Double(count) / 1e6) + " s" }
    let seconds = count / 1_000_000 + (count % 1_000_000 >= 500_000 ? 1 : 0)
    if seconds < 3_600 { return "\(seconds / 60)m \(twoDigits(seconds % 60))s" }
    if seconds < 86_400 { return "\(seconds / 3_600)h \(twoDigits(seconds % 3_600 / 60))m" }
    return "\(integer(seconds / 86_400))d \(twoDigits(seconds % 86_400 / 3_600))h"
  }

  private static func twoDigits(_ value: Int64) -> String { value < 10 ? "0\(value)" : String(value) }

  /// `512 B`, `1.50 KiB`, `64.0 MiB`.
  public static func bytes(_ count: Int64) -> String {
    guard count.magnitude >= 1_024 else { return "\(count) B" }
    var value = Double(count)
    var unit = 0
    while value.magnitude >= 1_023.5, unit < binaryUnits.count - 1 {
      value /= 1_024
      unit += 1
    }
    return DecimalText.threeDigits(value) + " " + binaryUnits[unit]
  }

  private static let binaryUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]

  /// `12.3/s`; a rate below one per 100 s says its period: `5.00/h`.
  public static func rate(_ count: Int64, over length: Microseconds) -> String {
    guard length.count > 0 else { return "–" }
    let perSecond = Double(count) * 1e6 / Double(length.count)
    if perSecond == 0 { return "0/s" }
    if perSecond >= 0.01 { return DecimalText.threeDigits(perSecond) + "/s" }
    if perSecond * 3_600 >= 0.01 { return DecimalText.threeDigits(perSecond * 3_600) + "/h" }
    return DecimalText.threeDigits(perSecond * 86_400) + "/d"
  }

  /// `12.3 %`; never rounds a part to nothing or to all.
  public static func percentage(_ part: Int64, of whole: Int64) -> String {
    guard whole > 0 else { return "–" }
    if part == 0 { return "0 %" }
    if part == whole { return "100 %" }
    let percent = Double(part) * 100 / Double(whole)
    if part > 0, percent < 0.01 { return "<0.01 %" }
    if part < whole, percent > 99.99 { return ">99.99 %" }
    let isFine = percent < 9.995 || (percent >= 99.95 && part < whole)
    return DecimalText.fixed(percent, isFine ? 2 : 1) + " %"
  }

  // MARK: Reading

  /// What was wrong with a quantity; `DiagnosticText` words it.
  public struct SyntaxError: Error, Hashable, Sendable {
    public var text: String
    /// Such as "a duration like 250ms, 1.5s or 7d".
    public var expected: String
  }

  /// A rate as written: `count` per `period`, not normalised, so that it can be echoed both ways.
  public struct Rate: Hashable, Sendable {
    public var count: Int64
    public var period: Microseconds
  }

  /// Reads `250ms` and `1.5s`, to the nearest µs; a number without its unit is refused.
  public static func parseDuration(_ text: String) throws(SyntaxError) -> Microseconds {
    guard let (number, unit) = Quantity.parts(of: text), let scale = Quantity.timeUnits[unit],
      let count = number.rounded(by: scale)
    else {
      throw SyntaxError(text: text, expected: "a duration with its unit, such as 250ms, 1.5s, 10m, 2h or 7d")
    }
    return Microseconds(count)
  }

  /// Reads `64MiB`, `10kB`, `1.5G`, `4096`, to the nearest byte. `K`, `M`, `G` alone are binary, as in gateway
  /// configurations.
  public static func parseBytes(_ text: String) throws(SyntaxError) -> Int64 {
    guard let (number, unit) = Quantity.parts(of: text), let scale = Quantity.byteUnits[unit.lowercased()],
      let count = number.rounded(by: scale)
    else { throw SyntaxError(text: text, expected: "a size such as 4096, 10kB or 64MiB") }
    return count
  }

  /// Reads `10r/s`, `600/m`, `5000/day`: whole requests, 0 too, in one second, minute, hour or day.
  public static func parseRate(_ text: String) throws(SyntaxError) -> Rate {
    let halves = text.split(separator: "/", omittingEmptySubsequences: false)
    guard halves.count == 2, let (number, unit) = Quantity.parts(of: halves[0]),
      Quantity.requestUnits.contains(unit), let count = number.scaled(by: 1),
      let period = Quantity.periodUnits[String(halves[1])].map(Microseconds.init),
      (.second ... .day).contains(period)
    else { throw SyntaxError(text: text, expected: "a rate such as 10r/s, 600/m or 5000/d") }
    return Rate(count: count, period: period)
  }

  /// Both readings of a rate: "600 per 1m 00s = 10.0/s". A limiter that counts per second means the second one.
  public static func normalized(_ rate: Rate) -> String {
    "\(integer(rate.count)) per \(duration(rate.period)) = \(Self.rate(rate.count, over: rate.period))"
  }
}
