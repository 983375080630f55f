import Statistics
import Testing
import Traffic

@testable import Analysis

@Suite("Health checks") struct HealthChecksTests {
  /// 3,000 calls of users and some probes, a probe every so often.
  private func night(probes: Int, _ change: (inout ArchitectureNight.Request, Int) -> Void) -> ArchitectureNight {
    var night = ArchitectureNight()
    night.add(3_000) { request, index in
      request.userAgent = "browser \(index % 7)"
      request.duration = Int64(10_000 + index)
    }
    night.add(probes) { request, index in
      request.route = "/anything"
      (request.duration, request.upstreamDuration) = (400, 300)
      change(&request, index)
    }
    return night
  }

  @Test("a health check is known by its user agent or its path")
  func found() async throws {
    let byAgent = try await night(probes: 1_000) { request, _ in request.userAgent = "kube-probe/1.31" }
      .findings(HealthChecks.self)
    try #require(byAgent.map(\.id) == ["health-checks"])
    #expect(byAgent[0].severity == .warning)
    #expect(byAgent[0].value("probes") == .ratio(1_000, of: 4_000))
    guard case .duration(let with)? = byAgent[0].value("p50_with"),
      case .duration(let without)? = byAgent[0].value("p50_without")
    else {
      Issue.record("p50 with and without health checks are evidence")
      return
    }
    // The 2,000th of 4,000 is the 1,000th call of a user, without probes it is the 1,500th.
    #expect((with.count - 10_999).magnitude <= 43 && (without.count - 11_499).magnitude <= 45)
    let byPath = try await night(probes: 300) { request, _ in request.route = "/healthz" }.findings(HealthChecks.self)
    #expect(byPath.map(\.id) == ["health-checks"])
  }

  @Test("a program that calls one path in even steps is a health check, one that calls at random is not")
  func rhythm() async throws {
    let even = try await night(probes: 150) { request, _ in request.userAgent = "monitor" }.night
      .answer(ProbeTraffic())
    #expect(even.marks == [ProbeTraffic.Mark(kind: .rhythm, text: "monitor", requests: 150)])
    #expect(even.probes == 150)
    var uneven = night(probes: 0) { _, _ in }
    for index in 0..<150 {
      var request = ArchitectureNight.Request()
      (request.route, request.userAgent) = ("/anything", "monitor")
      uneven.add(request, at: ArchitectureNight.start + Int64(index * index) * 1_000_000)
    }
    #expect(try await uneven.night.answer(ProbeTraffic()).marks.isEmpty)
  }

  @Test("a few health checks that move nothing are not told")
  func few() async throws {
    let findings = try await night(probes: 60) { request, _ in request.userAgent = "ELB-HealthChecker/2.0" }
      .findings(HealthChecks.self)
    #expect(findings.isEmpty)
  }

  @Test("names are found anywhere in a user agent, whatever else is in it")
  func names() {
    #expect(HealthCheckNames.name(inAgent: "x GoogleHC/1.0") == "GoogleHC/")
    #expect(HealthCheckNames.name(inAgent: "googlehc/1.0") == nil)
    #expect(HealthCheckNames.name(inAgent: "") == nil)
    #expect(HealthCheckNames.path(ofTemplate: "/ready?full={text}") == "/ready")
    #expect(HealthCheckNames.path(ofTemplate: "/already") == nil)
  }
}
