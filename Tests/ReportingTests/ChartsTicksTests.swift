import Foundation
import Testing
import Traffic

@testable import Reporting

private let berlin: DisplayClock = {
  let zone = TimeZone(identifier: "Europe/Berlin")
  return DisplayClock(name: "Europe/Berlin") { time in
    Int64(zone?.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time.microseconds) / 1e6)) ?? 0)
  }
}()

@Suite("Ticks of charts") struct ChartsTicksTests {
  @Test("even axes step by 1, 2 or 5", arguments: [
    (0, 10, 5, [0, 2, 4, 6, 8, 10]), (0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]), (0, 0.3, 5, [0, 0.1, 0.2, 0.3]),
    (3, 17, 5, [5, 10, 15]), (0, 7, 5, [0, 2, 4, 6]), (-3, 3, 5, [-2, 0, 2]), (0, 1_234_567, 5, [0, 500_000, 1_000_000]),
    (0, 0.00021, 5, [0, 0.00005, 0.0001, 0.00015, 0.0002]), (99, 101, 4, [99, 99.5, 100, 100.5, 101]), (5, 5, 5, [5]),
    (0, 9e18, 5, [0, 2e18, 4e18, 6e18, 8e18]), (0, .infinity, 5, []), (3, 1, 5, []),
  ] as [(Double, Double, Int, [Double])])
  func linear(low: Double, high: Double, count: Int, expected: [Double]) {
    #expect(LinearTicks.ticks(from: low, to: high, atMost: count) == expected)
  }

  @Test("logarithmic axes have 1-2-5, thinned to 1-3, to tens, to every few tens", arguments: [
    (1, 100, 10, [1, 2, 5, 10, 20, 50, 100]), (1, 1_000, 8, [1, 3, 10, 30, 100, 300, 1_000]), (1, 1e6, 8, [1, 10, 100, 1e3, 1e4, 1e5, 1e6]),
    (3, 3, 5, []), (0.02, 0.5, 9, [0.02, 0.05, 0.1, 0.2, 0.5]), (1, 1e18, 8, [1, 1e3, 1e6, 1e9, 1e12, 1e15, 1e18]),
    (0, 10, 5, []), (-1, 10, 5, []), (10, 1, 5, []),
  ] as [(Double, Double, Int, [Double])])
  func logarithmic(low: Double, high: Double, count: Int, expected: [Double]) {
    #expect(LogTicks.ticks(from: low, to: high, atMost: count) == expected)
  }

  @Test("a logarithmic axis begins and ends at 1, 2 or 5", arguments: [
    (3, 70, 2, 100), (1, 1, 0.5, 2), (0.3, 0.31, 0.2, 0.5), (999, 1_001, 500, 2_000),
  ] as [(Double, Double, Double, Double)])
  func around(low: Double, high: Double, from: Double, until: Double) {
    #expect(LogTicks.around(low, high) == (from, until))
  }

  /// 2026-03-29 01:00 UTC: Berlin goes from 02:00 to 03:00.
  @Test("hours that a clock skips have no tick")
  func spring() {
    let midnight: Int64 = 1_774_738_800_000_000  // 2026-03-28 23:00 UTC, 00:00 in Berlin
    let ticks = TimeTicks(from: midnight, to: midnight + 6 * 3_600_000_000, atMost: 6, clock: berlin).ticks
    #expect(ticks.map(\.label) == ["00:00", "01:00", "03:00", "04:00", "05:00", "06:00", "07:00"])
    #expect(ticks.map { ($0.time - midnight) / 3_600_000_000 } == [0, 1, 2, 3, 4, 5, 6])
    #expect(ticks[0].day == "Sun 29 Mar")
  }

  /// 2026-10-25 01:00 UTC: Berlin goes from 03:00 back to 02:00.
  @Test("an hour that a clock shows twice has one tick, at the first")
  func autumn() {
    let midnight: Int64 = 1_792_879_200_000_000  // 2026-10-24 22:00 UTC, 00:00 in Berlin
    let ticks = TimeTicks(from: midnight, to: midnight + 5 * 3_600_000_000, atMost: 6, clock: berlin).ticks
    #expect(ticks.map(\.label) == ["00:00", "01:00", "02:00", "03:00", "04:00"])
    #expect(ticks.map { ($0.time - midnight) / 3_600_000_000 } == [0, 1, 2, 4, 5])
  }

  @Test("days begin at local midnight on both sides of a change")
  func days() {
    let first: Int64 = 1_774_566_000_000_000  // 2026-03-26 23:00 UTC
    let ticks = TimeTicks(from: first, to: first + 4 * 86_400_000_000, atMost: 5, clock: berlin).ticks
    #expect(ticks.map(\.label) == ["27 Mar", "28 Mar", "29 Mar", "30 Mar", "31 Mar"])
    #expect(zip(ticks.dropFirst(), ticks).map { ($0.time - $1.time) / 3_600_000_000 } == [24, 24, 23, 24])
  }

  @Test("the step is the smallest of the clock's that leaves room", arguments: [
    (7, 10, ["00:00", "00:00:01", "00:00:02"]), (100, 10, ["00:00", "00:00:10", "00:00:20"]),
    (3_600, 10, ["00:00", "00:10", "00:20"]), (86_400, 10, ["00:00", "03:00", "06:00"]),
    (7 * 86_400, 10, ["1 Jan", "2 Jan", "3 Jan"]), (28 * 86_400, 5, ["5 Jan", "12 Jan", "19 Jan"]),
    (300 * 86_400, 10, ["1970", "Feb", "Mar"]), (20 * 366 * 86_400, 10, ["1970", "1975", "1980"]),
  ] as [(Int64, Int, [String])])
  func steps(seconds: Int64, count: Int, labels: [String]) {
    let ticks = TimeTicks(from: 0, to: seconds * 1_000_000, atMost: count, clock: .utc).ticks
    #expect(Array(ticks.map(\.label).prefix(3)) == labels)
    #expect(ticks.count <= count + 1)
  }

  @Test("no range of time traps", arguments: [
    (Int64.min, Int64.max), (.min, .min), (.max, .max), (.min + 1, 0), (0, .max), (5, 4),
  ] as [(Int64, Int64)])
  func extremes(first: Int64, last: Int64) {
    #expect(TimeTicks(from: first, to: last, atMost: 8, clock: berlin).ticks.count <= 400)
  }

  @Test("ticks are written with the units of everything else", arguments: [
    (.duration, [0, 5_000, 10_000], ["0 µs", "5 ms", "10 ms"]), (.duration, [60e6, 90e6], ["1m", "1m 30s"]),
    (.ratio, [0, 0.25, 1], ["0 %", "25 %", "100 %"]), (.rate, [0, 0.5, 1_500], ["0/s", "0.5/s", "1,500/s"]),
    (.bytes, [0, 524_288, 1_572_864], ["0 B", "512 KiB", "1.5 MiB"]), (.count, [0, 50_000, 100_000], ["0", "50,000", "100,000"]),
    (.count, [0, 5e5, 1.5e6], ["0", "0.5 M", "1.5 M"]), (.rate, [2e9], ["2 G/s"]), (.number, [0.125], ["0.125"]),
  ] as [(AxisUnit, [Double], [String])])
  func units(unit: AxisUnit, ticks: [Double], texts: [String]) {
    #expect(unit.texts(ticks) == texts)
  }

  @Test("lengths of minutes step by 60, sizes by powers of two, counts by whole ones", arguments: [
    (.duration, 600e6, 120e6), (.duration, 5_000, 1_000), (.bytes, 5_000, 1_024), (.count, 2, 1), (.ratio, 1, 0.2),
  ] as [(AxisUnit, Double, Double)])
  func unitSteps(unit: AxisUnit, range: Double, step: Double) {
    #expect(unit.step(range, atMost: 5) == step)
  }

  @Test("places on scales are exact", arguments: [
    (.linear, 0, 10, 2.5, 25), (.log, 1, 100, 10, 50), (.log, 1, 100, 0, 0), (.tail, 0, 0.99, 0.9, 50), (.tail, 0, 0.99, 1, 100),
    (.linear, 3, 3, 3, 50), (.log, 5, 5, 7, 50),
  ] as [(PlotScale.Kind, Double, Double, Double, Double)])
  func scales(kind: PlotScale.Kind, from: Double, until: Double, value: Double, place: Double) {
    let scale = PlotScale(kind: kind, from: from, until: until, start: 0, end: 100)
    #expect((scale.place(value) - place).magnitude < 1e-9)
  }
}
