import TestSupport
import Testing
import Traffic

@testable import Analysis

@Suite("Pass-through") struct PassThroughTests {
  /// A cached and limited route, and `/plain`, which the gateway only passes on.
  private func night(_ change: (inout ArchitectureNight.Request, Int) -> Void = { _, _ in }) -> ArchitectureNight {
    var night = ArchitectureNight()
    night.add(1_000) { request, index in
      request.cache = index % 2 == 0 ? .hit : .miss
      request.limit = index % 50 == 0 ? .rejected : .passed
    }
    night.add(1_000) { request, index in
      request.route = "/plain"
      change(&request, index)
    }
    return night
  }

  @Test("a route without cache, refusals, retries and denials is found with its hop")
  func found() async throws {
    let findings = try await night().findings(PassThrough.self)
    try #require(findings.map(\.id) == ["pass-through:GET_/plain"])
    #expect(findings[0].severity == .notice)
    #expect(findings[0].impact == 0.5)
    #expect(findings[0].value("requests") == .integer(1_000))
    #expect(findings[0].value("gateway_time") == .duration(Microseconds(1_000)))
  }

  @Test("a route for which the gateway does anything is not")
  func helped() async throws {
    let helps: [(inout ArchitectureNight.Request) -> Void] = [
      { $0.cache = .miss }, { $0.limit = .rejected }, { $0.limit = .delayed }, { $0.attempts = 2 },
      { ($0.status, $0.upstreamDuration, $0.upstream) = (401, nil, nil) },
    ]
    for help in helps {
      let findings = try await night { request, index in if index == 700 { help(&request) } }.findings(PassThrough.self)
      #expect(findings.isEmpty)
    }
  }

  @Test("too few requests, a health check, and a log that tells no limiter or cache say nothing")
  func silent() async throws {
    var few = night()
    few.traffic.rows.removeLast(400)
    #expect(try await few.findings(PassThrough.self).isEmpty)
    #expect(try await night { request, _ in request.route = "/healthz" }.findings(PassThrough.self).isEmpty)
    var bare = ArchitectureNight()
    bare.add(2_000) { request, _ in request.limit = nil }
    #expect(try await bare.findings(PassThrough.self).isEmpty)
  }
}
