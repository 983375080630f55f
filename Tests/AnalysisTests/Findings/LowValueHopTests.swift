import Testing
import Traffic

@testable import Analysis

@Suite("Low-value hop") struct LowValueHopTests {
  private func night(duration: Int64, upstream: Int64, route: String = "/thin") -> ArchitectureNight {
    var night = ArchitectureNight()
    night.add(3_000)
    night.add(1_000) { request, _ in
      request.route = route
      (request.duration, request.upstreamDuration) = (duration, upstream)
    }
    return night
  }

  @Test("a hop that takes longer than the work is found")
  func found() async throws {
    let findings = try await night(duration: 5_000, upstream: 1_000).findings(LowValueHop.self)
    try #require(findings.map(\.id) == ["low-value-hop:GET_/thin"])
    #expect(findings[0].severity == .notice)
    #expect(findings[0].impact == 0.25)
  }

  @Test("one step of the logged durations is no hop")
  func rounding() async throws {
    #expect(try await night(duration: 1_000, upstream: 0).findings(LowValueHop.self).isEmpty)
    // The same with durations in microseconds is told.
    #expect(try await night(duration: 1_003, upstream: 307).findings(LowValueHop.self).count == 1)
  }

  @Test("slow upstreams, gateway logic and health checks are not")
  func others() async throws {
    #expect(try await night(duration: 30_000, upstream: 9_000).findings(LowValueHop.self).isEmpty)
    #expect(try await night(duration: 60_000, upstream: 2_000).findings(LowValueHop.self).isEmpty)
    #expect(try await night(duration: 5_000, upstream: 1_000, route: "/ping").findings(LowValueHop.self).isEmpty)
  }
}
