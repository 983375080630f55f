import Gateways
import Simulation
import Testing

@Suite struct CalendarWindowTests {
  /// Seconds since 1970.
  private func end(_ unit: CalendarUnit, _ seconds: Int64) -> Int64 { unit.end(of: seconds * 1_000_000) / 1_000_000 }

  @Test func `Windows of the calendar end where people expect`() {
    // 2024-02-29T12:34:56Z, a Thursday.
    let time: Int64 = 1_709_210_096
    #expect(end(.second, time) == 1_709_210_097)
    #expect(end(.minute, time) == 1_709_210_100)
    #expect(end(.hour, time) == 1_709_211_600)
    #expect(end(.day, time) == 1_709_251_200)
    // Monday 2024-03-04, 2024-03-01 and 2025-01-01.
    #expect(end(.week, time) == 1_709_510_400)
    #expect(end(.month, time) == 1_709_251_200)
    #expect(end(.year, time) == 1_735_689_600)
  }

  @Test func `Centuries are leap years only every four hundred years`() {
    // 1900-02-28, 2000-02-28 and 2100-02-28, all at noon: the months end on March 1.
    #expect(end(.month, -2_203_934_400) == -2_203_891_200)
    #expect(end(.month, 951_739_200) == 951_868_800)
    #expect(end(.month, 4_107_499_200) == 4_107_542_400)
  }

  @Test func `The µs before 1970 belongs to 1969`() {
    for unit in CalendarUnit.allCases where unit != .week { #expect(unit.end(of: -1) == 0) }
    // Thursday.
    #expect(end(.week, 0) == 345_600)
    #expect(CalendarUnit.week.end(of: -259_200_000_001) == -259_200_000_000)
  }

  @Test func `Kong's month starts anew on the first`() {
    let month = FixedWindow(limit: 1, window: .calendar(.month), countsRejected: false)
    // 2023-01-01, 2023-01-31T23:59:59.999, 2023-02-01, 2023-03-01.
    let times: [Int64] = [1_672_531_200_000, 1_675_209_599_999, 1_675_209_600_000, 1_677_628_800_000]
    #expect(Trace(month, at: times).words == "P R P P")
  }
}
