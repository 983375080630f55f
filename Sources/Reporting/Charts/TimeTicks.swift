import Traffic

/// Round instants in the clock people read: whole minutes, hours, days, months or years of local time.
struct TimeTicks: Hashable, Sendable {
  struct Tick: Hashable, Sendable {
    /// µs since 1970.
    var time: Int64
    /// `16:00`, `22 Nov`, `Nov`, `2026`.
    var label: String
    /// `Sun 22 Nov` where a new day begins below hours.
    var day: String?
  }

  var ticks: [Tick] = []

  /// - Parameter count: ticks there is room for.
  init(from first: Int64, to last: Int64, atMost count: Int, clock: DisplayClock) {
    guard first <= last, count > 0 else { return }
    let range = Double(last) - Double(first)
    if let step = Self.steps.first(where: { range / Double($0) / 1e6 <= Double(count) }) {
      ticks = Self.stepped(by: step, first, last, clock)
    } else {
      ticks = Self.months(first, last, count, clock)
    }
  }

  /// Seconds: divisors of the next larger unit, so that every step meets midnight.
  static let steps: [Int64] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, day, 2 * day, 7 * day,
    14 * day,
  ]
  private static let day: Int64 = 86_400

  private static func stepped(by step: Int64, _ first: Int64, _ last: Int64, _ clock: DisplayClock) -> [Tick] {
    // 1970-01-01 was a Thursday: weeks count from Monday, 1970-01-05.
    let origin: Int64 = step >= 7 * day ? 4 * day : 0
    let start = localSecond(first, clock) - origin
    var local = start.flooredQuotient(by: step) * step + origin
    var ticks: [Tick] = []
    // A day whose clock was set back is an hour longer; nothing makes more ticks than this.
    for _ in 0..<400 {
      if let time = instant(ofLocal: local, clock) {
        if time > last { break }
        if time >= first { ticks.append(tick(time, local, isDay: step >= day)) }
      }
      local += step
    }
    return ticks
  }

  /// Months 1, 2, 3 or 6 apart, or years 1, 2, 5 … apart.
  private static func months(_ first: Int64, _ last: Int64, _ count: Int, _ clock: DisplayClock) -> [Tick] {
    let months = (Double(last) - Double(first)) / 1e6 / 86_400 / 30.4
    let usual = [1, 2, 3, 6].first { months / Double($0) <= Double(count) }
    let step = usual.map(Int64.init) ?? 12 * max(1, Int64(LinearTicks.step(months / 12, atMost: count)))
    let begin = CivilDate(daysSince1970: localSecond(first, clock).flooredQuotient(by: day))
    var number = (begin.year * 12 + begin.month - 1).flooredQuotient(by: step) * step
    var ticks: [Tick] = []
    for _ in 0..<400 {
      let (year, month) = (number.flooredQuotient(by: 12), number.flooredRemainder(by: 12))
      let local = CivilDate.daysSince1970(toMonth: month + 1, of: year) * day
      if let time = instant(ofLocal: local, clock) {
        if time > last { break }
        if time >= first {
          ticks.append(Tick(time: time, label: month == 0 ? String(year) : monthNames[Int(month)], day: nil))
        }
      }
      number += step
    }
    return ticks
  }

  private static func tick(_ time: Int64, _ local: Int64, isDay: Bool) -> Tick {
    let second = local.flooredRemainder(by: day)
    if isDay { return Tick(time: time, label: dayText(local), day: nil) }
    let minutes = twoDigits(second / 3_600) + ":" + twoDigits(second / 60 % 60)
    let label = second % 60 == 0 ? minutes : minutes + ":" + twoDigits(second % 60)
    return Tick(time: time, label: label, day: second == 0 ? weekday(local) + " " + dayText(local) : nil)
  }

  // MARK: Clock

  /// Seconds since 1970 that the clock shows, as if it were UTC.
  static func localSecond(_ time: Int64, _ clock: DisplayClock) -> Int64 {
    time.flooredQuotient(by: 1_000_000) + clock.offsetSeconds(Timestamp(microseconds: time))
  }

  /// The first instant at which the clock shows `local`; nil where the clock skips it.
  static func instant(ofLocal local: Int64, _ clock: DisplayClock) -> Int64? {
    func offset(_ second: Int64) -> Int64? {
      let (micros, overflow) = second.multipliedReportingOverflow(by: 1_000_000)
      return overflow ? nil : clock.offsetSeconds(Timestamp(microseconds: micros))
    }
    // The offsets of a day before and a day after are all that can be in force.
    guard let before = offset(local - day), let after = offset(local + day) else { return nil }
    for candidate in [max(before, after), min(before, after)] {
      guard offset(local - candidate) == candidate else { continue }
      let (micros, overflow) = (local - candidate).multipliedReportingOverflow(by: 1_000_000)
      return overflow ? nil : micros
    }
    return nil
  }

  /// `22 Nov`.
  static func dayText(_ local: Int64) -> String {
    let date = CivilDate(daysSince1970: local.flooredQuotient(by: day))
    return "\(date.day) \(monthNames[Int(date.month - 1)])"
  }

  static func weekday(_ local: Int64) -> String {
    weekdays[Int((local.flooredQuotient(by: day) + 3).flooredRemainder(by: 7))]
  }

  private static func twoDigits(_ value: Int64) -> String { value < 10 ? "0\(value)" : String(value) }
  private static let monthNames = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
  private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
}
