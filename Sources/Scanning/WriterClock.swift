import Traffic

/// What time stamps may leave out and the reader has to be told: zone and year of the clock that wrote them.
public struct WriterClock: Hashable, Sendable {
  /// Seconds east of UTC, for stamps without a zone.
  public var utcOffset: Int
  /// Year of stamps that have none.
  public var year: Int
  /// The last month of `year` that the log can have, from 1; a later one is of the year before.
  public var lastMonth: Int

  public init(utcOffset: Int = 0, year: Int = 1970, lastMonth: Int = 12) {
    self.utcOffset = utcOffset
    self.year = year
    self.lastMonth = lastMonth
  }

  /// The clock of a log that was last written at a point in time, µs since 1970 UTC.
  ///
  /// A month more than that may stand in the log, as its clock may be ahead: 1 December after 30 November.
  public init(utcOffset: Int = 0, lastWritten: Int64) {
    let date = CivilDate(daysSince1970: (lastWritten / 1_000_000 + Int64(utcOffset)) / 86_400)
    self.init(utcOffset: utcOffset, year: Int(date.year), lastMonth: Int(date.month) + 1)
  }

  /// The year of a stamp of a month that has none.
  func year(ofMonth month: Int) -> Int { month > lastMonth ? year - 1 : year }
}
