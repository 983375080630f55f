import Testing
import Traffic

@testable import Analysis

@Suite("throttled-baseline") struct ThrottledBaselineTests {
  @Test("finds a night that a limit held back") func planted() async throws {
    let night = PlantedTraffic { request in
      request.limit = .passed
      if Int(request.second * 10) % 25 == 0 { (request.limit, request.status) = (.rejected, 429) }
      if Int(request.second * 10) % 25 == 1 { request.limit = .delayed }
    }
    let finding = try #require(try await night.findings(of: ThrottledBaseline.self).first)
    #expect(finding.id == "throttled-baseline" && finding.severity == .warning)
    #expect(finding.evidence[1].value == .integer(Int64(night.requests.count { $0.limit == .rejected })))
    #expect(finding.evidence[2].value == .integer(Int64(night.requests.count { $0.limit == .delayed })))
  }

  @Test("counts status 429 where no limiter said anything") func tooMany() async throws {
    let night = PlantedTraffic { if Int($0.second * 10) % 5 == 0 { $0.status = 429 } }
    #expect(try await night.findings(of: ThrottledBaseline.self).first?.severity == .severe)
  }

  @Test("says nothing about a quiet night, or three refusals", arguments: PlantedTraffic.seeds) func quiet(seed: UInt64) async throws {
    #expect(try await PlantedTraffic(seed: seed).findings(of: ThrottledBaseline.self).isEmpty)
    let few = PlantedTraffic(hours: 1, perMinute: 2, seed: seed) { if $0.second < 60 { $0.status = 429 } }
    #expect(try await few.findings(of: ThrottledBaseline.self).isEmpty)
  }
}
