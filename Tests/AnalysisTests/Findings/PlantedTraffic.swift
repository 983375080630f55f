import TestSupport
import Traffic

@testable import Analysis

/// A quiet night to plant faults in: three routes, twenty consumers, steady arrivals.
struct PlantedTraffic {
  /// One request before it becomes a row.
  struct Request {
    /// Seconds since the start of the night.
    var second: Double
    var route = "/api/orders"
    var status: Int64 = 200
    var milliseconds: Double = 20
    var consumer: String? = "c0"
    var client: Int64 = 1
    var userAgent = "agent"
    var limit: LimitVerdict? = nil
    var gateway: String? = nil
  }

  /// A midnight.
  static let start: Int64 = 1_795_219_200_000_000
  private(set) var requests: [Request] = []

  /// - Parameter change: plants the fault.
  init(
    hours: Int = 6, perMinute: Int = 20, seed: UInt64 = 1, _ change: (inout Request) -> Void = { _ in }
  ) {
    var random = SeededGenerator(seed: seed)
    for index in 0..<(hours * 60 * perMinute) {
      let second = (Double(index) + Double.random(in: 0..<1, using: &random)) * 60 / Double(perMinute)
      var request = Request(second: second)
      request.route = ["/api/orders", "/api/users/{int}", "/api/search"].randomElement(using: &random)!
      request.milliseconds = 10 * Double(1 << Int.random(in: 0..<3, using: &random)) * Double.random(in: 1..<2, using: &random)
      let caller = Int.random(in: 0..<20, using: &random)
      request.consumer = "c\(caller)"
      request.client = 1_000 + Int64(caller * 4) + Int64.random(in: 0..<4, using: &random)
      if Int.random(in: 0..<2_000, using: &random) == 0 { request.status = 500 }
      change(&request)
      add(request)
    }
  }

  /// The same without what arrived in some seconds.
  func without(_ seconds: Range<Double>) -> PlantedTraffic {
    var night = self
    night.requests.removeAll { seconds.contains($0.second) }
    return night
  }

  mutating func add(_ request: Request) { requests.append(request) }

  /// In order of time, as a log has it.
  var memory: MemoryTraffic {
    var traffic = MemoryTraffic()
    traffic.batchRows = 500
    for request in requests.sorted(by: { $0.second < $1.second }) {
      var values: [RequestColumn: Int64] = [
        .arrival: Self.start + Int64(request.second * 1e6), .status: request.status,
        .duration: Int64(request.milliseconds * 1e3), .client: request.client, .method: traffic.symbol("GET"),
        .userAgent: traffic.symbol(request.userAgent), .outcome: Outcome.ok.rawValue,
      ]
      if let consumer = request.consumer { values[.consumer] = traffic.symbol(consumer) }
      if let limit = request.limit { values[.limit] = limit.rawValue }
      if let gateway = request.gateway { values[.gateway] = traffic.symbol(gateway) }
      traffic.rows.append(.init(values, route: traffic.symbol(request.route)))
    }
    return traffic
  }

  func findings<Rule: FindingRule>(of _: Rule.Type, ledger: [LedgerEntry] = []) async throws -> [Finding] {
    try await Rule().findings(in: Night(traffic: memory, ledger: ledger), after: nil)
  }

  /// Every rule of this folder has nothing to say about a quiet night.
  static let seeds: [UInt64] = [1, 2, 3]
}
