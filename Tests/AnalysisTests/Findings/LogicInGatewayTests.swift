import Testing
import Traffic

@testable import Analysis

@Suite("Logic in the gateway") struct LogicInGatewayTests {
  private func night(_ change: (inout ArchitectureNight.Request, Int) -> Void) -> ArchitectureNight {
    var night = ArchitectureNight()
    night.add(9_000)
    night.add(1_000) { request, index in
      request.route = "/scripted"
      (request.duration, request.upstreamDuration) = (90_000, 10_000)
      change(&request, index)
    }
    return night
  }

  @Test("a route that spends most of its time at the gateway is found")
  func found() async throws {
    let findings = try await night { _, _ in }.findings(LogicInGateway.self)
    try #require(findings.map(\.id) == ["logic-in-gateway:GET_/scripted"])
    #expect(findings[0].severity == .warning)
    #expect(findings[0].value("gateway_time") == .duration(Microseconds(80_000)))
    #expect(findings[0].value("gateway_share") == .ratio(80_000_000, of: 90_000_000))
  }

  @Test("large answers, retries, delays by a limiter and clients that left do not measure the gateway")
  func excluded() async throws {
    let excluded: [(inout ArchitectureNight.Request) -> Void] = [
      { $0.bytesOut = 50_000 }, { $0.bytesOut = nil }, { $0.attempts = 2 }, { $0.limit = .delayed },
      { ($0.status, $0.outcome) = (499, .clientAbort) },
    ]
    for exclude in excluded {
      #expect(try await night { request, _ in exclude(&request) }.findings(LogicInGateway.self).isEmpty)
    }
  }

  @Test("a log without upstream times, or with durations in whole seconds, says nothing")
  func silent() async throws {
    #expect(try await night { request, _ in request.upstreamDuration = nil }.findings(LogicInGateway.self).isEmpty)
    var coarse = ArchitectureNight()
    coarse.add(1_000) { request, index in
      (request.duration, request.upstreamDuration) = (index % 10 == 0 ? 1_000_000 : 0, 0)
    }
    #expect(try await coarse.findings(LogicInGateway.self).isEmpty)
  }
}
