/// `$time_local` in UTC, `21/Nov/2026:00:00:07 +0000`. The date is worked out once a day.
struct LocalTime {
  private static let months = ByteTable([
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ])

  private let startEpoch: Int
  private var day = -1
  private var date = (year: 0, month: 1, day: 1)

  init(start: CalendarTime) { startEpoch = start.epoch }

  /// - Parameter second: since the start of the night.
  @inline(__always)
  mutating func write(second: Int, to line: inout LineWriter) {
    let epoch = startEpoch + second
    if epoch / 86_400 != day {
      day = epoch / 86_400
      date = CalendarTime.date(ofDay: day)
    }
    line.pair(date.day)
    line.byte(UInt8(ascii: "/"))
    line.text(date.month - 1, of: Self.months)
    line.byte(UInt8(ascii: "/"))
    line.integer(date.year)
    line.byte(UInt8(ascii: ":"))
    line.pair(epoch / 3_600 % 24)
    line.byte(UInt8(ascii: ":"))
    line.pair(epoch / 60 % 60)
    line.byte(UInt8(ascii: ":"))
    line.pair(epoch % 60)
    line.text(" +0000")
  }
}
