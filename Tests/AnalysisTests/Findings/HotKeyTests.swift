import Testing
import Traffic

@testable import Analysis

@Suite("hot-key") struct HotKeyTests {
  @Test("finds a consumer that dominates a stretch, or an address where there are no consumers", arguments: [true, false])
  func planted(hasConsumers: Bool) async throws {
    var night = PlantedTraffic { if !hasConsumers { $0.consumer = nil } }
    for index in 0..<1_000 {
      var request = PlantedTraffic.Request(second: 7_200 + Double(index) * 1.8)
      (request.consumer, request.client) = (hasConsumers ? "c7" : nil, 7)
      night.add(request)
    }
    let found = try await night.findings(of: HotKey.self)
    #expect(found.map(\.id) == [hasConsumers ? "hot-key:c7" : "hot-key:0.0.0.7"])
  }

  @Test("says nothing about a quiet night, or one whose only caller it is", arguments: PlantedTraffic.seeds)
  func quiet(seed: UInt64) async throws {
    #expect(try await PlantedTraffic(seed: seed).findings(of: HotKey.self).isEmpty)
    #expect(try await PlantedTraffic(seed: seed) { $0.consumer = "only" }.findings(of: HotKey.self).isEmpty)
  }

  @Test("a batch job in the dead of the night, when nobody else is awake, hurts nobody") func nightly() async throws {
    var night = PlantedTraffic(perMinute: 60)
    night = night.without(10_800..<14_400)
    for index in 0..<120 { night.add(PlantedTraffic.Request(second: 10_800 + Double(index) * 30, consumer: "batch")) }
    #expect(try await night.findings(of: HotKey.self).isEmpty)
  }
}
