import Testing
import Traffic

@testable import Analysis

@Suite("Stale discovery") struct StaleDiscoveryTests {
  /// Three endpoints of one pool; the third fails what `isFailing` says.
  private func night(
    service: String? = nil, requests: Int = 3_000, _ isFailing: (_ endpoint: Int, _ index: Int) -> Bool
  ) -> ArchitectureNight {
    var night = ArchitectureNight()
    night.add(requests, until: 6 * ArchitectureNight.hour) { request, index in
      request.upstream = "10.0.0.\(index % 3 + 1):80"
      request.service = service
      if isFailing(index % 3, index) { (request.status, request.upstreamStatus) = (502, 502) }
    }
    return night
  }

  @Test("an endpoint that serves nothing while its siblings do is found", arguments: [nil, "orders"])
  func found(service: String?) async throws {
    let findings = try await night(service: service) { endpoint, index in endpoint == 2 && index > 1_000 }
      .findings(StaleDiscovery.self)
    try #require(findings.map(\.id) == ["stale-discovery:10.0.0.3:80"])
    #expect(findings[0].severity == .severe)
    #expect(findings[0].value("unserved") == .ratio(667, of: 667))
  }

  @Test("a pool that fails as a whole, a restart, and few requests are not")
  func others() async throws {
    #expect(try await night { _, index in index > 1_500 }.findings(StaleDiscovery.self).isEmpty)
    let restart = night { endpoint, index in endpoint == 2 && (1_000..<1_030).contains(index) }
    #expect(try await restart.findings(StaleDiscovery.self).isEmpty)
    #expect(try await night(requests: 30) { endpoint, _ in endpoint == 2 }.findings(StaleDiscovery.self).isEmpty)
  }

  @Test("endpoints of different routes are no siblings, and one endpoint alone has none")
  func pools() async throws {
    var apart = ArchitectureNight()
    apart.add(2_000) { request, index in
      request.route = index % 2 == 0 ? "/a" : "/b"
      request.upstream = "10.0.0.\(index % 2 + 1):80"
      if index % 2 == 1 { (request.status, request.upstreamStatus) = (502, 502) }
    }
    #expect(try await apart.findings(StaleDiscovery.self).isEmpty)
    let load = try await apart.night.answer(EndpointLoad())
    #expect(load.pools == 2)
    #expect(load.endpoints.map(\.pool) == [0, 1])
  }

  @Test("a log without upstreams says nothing")
  func silent() async throws {
    var bare = ArchitectureNight()
    bare.add(1_000) { request, _ in (request.upstream, request.status) = (nil, 502) }
    #expect(try await bare.findings(StaleDiscovery.self).isEmpty)
  }
}
