import Testing
import Traffic

@testable import Analysis

@Suite("Cold cache") struct ColdCacheTests {
  private static let hour = ArchitectureNight.hour

  /// Six hours with 1,200 look-ups each; `hits` in a hundred of those at a minute of the night are served.
  private func night(perHour: Int = 1_200, _ hits: (_ minute: Int, _ index: Int) -> Int) -> ArchitectureNight {
    var night = ArchitectureNight()
    night.add(6 * perHour, until: 6 * Self.hour) { request, index in
      request.cache = index * 37 % 100 < hits(index * 60 / perHour, index) ? .hit : .miss
    }
    return night
  }

  @Test("a hit ratio that climbs from low at the start is told as a notice")
  func start() async throws {
    let findings = try await night { minute, _ in minute < 30 ? 10 : 60 }.findings(ColdCache.self)
    try #require(findings.map(\.id) == ["cold-cache:start"])
    #expect(findings[0].severity == .notice)
    #expect(findings[0].value("hit") == .ratio(60, of: 600))
    #expect(findings[0].value("warm_hit") == .ratio(720, of: 1_200))
  }

  @Test("a drop in the middle that recovers is a flush")
  func flush() async throws {
    let findings = try await night { minute, _ in (180..<200).contains(minute) ? 15 : 60 }.findings(ColdCache.self)
    try #require(findings.map(\.id) == ["cold-cache:flush"])
    #expect(findings[0].severity == .warning)
  }

  @Test("a steady ratio, a ratio that fades, and few look-ups are not")
  func others() async throws {
    #expect(try await night { _, _ in 60 }.findings(ColdCache.self).isEmpty)
    #expect(try await night { minute, _ in 60 - minute / 12 }.findings(ColdCache.self).isEmpty)
    let few = night(perHour: 20) { minute, _ in minute < 60 ? 0 : 60 }
    #expect(try await few.findings(ColdCache.self).isEmpty)
  }

  @Test("a burst of requests that are never cached is no cold cache")
  func otherTraffic() async throws {
    var night = night { _, _ in 60 }
    night.add(1_500, from: 3 * Self.hour, until: 3 * Self.hour + 20 * ArchitectureNight.minute) { request, _ in
      request.route = "/rare/{id}"
      request.cache = .miss
    }
    #expect(try await night.findings(ColdCache.self).isEmpty)
  }

  @Test("a log without cache statuses says nothing")
  func silent() async throws {
    var bare = ArchitectureNight()
    bare.add(5_000)
    #expect(try await bare.findings(ColdCache.self).isEmpty)
  }
}
