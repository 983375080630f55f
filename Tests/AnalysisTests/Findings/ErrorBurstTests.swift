import Testing
import Traffic

@testable import Analysis

@Suite("error-burst") struct ErrorBurstTests {
  @Test("finds a burst to the minute, and counts it") func planted() async throws {
    let night = PlantedTraffic { request in
      let isBad = request.route == "/api/orders" && (7_260..<7_860).contains(request.second)
      if isBad, Int(request.second * 7) % 2 == 0 { request.status = 502 }
    }
    let found = try await night.findings(of: ErrorBurstRule.self)
    let finding = try #require(found.first)
    #expect(found.count == 1 && finding.id == "error-burst:/api/orders" && finding.severity == .severe)
    guard case .integer(let errors) = finding.evidence[0].value else { return #expect(Bool(false)) }
    let planted = night.requests.count { $0.status == 502 }
    #expect(abs(Double(errors) - Double(planted)) <= 0.1 * Double(planted))
  }

  @Test("tells routes that fail at the same time as one") func together() async throws {
    let night = PlantedTraffic { request in
      if (7_200..<7_800).contains(request.second), Int(request.second * 7) % 2 == 0 { request.status = 503 }
    }
    #expect(try await night.findings(of: ErrorBurstRule.self).count == 1)
  }

  @Test("says nothing about a quiet night", arguments: PlantedTraffic.seeds) func quiet(seed: UInt64) async throws {
    #expect(try await PlantedTraffic(seed: seed).findings(of: ErrorBurstRule.self).isEmpty)
  }

  @Test("three failures in a quiet hour are no burst") func low() async throws {
    let night = PlantedTraffic(perMinute: 2) { request in
      request.status = (7_200..<7_290).contains(request.second) ? 500 : 200
    }
    #expect(try await night.findings(of: ErrorBurstRule.self).isEmpty)
  }
}
