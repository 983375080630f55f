import Testing
import Traffic

@testable import Reporting

@Suite("Units") struct UnitTextTests {
  @Test("durations read well at every size", arguments: [
    (0, "0 µs"), (412, "412 µs"), (1_000, "1.00 ms"), (3_214, "3.21 ms"), (12_345, "12.3 ms"), (999_499, "999 ms"),
    (999_500, "1.00 s"), (1_500_000, "1.50 s"), (59_949_999, "59.9 s"), (59_950_000, "1m 00s"), (125_000_000, "2m 05s"),
    (3_725_000_000, "1h 02m"), (1_051_200_000_000, "12d 04h"), (-5, "-5 µs"), (.max, "106,751,991d 04h"),
  ] as [(Int64, String)])
  func durations(count: Int64, text: String) { #expect(UnitText.duration(Microseconds(count)) == text) }

  @Test("sizes are binary and say so", arguments: [
    (0, "0 B"), (1_023, "1023 B"), (1_024, "1.00 KiB"), (1_536, "1.50 KiB"), (1_048_064, "1.00 MiB"), (67_108_864, "64.0 MiB"),
    (.max, "8,192 PiB"),
  ] as [(Int64, String)])
  func sizes(count: Int64, text: String) { #expect(UnitText.bytes(count) == text) }

  @Test("a share is never rounded to nothing or to all", arguments: [
    (0, 10, "0 %"), (10, 10, "100 %"), (1, 1_000_000, "<0.01 %"), (999_999, 1_000_000, ">99.99 %"), (1, 8, "12.5 %"),
    (1, 40, "2.50 %"), (0, 0, "–"),
  ] as [(Int64, Int64, String)])
  func percentages(part: Int64, whole: Int64, text: String) { #expect(UnitText.percentage(part, of: whole) == text) }

  @Test("slow rates name a longer period")
  func rates() {
    #expect(UnitText.rate(4_000, over: .second) == "4,000/s")
    #expect(UnitText.rate(1, over: .hour) == "1.00/h")
    #expect(UnitText.rate(0, over: .hour) == "0/s")
    #expect(UnitText.rate(5, over: Microseconds(0)) == "–")
  }

  @Test("quantities are read as people write them", arguments: [
    ("250ms", 250_000), ("1.5s", 1_500_000), ("7d", 604_800_000_000), ("10m", 600_000_000), ("12us", 12), ("2 h", 7_200_000_000),
  ] as [(String, Int64)])
  func reading(text: String, count: Int64) throws { #expect(try UnitText.parseDuration(text).count == count) }

  @Test("a duration without a unit, or with a sign, is refused", arguments: ["250", "", "ms", "-5s", "1.2.3s", "1e3s", "5x", "9999999999999999d", ".5s", "5.s"])
  func refused(text: String) {
    #expect(throws: UnitText.SyntaxError.self) { try UnitText.parseDuration(text) }
  }

  @Test("sizes and rates are read too")
  func others() throws {
    #expect(try UnitText.parseBytes("64MiB") == 67_108_864)
    #expect(try UnitText.parseBytes("10kB") == 10_000)
    #expect(try UnitText.parseBytes("4096") == 4_096)
    #expect(try UnitText.parseRate("600/m") == UnitText.Rate(count: 600, period: .minute))
    #expect(try UnitText.parseRate("10r/s") == UnitText.Rate(count: 10, period: .second))
    #expect(UnitText.normalized(try UnitText.parseRate("6/min")) == "6 per 1m 00s = 0.10/s")
    #expect(throws: UnitText.SyntaxError.self) { try UnitText.parseRate("10") }
    #expect(throws: UnitText.SyntaxError.self) { try UnitText.parseRate("1.5/s") }
  }

  @Test("times are ISO 8601 in UTC, and round to nothing", arguments: [
    (0, "1970-01-01T00:00:00.000000Z"), (1_780_000_000_123_456, "2026-05-28T20:26:40.123456Z"),
    (-1, "1969-12-31T23:59:59.999999Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
  ] as [(Int64, String)])
  func times(micros: Int64, text: String) { #expect(TimeText.iso(Timestamp(microseconds: micros)) == text) }

  @Test("no instant traps", arguments: [Int64.min, .min + 1, .max, 0])
  func extremes(micros: Int64) {
    _ = TimeText.iso(Timestamp(microseconds: micros))
    _ = DisplayClock(name: "x") { _ in 50_400 }.text(Timestamp(microseconds: micros))
  }
}
