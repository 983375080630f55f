import Reporting
import Traffic

/// A window of time in one word, such as an argument of `compare` or the value of `--compare-to`.
///
///     2026-11-20               that day
///     2026-11-20..2026-11-22   from the first day to before the second
///     2026-11-20T08:00..2026-11-20T12:00
///     1d                       the last day before the newest arrival
///     2d..1d                   the day before that
///     ..2026-11-20, 7d..       open at one end
struct WindowArgument: Hashable {
  private(set) var since: TimeArgument?
  private(set) var until: TimeArgument?

  static let expected =
    "a day (2026-11-20), a range (2026-11-20..2026-11-22, 2d..1d), or a length before the newest arrival (1d)"

  init(_ text: String, of name: String, clock: DisplayClock) throws(UsageError) {
    do throws(UsageError) {
      if let dots = text.firstRange(of: "..") {
        since = try Self.end(text[..<dots.lowerBound], name, clock)
        until = try Self.end(text[dots.upperBound...], name, clock)
      } else {
        since = try TimeArgument(text, option: name, clock: clock)
        if case .instant(let start) = since { until = .instant(try Self.nextDay(after: start, text, name, clock)) }
      }
      guard since != nil || until != nil else { throw Self.invalid(text, name) }
    } catch {
      throw Self.invalid(text, name)
    }
  }

  private static func invalid(_ text: String, _ name: String) -> UsageError {
    UsageError(.invalidValue(of: name, value: text, expected: expected))
  }

  private static func end(
    _ text: Substring, _ name: String, _ clock: DisplayClock
  ) throws(UsageError) -> TimeArgument? {
    text.isEmpty ? nil : try TimeArgument(String(text), option: name, clock: clock)
  }

  /// Midnight after a day by the clock, which may be 23 or 25 hours later.
  private static func nextDay(
    after start: Timestamp, _ text: String, _ name: String, _ clock: DisplayClock
  ) throws(UsageError) -> Timestamp {
    // 36 hours after midnight lie in the next day whatever the clock does at night.
    let noon = start + Microseconds(36 * Microseconds.hour.count)
    let wall = noon.microseconds &+ clock.offsetSeconds(noon) &* 1_000_000
    let iso = TimeText.iso(Timestamp(microseconds: wall))
    guard text.utf8.count == 10, let next = TimeArgument.instant(String(iso.prefix(10)), clock: clock) else {
      throw invalid(text, name)
    }
    return next
  }

  /// A filter's ends; relative ones count from the newest arrival.
  func apply(to filter: inout TrafficFilter, newest: Timestamp?) {
    filter.since = since?.resolved(newest: newest)
    filter.until = until?.resolved(newest: newest)
  }
}
