import Gateways
import Testing
import Traffic

@testable import Analysis

@Suite("per-node-limits") struct PerNodeLimitsTests {
  private func model(_ scope: LimitCounter.Scope) -> GatewayModel {
    let counter = LimitCounter(name: "perip", key: .client, scope: scope)
    let rule = LimitRule(
      name: "perip 10r/s", counter: 0, limiter: .tokenBucket(rate: .perSecond(10), capacity: 20), status: 429,
      place: ConfigurationPlace(file: "nginx.conf", line: 3, column: 1))
    return GatewayModel(
      product: .nginx, counters: [counter],
      policies: [LimitPolicy(name: "limit_req", cases: [LimitCase(stages: [LimitStage([rule])])])])
  }

  private func findings(nodes: Int, _ scope: LimitCounter.Scope) async throws -> [Finding] {
    let traffic = PlantedTraffic(hours: 1) { $0.gateway = "gw\(Int($0.second) % nodes)" }.memory
    return try await PerNodeLimits().findings(in: Night(traffic: traffic, model: model(scope)), after: nil)
  }

  @Test("finds a limit that three nodes count each for itself") func planted() async throws {
    let found = try await findings(nodes: 3, .perNode)
    #expect(found.map(\.kind) == ["per-node-limits"] && found.first?.evidence[0].value == .integer(3))
  }

  @Test("says nothing of one node, of a shared counter, or without a configuration") func quiet() async throws {
    #expect(try await findings(nodes: 1, .perNode).isEmpty)
    #expect(try await findings(nodes: 3, .shared).isEmpty)
    #expect(try await PlantedTraffic(hours: 1).findings(of: PerNodeLimits.self).isEmpty)
  }
}
