import Testing
import Traffic

@testable import Analysis

@Suite("Uncacheable") struct UncacheableTests {
  /// `/prices` is cached; `/rates` goes to the cache with `status` every time and repeats ten sizes.
  private func night(_ status: CacheStatus, sizes: Int = 10, requests: Int = 1_000) -> ArchitectureNight {
    var night = ArchitectureNight()
    night.add(1_000) { request, index in
      request.route = "/prices"
      request.cache = index % 2 == 0 ? .hit : .miss
    }
    night.add(requests, until: ArchitectureNight.hour) { request, index in
      request.route = "/rates"
      request.cache = status
      request.bytesOut = Int64(500 + index % sizes)
    }
    return night
  }

  @Test("a route that always misses or is bypassed though answers repeat is found", arguments: [CacheStatus.miss, .bypass])
  func found(status: CacheStatus) async throws {
    let findings = try await night(status).findings(Uncacheable.self)
    try #require(findings.map(\.id) == ["uncacheable:GET_/rates"])
    #expect(findings[0].severity == .warning)
    #expect(findings[0].value("served") == .ratio(0, of: 1_000))
    // 1,000 in 60 minutes, ten sizes in each: 600 are the first of their minute.
    #expect(findings[0].value("repeats") == .ratio(400, of: 1_000))
  }

  @Test("answers that do not repeat, few requests, and routes that never ask the cache are not")
  func others() async throws {
    #expect(try await night(.miss, sizes: 1_000).findings(Uncacheable.self).isEmpty)
    #expect(try await night(.miss, requests: 100).findings(Uncacheable.self).isEmpty)
    #expect(try await night(.none).findings(Uncacheable.self).isEmpty)
  }

  @Test("a gateway whose cache answers nothing at all has another problem")
  func noCache() async throws {
    var night = ArchitectureNight()
    night.add(1_000) { request, _ in request.cache = .miss }
    #expect(try await night.findings(Uncacheable.self).isEmpty)
  }
}
