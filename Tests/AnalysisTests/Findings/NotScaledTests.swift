import Testing
import Traffic

@testable import Analysis

@Suite("Not scaled") struct NotScaledTests {
  /// Requests of 24 stretches of an hour; the busy ones have five times the traffic.
  private func night(endpoints: Int, busyTime: Int64, gateways: Int = 0) -> ArchitectureNight {
    var night = ArchitectureNight()
    for hour in 0..<24 {
      let isBusy = hour >= 18
      night.add(
        isBusy ? 3_000 : 600, from: Int64(hour) * ArchitectureNight.hour, until: Int64(hour + 1) * ArchitectureNight.hour
      ) { request, index in
        request.upstream = "10.0.0.\(index % endpoints + 1):80"
        request.upstreamDuration = isBusy ? busyTime : 11_000
        request.duration = (request.upstreamDuration ?? 0) + 1_000
        if gateways > 0 { request.gateway = "gw\(index % gateways + 1)" }
      }
    }
    return night
  }

  @Test("the only endpoint of a pool is told, as a notice")
  func singleEndpoint() async throws {
    let findings = try await night(endpoints: 1, busyTime: 11_000).findings(NotScaled.self)
    try #require(findings.map(\.id) == ["not-scaled:10.0.0.1:80"])
    #expect(findings[0].severity == .notice)
    #expect(findings[0].value("endpoints") == .integer(1))
  }

  @Test("a pool whose time grows with the load is told, one whose time does not is not")
  func saturation() async throws {
    let findings = try await night(endpoints: 3, busyTime: 33_000).findings(NotScaled.self)
    try #require(findings.map(\.id) == ["not-scaled:10.0.0.1:80"])
    #expect(findings[0].severity == .warning)
    #expect(findings[0].value("upstream_time") == .duration(Microseconds(33_000)))
    #expect(try await night(endpoints: 3, busyTime: 12_000).findings(NotScaled.self).isEmpty)
  }

  @Test("one named node, and two of which either would carry twice what it was seen to carry, are told")
  func nodes() async throws {
    let one = try await night(endpoints: 3, busyTime: 11_000, gateways: 1).findings(NotScaled.self)
    try #require(one.map(\.id) == ["not-scaled:nodes"])
    let two = try await night(endpoints: 3, busyTime: 11_000, gateways: 2).findings(NotScaled.self)
    try #require(two.map(\.id) == ["not-scaled:nodes"])
    #expect(two.map(\.severity) == [.notice])
    let many = try await night(endpoints: 3, busyTime: 11_000, gateways: 6).findings(NotScaled.self)
    #expect(many.isEmpty)
  }

  @Test("little traffic says nothing")
  func silent() async throws {
    var few = ArchitectureNight()
    few.add(100) { request, _ in request.gateway = "gw1" }
    #expect(try await few.findings(NotScaled.self).isEmpty)
  }
}
