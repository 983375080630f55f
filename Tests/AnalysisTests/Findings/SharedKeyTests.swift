import Testing
import Traffic

@testable import Analysis

@Suite("shared-key") struct SharedKeyTests {
  @Test("finds a key that is called from everywhere") func planted() async throws {
    let night = PlantedTraffic { if $0.consumer == "c5" { $0.client = 50_000 + Int64($0.second) } }
    let finding = try #require(try await night.findings(of: SharedKey.self).first)
    let addresses = Set(night.requests.filter { $0.consumer == "c5" }.map(\.client)).count
    #expect(finding.id == "shared-key:c5" && finding.evidence[1].value == .integer(Int64(addresses)))
  }

  @Test("finds an address with many behind it") func address() async throws {
    let night = PlantedTraffic { if Int($0.second) % 4 == 0 { $0.client = 77 } }
    #expect(try await night.findings(of: SharedKey.self).map(\.id) == ["shared-key:0.0.0.77"])
  }

  @Test("says nothing about a quiet night", arguments: PlantedTraffic.seeds) func quiet(seed: UInt64) async throws {
    #expect(try await PlantedTraffic(seed: seed).findings(of: SharedKey.self).isEmpty)
  }
}
