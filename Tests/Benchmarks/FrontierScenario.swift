import Gateways
import Planning
import Statistics
import Traffic

/// The frontier of 64 rates, for every client address and for all requests together, as often as the log has
/// requests; the first run also gathers.
struct FrontierScenario: Scenario {
  static let name = "frontier"
  static let unit = "requests × rates"
  private let store = BenchmarkStore()
  private let byClient: KeyedTraffic
  private let together: KeyedTraffic

  init(file: String) async throws {
    _ = try await store.fill(from: file)
    let traffic = try store.opened()
    byClient = try await KeyedTraffic(traffic, by: ArrivalKey([.client]))
    together = try await KeyedTraffic(traffic, by: .all)
  }

  mutating func run() async throws -> (units: Int, check: UInt64) {
    var check: UInt64 = 0
    var units = 0
    for traffic in [byClient, together] {
      for product in [GatewayProduct.nginx, .envoy] {
        let rates = (0..<64).map { LimitPoint.rate(.perSecond(Int64(1) + Int64($0) * Int64($0))) }
        let answer = try await LimitFrontier(LimitDialect(product), at: rates).answer(from: traffic)
        for row in answer.rows { check = check &* 31 &+ UInt64(bitPattern: row.size ?? 0) }
        units += Int(traffic.census.keyed) * rates.count
      }
    }
    return (units, check)
  }
}

/// Gathering the arrivals of every client address, from the store.
struct GatherScenario: Scenario {
  static let name = "gather"
  static let unit = "requests"
  private let store = BenchmarkStore()

  init(file: String) async throws { _ = try await store.fill(from: file) }

  mutating func run() async throws -> (units: Int, check: UInt64) {
    let traffic = try await KeyedTraffic(store.opened(), by: ArrivalKey([.client]))
    let profiles = try await KeyProfiles(of: traffic)
    return (Int(traffic.census.keyed), UInt64(profiles.keys &* 1_000_003 &+ profiles.peak))
  }
}

/// The smallest limit for all client addresses, one rejection in a thousand tolerated.
struct RecommendScenario: Scenario {
  static let name = "recommend"
  static let unit = "requests"
  private let store = BenchmarkStore()
  private let traffic: KeyedTraffic
  private let most: Int64

  init(file: String) async throws {
    _ = try await store.fill(from: file)
    traffic = try await KeyedTraffic(store.opened(), by: ArrivalKey([.client]))
    most = try await KeyProfiles(of: traffic).mostRequests
  }

  mutating func run() async throws -> (units: Int, check: UInt64) {
    let rules = LimitRules(LimitDialect(.nginx), tolerance: .init(millionths: 1_000))
    let found = try await LimitRecommendation(rules).limitForAll(traffic, mostRequests: most)
    return (Int(traffic.census.keyed), UInt64(found?.limit.smallest ?? 0))
  }
}
