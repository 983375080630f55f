import TestSupport
import Traffic

@testable import Analysis

/// A night in memory, written down route by route.
struct ArchitectureNight {
  static let start: Int64 = 1_795_219_200_000_000
  static let minute: Int64 = 60_000_000
  static let hour: Int64 = 3_600_000_000

  /// What a request of the night is; a column that is not set is absent.
  struct Request {
    var route = "/api/orders/{id}"
    var template: String?
    var method = "GET"
    var status: Int64 = 200
    var upstreamStatus: Int64?
    var duration: Int64? = 12_000
    var upstreamDuration: Int64? = 11_000
    var bytesOut: Int64? = 900
    var attempts: Int64? = 1
    var cache: CacheStatus?
    var limit: LimitVerdict? = .passed
    var outcome = Outcome.ok
    var upstream: String? = "10.0.0.1:80"
    var service: String?
    var gateway: String?
    var consumer: String? = "ak_1"
    var userAgent: String? = "curl/8.0"
  }

  var traffic = MemoryTraffic()

  init() {
    traffic.batchRows = 500
    traffic.batchesPerFold = 3
  }

  /// Adds `count` requests that arrive evenly in a stretch of the night.
  mutating func add(
    _ count: Int, from: Int64 = 0, until: Int64 = 24 * hour, _ change: (inout Request, Int) -> Void = { _, _ in }
  ) {
    for index in 0..<count {
      var request = Request()
      change(&request, index)
      add(request, at: Self.start + from + (until - from) / Int64(count) * Int64(index))
    }
  }

  mutating func add(_ request: Request, at arrival: Int64) {
    var values: [RequestColumn: Int64] = [
      .arrival: arrival, .status: request.status, .method: traffic.symbol(request.method),
      .outcome: request.outcome.rawValue, .path: traffic.symbol(request.template ?? request.route),
      .line: Int64(traffic.rows.count + 1),
    ]
    values[.upstreamStatus] = request.upstreamStatus
    values[.duration] = request.duration
    values[.upstreamDuration] = request.upstreamDuration
    values[.bytesOut] = request.bytesOut
    values[.attempts] = request.attempts
    values[.cache] = request.cache?.rawValue
    values[.limit] = request.limit?.rawValue
    values[.upstream] = request.upstream.map { traffic.symbol($0) }
    values[.service] = request.service.map { traffic.symbol($0) }
    values[.gateway] = request.gateway.map { traffic.symbol($0) }
    values[.consumer] = request.consumer.map { traffic.symbol($0) }
    values[.userAgent] = request.userAgent.map { traffic.symbol($0) }
    traffic.rows.append(.init(values, route: traffic.symbol(request.route)))
  }

  var night: Night {
    let first = traffic.rows.map { $0[.arrival] }.min().map(Timestamp.init(microseconds:))
    let last = traffic.rows.map { $0[.arrival] }.max().map(Timestamp.init(microseconds:))
    return Night(
      traffic: traffic,
      ledger: [
        LedgerEntry(number: 1, path: "night.log", format: "gw", firstArrival: first, lastArrival: last)
      ])
  }

  func findings<Rule: FindingRule>(_: Rule.Type, after earlier: ArchitectureNight? = nil) async throws -> [Finding] {
    try await Rule().findings(in: night, after: earlier?.night)
  }
}

extension Finding {
  /// The value of a piece of evidence.
  func value(_ key: String) -> Cell? { evidence.first { $0.key == key }?.value }
}
