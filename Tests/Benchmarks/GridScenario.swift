import Analysis
import Gateways
import Planning
import Store
import Traffic

/// The grid of limits per consumer for nginx, gathering included, as a report makes it. The file is a log, or a store.
struct GridScenario: Scenario {
  static let name = "grid"
  static let unit = "requests × points"
  private let store = BenchmarkStore()
  private let traffic: TrafficStore
  private let resolutions: [Int64: Int64]

  init(file: String) async throws {
    if file.hasSuffix(".db") {
      traffic = try TrafficStore(file: file)
    } else {
      _ = try await store.fill(from: file)
      traffic = try store.opened()
    }
    resolutions = [1: 1_000]
  }

  mutating func run() async throws -> (units: Int, check: UInt64) {
    var check: UInt64 = 0
    var units = 0
    let dialect = LimitDialect(.nginx)
    let written = try WrittenLimit(dialect, by: .consumer, at: .rate(.perSecond(10)), size: 20)
    let gathered = try await GridTraffic(
      traffic, by: .consumer, as: written, dialect: dialect, scope: Scope(), resolutions: resolutions)
    guard let answer = await LimitGrid(dialect).answer(from: gathered) else { return (0, 0) }
    for point in answer.points {
      units += Int(gathered.counted) * point.sizes.count
      for outcome in point.outcomes { check = check &* 31 &+ UInt64(bitPattern: outcome.rejected) }
    }
    return (units, check)
  }
}

/// The same for the other products, without gathering.
struct GridReplayScenario: Scenario {
  static let name = "grid-replay"
  static let unit = "requests × points"
  private let store = BenchmarkStore()
  private var gathered: [(LimitDialect, GridTraffic)] = []

  init(file: String) async throws {
    if !file.hasSuffix(".db") { _ = try await store.fill(from: file) }
    let traffic = file.hasSuffix(".db") ? try TrafficStore(file: file) : try store.opened()
    let all = try await GridTraffic(
      traffic, by: .consumer, as: nil, dialect: LimitDialect(.nginx), scope: Scope(), resolutions: [1: 1_000])
    for product in GatewayProduct.allCases { gathered.append((LimitDialect(product), all)) }
  }

  mutating func run() async throws -> (units: Int, check: UInt64) {
    var check: UInt64 = 0
    var units = 0
    for (dialect, traffic) in gathered {
      let start = ContinuousClock().now
      guard let answer = await LimitGrid(dialect).answer(from: traffic) else { continue }
      print("\(dialect.product.rawValue): \(answer.points.count) × \(answer.sizes.count), \(ContinuousClock().now - start)")
      for point in answer.points {
        units += Int(traffic.counted) * point.sizes.count
        for outcome in point.outcomes { check = check &* 31 &+ UInt64(bitPattern: outcome.rejected) }
      }
    }
    return (units, check)
  }
}
