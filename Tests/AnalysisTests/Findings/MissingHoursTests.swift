import Testing
import Traffic

@testable import Analysis

@Suite("missing-hours") struct MissingHoursTests {
  private func entry(lines: Int64, rejected: Int64 = 0, isComplete: Bool = true) -> LedgerEntry {
    LedgerEntry(
      number: 1, path: "a.log", format: "gw", lines: lines, requests: lines - rejected, rejected: rejected,
      isComplete: isComplete)
  }

  @Test("finds an hour without a line") func planted() async throws {
    let found = try await PlantedTraffic().without(7_200..<10_800).findings(of: MissingHours.self)
    #expect(found.map(\.id) == ["missing-hours"] && found.first?.severity == .severe)
  }

  @Test("finds lines that could not be read, and a source cut short") func ledger() async throws {
    let night = PlantedTraffic(hours: 1)
    let rejected = try await night.findings(of: MissingHours.self, ledger: [entry(lines: 10_000, rejected: 100)])
    #expect(rejected.map(\.severity) == [.warning])
    let cut = try await night.findings(of: MissingHours.self, ledger: [entry(lines: 10_000, isComplete: false)])
    #expect(cut.map(\.id) == ["missing-hours:incomplete_sources"])
  }

  @Test("says nothing about a quiet night, sparse traffic, or one bad line in a thousand", arguments: PlantedTraffic.seeds)
  func quiet(seed: UInt64) async throws {
    #expect(try await PlantedTraffic(seed: seed).findings(of: MissingHours.self).isEmpty)
    let sparse = PlantedTraffic(perMinute: 1, seed: seed).without(7_200..<7_900)
    #expect(try await sparse.findings(of: MissingHours.self).isEmpty)
    #expect(try await PlantedTraffic(hours: 1).findings(of: MissingHours.self, ledger: [entry(lines: 1_000, rejected: 1)]).isEmpty)
  }
}
