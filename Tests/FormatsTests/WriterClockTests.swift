import Scanning
import Testing

@testable import Formats

@Suite("Clocks of logs")
struct WriterClockTests {
  @Test(
    "a stamp without a year is of the year before the file's end, never after it",
    arguments: [
      ("Nov 22 07:31:04", 1_795_332_664_000_000), ("Dec  1 00:00:00", 1_796_083_200_000_000),
      ("Dec 31 23:59:59", 1_798_761_599_000_000), ("Jan  2 00:00:00", 1_767_312_000_000_000),
    ])
  func year(stamp: String, micros: Int64) {
    let bytes = Array(stamp.utf8)
    let november = WriterClock(lastWritten: 1_796_083_199_000_000)  // 2026-11-30
    #expect(november.lastMonth == 12)
    #expect(Timestamps.syslog(bytes, 0, 15, clock: november) == micros)
  }

  @Test("in January, most months are of the year before")
  func january() {
    let clock = WriterClock(utcOffset: 3600, lastWritten: 1_798_761_600_000_000 - 1)  // 2027-01-01 00:59 local
    #expect((clock.year, clock.lastMonth) == (2027, 2))
    #expect(Timestamps.syslog(Array("Feb  1 01:00:00".utf8), 0, 15, clock: clock) == 1_801_440_000_000_000)
    #expect(Timestamps.syslog(Array("Mar  1 01:00:00".utf8), 0, 15, clock: clock) == 1_772_323_200_000_000)
  }

  @Test(
    "every format whose stamps have no zone reads them by the clock",
    arguments: [
      ("haproxy", "%ci:%cp [%tr] %ST %B", "192.0.2.1:1 [22/Nov/2026:07:31:04.000] 200 1"),
      ("gin", "", "[GIN] 2026/11/22 - 07:31:04 | 200 | 1ms | 192.0.2.1 | GET \"/\""),
      ("tyk", "", "time=\"Nov 22 07:31:04\" prefix=access-log latency_total=1 method=GET path=/ status=200"),
    ])
  func zones(name: String, string: String, line: String) throws {
    func arrival(_ offset: Int) throws -> Int64 {
      let options = FormatOptions(utcOffset: offset, lastWritten: 1_796_083_199_000_000)
      let named = LogFormats.named(name, options: options)
      let format = try string.isEmpty ? #require(named) : FormatStrings.compile(string, options: options)
      let value = columns(line, format)["arrival"]
      return try #require(value.flatMap { Int64($0) })
    }
    #expect(try arrival(0) - arrival(3600) == 3_600_000_000)
    #expect(try arrival(0) / 1_000_000_000 == 1_795_332)
  }

  @Test("a format that detection chose, or that it was handed, reads by the clock of its options")
  func detected() throws {
    let line = "time=\"Nov 22 07:31:04\" prefix=access-log latency_total=1 method=GET path=/ status=200"
    let sample = Array((line + "\n").utf8)
    let options = FormatOptions(lastWritten: 1_574_408_000_000_000)  // 2019-11-22
    let tyk = try #require(LogFormats.named("tyk"))
    for wanted in [[], [tyk]] {
      let detection = FormatDetector.detect(sample: sample, options: options, preferring: wanted)
      let arrival = columns(line, try #require(detection.format))["arrival"]
      #expect(arrival == "1574407863999000")
    }
  }
}
