import Scanning
import Foundation
import Reporting
import Traffic

/// `--tz`: UTC, `local`, an IANA name, or a fixed offset.
enum ZoneArgument {
  static func clock(_ text: String) throws(UsageError) -> DisplayClock {
    if text.lowercased() == "utc" || text == "Z" { return .utc }
    if text == "local" { return clock(of: TimeZone.current) }
    if let seconds = offset(text) { return DisplayClock(name: text) { _ in seconds } }
    // An identifier is a name below the zone database, never a path out of it.
    guard !text.contains(".."), !text.hasPrefix("/"), let zone = TimeZone(identifier: text) else {
      throw UsageError(
        .invalidValue(of: "--tz", value: text, expected: "UTC, local, a zone such as Europe/Berlin, or +02:00"),
        suggestion: NearestWord.nearest(to: text, among: TimeZone.knownTimeZoneIdentifiers))
    }
    return clock(of: zone)
  }

  private static func clock(of zone: TimeZone) -> DisplayClock {
    DisplayClock(name: zone.identifier) { time in
      Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time.microseconds) / 1e6)))
    }
  }

  /// Seconds east of UTC of `+02:00`, `-0330`, `+2`.
  static func offset(_ text: String) -> Int64? {
    guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
    let digits = text.dropFirst().filter { $0 != ":" }
    guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), (1...4).contains(digits.count), digits.count != 3,
      let number = Int64(digits)
    else { return nil }
    let (hours, minutes) = digits.count <= 2 ? (number, 0) : (number / 100, number % 100)
    guard hours <= 14, minutes < 60 else { return nil }
    return (hours * 3_600 + minutes * 60) * (sign == "-" ? -1 : 1)
  }
}
