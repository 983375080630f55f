import Testing
import Traffic

@testable import Analysis

@Suite("Regression") struct RegressionTests {
  /// A day of two routes; `change` makes the second one worse.
  private func night(day: Int64, seed: Int64, _ change: (inout ArchitectureNight.Request, Int) -> Void) -> ArchitectureNight {
    var night = ArchitectureNight()
    let from = day * 24 * ArchitectureNight.hour
    for route in ["/a", "/b"] {
      night.add(6_000, from: from, until: from + 24 * ArchitectureNight.hour) { request, index in
        request.route = route
        // Spread over 8 to 16 ms, in another order on another day.
        request.duration = 8_000 + (Int64(index) * 7_919 + seed) % 8_000
        request.cache = (Int64(index) * 31 + seed) % 10 < 6 ? .hit : .miss
        if route == "/b" { change(&request, index) }
      }
    }
    return night
  }

  private func findings(_ change: (inout ArchitectureNight.Request, Int) -> Void) async throws -> [Finding] {
    let before = night(day: 0, seed: 17) { _, _ in }
    return try await night(day: 1, seed: 5_003, change).findings(Regression.self, after: before)
  }

  @Test("a route that is slower than the day before is found, with both values")
  func slower() async throws {
    let found = try await findings { request, _ in request.duration = (request.duration ?? 0) * 2 }
    try #require(found.map(\.id) == ["regression:GET_/b"])
    #expect(found[0].severity == .warning)
    #expect(found[0].evidence.contains { $0.key == "p50" && $0.label == "p50" })
    #expect(found[0].evidence.contains { $0.key == "p50" && $0.label == "p50, before" })
  }

  @Test("a route that fails more, or is cached less, is found")
  func failing() async throws {
    let failing = try await findings { request, index in if index % 25 == 0 { request.status = 500 } }
    #expect(failing.map(\.id) == ["regression:GET_/b"])
    let uncached = try await findings { request, _ in request.cache = .miss }
    #expect(uncached.map(\.id) == ["regression:GET_/b"])
  }

  @Test("the same day again, and a day that is better, are no news")
  func alike() async throws {
    #expect(try await findings { _, _ in }.isEmpty)
    #expect(try await findings { request, _ in request.duration = (request.duration ?? 0) / 2 }.isEmpty)
  }

  @Test("one bad hour is no regression of the day")
  func noise() async throws {
    let found = try await findings { request, index in
      if (1_000..<1_250).contains(index) { request.duration = 400_000 }
    }
    #expect(found.isEmpty)
  }

  @Test("without a period before there is nothing to say")
  func alone() async throws {
    #expect(try await night(day: 0, seed: 1) { _, _ in }.findings(Regression.self).isEmpty)
  }
}
