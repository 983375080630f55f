public import Traffic

/// Instants as text.
public enum TimeText {
  /// `2026-11-22T15:08:40.000000Z`: fixed width, so that text order is time order.
  public static func iso(_ time: Timestamp) -> String {
    let (seconds, micros) = floorDivide(time.microseconds, 1_000_000)
    let fraction = String(micros + 1_000_000).dropFirst()
    return civil(seconds, separator: "T") + "." + fraction + "Z"
  }

  /// `2026-11-22 16:08:40`, with milliseconds where the instant is not a whole second, at an offset from UTC.
  static func local(_ time: Timestamp, offsetSeconds: Int64) -> String {
    let (seconds, micros) = floorDivide(time.microseconds, 1_000_000)
    let text = civil(seconds &+ offsetSeconds, separator: " ")
    guard micros != 0 else { return text }
    return text + "." + String(micros / 1_000 + 1_000).dropFirst()
  }

  /// `+01:00`, `-03:30`, `Z`.
  static func offset(_ seconds: Int64) -> String {
    guard seconds != 0 else { return "Z" }
    let minutes = seconds.magnitude / 60
    return (seconds < 0 ? "-" : "+") + padded(Int64(minutes / 60), 2) + ":" + padded(Int64(minutes % 60), 2)
  }

  private static func civil(_ seconds: Int64, separator: String) -> String {
    let (days, second) = floorDivide(seconds, 86_400)
    let date = CivilDate(daysSince1970: days)
    let clock = [second / 3_600, second % 3_600 / 60, second % 60].map { padded($0, 2) }.joined(separator: ":")
    return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))\(separator)\(clock)"
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value.magnitude)
    return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private static func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    (value.flooredQuotient(by: divisor), value.flooredRemainder(by: divisor))
  }
}

/// The clock in which people want to read times; machine formats are always UTC.
public struct DisplayClock: Sendable {
  /// Such as `UTC` or `Europe/Berlin`.
  public var name: String
  /// Seconds east of UTC at an instant (daylight saving makes it depend on the instant).
  public var offsetSeconds: @Sendable (Timestamp) -> Int64

  public init(name: String, offsetSeconds: @escaping @Sendable (Timestamp) -> Int64) {
    self.name = name
    self.offsetSeconds = offsetSeconds
  }

  public static let utc = DisplayClock(name: "UTC") { _ in 0 }

  /// `2026-11-22 16:08:40 +01:00`; UTC ends in `Z`.
  public func text(_ time: Timestamp) -> String {
    let offset = offsetSeconds(time)
    let mark = TimeText.offset(offset)
    return TimeText.local(time, offsetSeconds: offset) + (mark == "Z" ? "Z" : " " + mark)
  }
}
