import Analysis
import Statistics
import Testing
import TestSupport
import Traffic

@Suite("Retry chains") struct RetryChainsTests {
  /// Rows of (seconds, status) of one consumer.
  private func traffic(_ rows: [(Double, Int64)], consumer: String = "anna") -> MemoryTraffic {
    var traffic = MemoryTraffic()
    add(rows, consumer: consumer, to: &traffic)
    return traffic
  }

  private func add(_ rows: [(Double, Int64)], consumer: String, to traffic: inout MemoryTraffic) {
    let (name, route) = (traffic.symbol(consumer), traffic.symbol("/pay"))
    for (time, status) in rows {
      traffic.rows.append(
        .init([.arrival: Int64(time * 1e6), .status: status, .consumer: name, .method: route], route: route))
    }
  }

  @Test("two demands behind four attempts")
  func vector() async throws {
    let answer = try await RetryChains().answer(from: traffic([(0, 429), (1, 429), (3, 200), (100, 200)]))
    #expect(answer.horizon == .minute)
    #expect(answer.total.freshDemand == 2 && answer.total.linked == 2 && answer.total.amplification == 2)
    #expect(answer.total.chains.heads == 2 && answer.total.chains.gaveUp == 0 && answer.total.chains.recovered == 1)
    #expect(answer.total.unserved == 0 && answer.total.chains.longest == 3)
    #expect(answer.rows.map(\.caller) == [.consumer("anna")])
    #expect(answer.rows.first?.freshDemand == 2)
  }

  @Test("a chain that ends rejected gave up, unless the traffic ends first")
  func gaveUp() async throws {
    let answer = try await RetryChains().answer(
      from: traffic([(0, 429), (1, 429), (500, 200), (900, 429), (902, 429)]))
    #expect(answer.total.chains.rejected == 2 && answer.total.chains.gaveUp == 1 && answer.total.chains.undecided == 1)
  }

  @Test("other routes, methods, body lengths and callers begin chains of their own")
  func groups() async throws {
    var traffic = MemoryTraffic()
    let (a, b) = (traffic.symbol("a"), traffic.symbol("b"))
    func row(_ time: Int64, _ values: [RequestColumn: Int64], route: Int64) -> MemoryTraffic.Row {
      var all: [RequestColumn: Int64] = [.arrival: time, .status: 429, .consumer: a, .method: a, .bytesIn: 10]
      all.merge(values) { $1 }
      return .init(all, route: route)
    }
    traffic.rows = [
      row(0, [:], route: a), row(1, [:], route: b), row(2, [.method: b], route: a), row(3, [.bytesIn: 11], route: a),
      row(4, [.consumer: b], route: a), row(5, [.consumer: .absent, .client: 9], route: a),
      row(6, [.consumer: .absent, .client: 10], route: a), row(7, [:], route: a),
    ]
    let answer = try await RetryChains().answer(from: traffic)
    #expect(answer.total.linked == 1 && answer.total.chains.heads == 7)
    #expect(Set(answer.rows.map(\.caller)) == [.consumer("a"), .consumer("b"), .client("0.0.0.9"), .client("0.0.0.10")])
  }

  @Test("a caller whose next request would have come anyway has demand, not retries")
  func background() async throws {
    var random = SeededGenerator(seed: 8)
    let steady = (0..<2_000).map { (Double($0), Int.random(in: 0..<4, using: &random) == 0 ? Int64(429) : 200) }
    let answer = try await RetryChains().answer(from: traffic(steady))
    #expect(answer.total.linked > 400)
    #expect(answer.total.freshDemand == 2_000 && answer.total.retryProbability == nil)
  }

  @Test("the demand that a generator put in comes out again", arguments: [UInt64(1), 2, 3])
  func recovered(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    var traffic = MemoryTraffic()
    traffic.batchRows = 1_000
    let route = traffic.symbol("/pay")
    let callers = (0..<40).map { traffic.symbol("c\($0)") }
    let demands = 8_000
    for _ in 0..<demands {
      var time = Int64.random(in: 0..<600_000_000_000, using: &random)
      let caller = callers.randomElement(using: &random)!
      for _ in 0..<5 {
        let isRejected = Int.random(in: 0..<2, using: &random) == 0
        traffic.rows.append(
          .init([.arrival: time, .status: isRejected ? 429 : 200, .consumer: caller], route: route))
        guard isRejected, Int.random(in: 0..<10, using: &random) < 6 else { break }
        time += Int64.random(in: 500_000...4_000_000, using: &random)
      }
    }
    let answer = try await RetryChains().answer(from: traffic)
    #expect(abs(answer.total.freshDemand / Double(demands) - 1) < 0.02)
    #expect(abs((answer.total.retryProbability ?? 0) - 0.6) < 0.05)
    #expect(answer.rows.count == 40)
    #expect(abs(answer.rows.reduce(0) { $0 + $1.freshDemand } - answer.total.freshDemand) < 1e-6)
  }

  @Test("counts are those of the obvious way", arguments: [UInt64(4), 5])
  func oracle(seed: UInt64) async throws {
    let traffic = MemoryTraffic.generated(seed: seed, requests: 1_500)
    let answer = try await RetryChains().answer(from: traffic)
    let rows = traffic.rows.enumerated().sorted { ($0.element[.arrival], $0.offset) < ($1.element[.arrival], $1.offset) }
      .map(\.element)
    var last: [[Int64]: (arrival: Int64, isRejected: Bool)] = [:]
    var linked: Int64 = 0
    var rejected: Int64 = 0
    for row in rows {
      let key = [row[.consumer], row[.consumer] == .absent ? row[.client] : 0, row.route, row[.method], row[.bytesIn]]
      let isRejected = row[.status] == 429
      if let before = last[key], before.isRejected, row[.arrival] - before.arrival <= answer.horizon.count { linked += 1 }
      if isRejected { rejected += 1 }
      last[key] = (row[.arrival], isRejected)
    }
    #expect(answer.total.attempts == 1_500 && answer.total.linked == linked && answer.total.rejected == rejected)
    #expect(answer.total.chains.heads == 1_500 - linked)
    #expect(answer.rows.reduce(0) { $0 + $1.rejected } == rejected)
  }

  @Test("how often callers come that are never rejected does not matter")
  func bystanders() async throws {
    var rejected: [(Double, Int64)] = []
    for index in 0..<60 {
      let time = Double(index) * 1_000
      rejected += [(time, 429), (time + 2, 200)]
    }
    let others = (0..<5_000).map { (Double($0) * 10, Int64(200)) }
    var crowded = traffic(rejected)
    add(others, consumer: "ben", to: &crowded)
    let alone = try await RetryChains().answer(from: traffic(rejected))
    let among = try await RetryChains().answer(from: crowded)
    #expect(among.evidence.overall == alone.evidence.overall && among.total.tellsRetries)
    #expect(among.rows == alone.rows && among.total.freshDemand == 5_060)
  }

  @Test("honoured Retry-After is counted where it is known")
  func honoured() async throws {
    let rows: [(Double, Int64)] = [(0, 429), (10, 429), (20.9, 429), (32.5, 200)]
    let answer = try await RetryChains(retryAfter: Microseconds(10_000_000)).answer(from: traffic(rows))
    #expect(answer.total.honoured == 2 && answer.rows.first?.honoured == 2)
    #expect(try await RetryChains().answer(from: traffic(rows)).total.honoured == nil)
  }

  @Test("traffic without a rejection is all demand; no traffic is nothing")
  func calm() async throws {
    let calm = try await RetryChains().answer(from: traffic([(0, 200), (1, 500), (2, 200)]))
    #expect(calm.total.freshDemand == 3 && calm.total.amplification == 1 && calm.rows.isEmpty)
    let empty = try await RetryChains().answer(from: MemoryTraffic())
    #expect(empty.total.attempts == 0 && empty.total.freshDemand == 0 && empty.total.unservedShare == 0)
  }
}
