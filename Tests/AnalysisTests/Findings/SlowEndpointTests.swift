import Testing
import Traffic

@testable import Analysis

@Suite("slow-endpoint") struct SlowEndpointTests {
  @Test("finds the route and the stretch that is slow, with its numbers") func planted() async throws {
    let night = PlantedTraffic { request in
      if request.route == "/api/search", (7_200..<9_000).contains(request.second) { request.milliseconds *= 12 }
    }
    let found = try await night.findings(of: SlowEndpoint.self)
    let finding = try #require(found.first)
    #expect(found.count == 1 && finding.id == "slow-endpoint:GET_/api/search" && finding.severity > .notice)
    let inside = night.requests.count {
      $0.route == "/api/search" && $0.status < 400 && (7_200..<9_000).contains($0.second)
    }
    #expect(finding.evidence[0].value == .integer(Int64(inside)))
  }

  @Test("says nothing about a quiet night", arguments: PlantedTraffic.seeds) func quiet(seed: UInt64) async throws {
    #expect(try await PlantedTraffic(seed: seed).findings(of: SlowEndpoint.self).isEmpty)
  }

  @Test("does not take a few slow requests, or fast failures elsewhere, for a slow route") func fewSlow() async throws {
    let night = PlantedTraffic(hours: 4, perMinute: 6) { request in
      if Int(request.second) % 400 == 0 { request.milliseconds *= 50 }
      if Int(request.second) % 7 == 0 { (request.status, request.milliseconds) = (404, 1) }
    }
    #expect(try await night.findings(of: SlowEndpoint.self).isEmpty)
  }

  @Test("needs durations") func withoutDurations() async throws {
    var memory = PlantedTraffic().memory
    for index in memory.rows.indices { memory.rows[index].values[.duration] = nil }
    #expect(try await SlowEndpoint().findings(in: Night(traffic: memory), after: nil).isEmpty)
  }
}
