import Gateways
import Testing
import Traffic

@testable import Analysis

@Suite("quota-exhaustion") struct QuotaExhaustionTests {
  @Test("finds the instant after which nothing got through") func planted() async throws {
    let night = PlantedTraffic { request in
      guard request.consumer == "c2" else { return }
      (request.limit, request.status) = request.second < 14_400 ? (.passed, 200) : (.rejected, 429)
    }
    let finding = try #require(try await night.findings(of: QuotaExhaustion.self).first)
    let used = night.requests.count { $0.consumer == "c2" && $0.second < 14_400 }
    #expect(finding.id == "quota-exhaustion:c2" && finding.evidence[0].value == .integer(Int64(used)))
  }

  @Test("a limit that lets through again is no quota") func rate() async throws {
    let night = PlantedTraffic { request in
      if request.consumer == "c2", Int(request.second) % 3 == 0 { (request.limit, request.status) = (.rejected, 429) }
    }
    #expect(try await night.findings(of: QuotaExhaustion.self).isEmpty)
  }

  @Test("holds keys against the quotas of a configuration", arguments: [(Int64(200), 1), (300, 1), (100_000, 0)])
  func configured(limit: Int64, expected: Int) async throws {
    let counter = LimitCounter(name: "daily", key: LimitKey([.column(.stored(.consumer))]))
    let rule = LimitRule(
      name: "daily \(limit)", counter: 0,
      limiter: .fixedWindow(limit: limit, window: .calendar(.day), countsRejected: false), status: 429,
      place: ConfigurationPlace(file: "plan.json", line: 3, column: 1))
    let model = GatewayModel(
      product: .plan, counters: [counter],
      policies: [LimitPolicy(name: "quota", cases: [LimitCase(stages: [LimitStage([rule])])])])
    // c1 sends a quarter of it all.
    let night = Night(traffic: PlantedTraffic { if Int($0.second) % 4 == 0 { $0.consumer = "c1" } }.memory, model: model)
    let found = try await QuotaExhaustion().findings(in: night, after: nil)
    #expect((found.first?.subject.hasPrefix("c1 ") ?? false) == (expected > 0))
  }
}
