import Statistics
import TestSupport
import Testing
import Traffic

@testable import Analysis

@Suite("Route latency") struct RouteLatencyTests {
  /// Sorts everything and takes the nearest rank: slow and obvious.
  private func oracle(_ durations: [Int64], _ quantile: ReportedQuantile) -> Int64? {
    guard durations.count >= quantile.samplesNeeded else { return nil }
    let sorted = durations.sorted()
    let (quotient, remainder) = (Int64(quantile.quantile.millionths) * Int64(sorted.count)).quotientAndRemainder(dividingBy: 1_000_000)
    return sorted[Int(max(1, quotient + (remainder > 0 ? 1 : 0))) - 1]
  }

  private func counts(_ row: MemoryTraffic.Row) -> Bool {
    row[.duration] != .absent && ![0, 101, 408, 499].contains(row[.status])
      && Outcome(rawValue: row[.outcome])!.countsForLatency
  }

  @Test("percentiles are values of the data at the nearest rank", arguments: [UInt64(1), 2, 3, 4])
  func exactPercentiles(seed: UInt64) async throws {
    var traffic = MemoryTraffic.generated(seed: seed, requests: 3_000)
    traffic.batchRows = 100 * Int(seed)
    let answer = try await RouteLatency().answer(from: traffic)
    #expect(answer.totals.requests == 3_000)
    for row in answer.rows {
      let durations = traffic.rows.filter {
        counts($0) && traffic.symbolText($0.route) == row.route && traffic.symbolText($0[.method]) == row.method
      }.map { $0[.duration] }
      #expect(row.latency.samples == Int64(durations.count), "seed \(seed)")
      #expect(row.latency.maximum?.count == durations.max())
      for (index, quantile) in ReportedQuantile.all.enumerated() {
        #expect(row.latency.quantiles[index]?.count == oracle(durations, quantile), "seed \(seed) \(quantile.key)")
      }
    }
    let all = traffic.rows.filter(counts).map { $0[.duration] }
    for (index, quantile) in ReportedQuantile.all.enumerated() {
      #expect(answer.latency.quantiles[index]?.count == oracle(all, quantile))
    }
  }

  @Test("percentiles never fall as the quantile rises", arguments: [UInt64(5), 6])
  func monotone(seed: UInt64) async throws {
    let answer = try await RouteLatency(byClass: true).answer(from: MemoryTraffic.generated(seed: seed, requests: 2_000))
    for row in answer.rows {
      let values = (row.latency.quantiles + [row.latency.maximum]).compactMap { $0?.count }
      #expect(values == values.sorted())
    }
  }

  @Test("classes of a route add up to the route, and cache hits and refusals are told apart")
  func classesAddUp() async throws {
    let traffic = MemoryTraffic.generated(seed: 7, requests: 2_000)
    let whole = try await RouteLatency().answer(from: traffic)
    let split = try await RouteLatency(byClass: true).answer(from: traffic)
    #expect(split.totals == whole.totals)
    for row in whole.rows {
      let parts = split.rows.filter { $0.route == row.route && $0.method == row.method }
      #expect(parts.reduce(0) { $0 + $1.totals.requests } == row.totals.requests)
      #expect(parts.reduce(0) { $0 + $1.latency.samples } == row.latency.samples)
    }
    #expect(Set(split.rows.compactMap(\.requestClass)).isSuperset(of: [.success, .cacheHit, .clientError, .limited, .serverError]))
  }

  @Test("the same traffic in batches of any size gives the same answer", arguments: [1, 3, 64, 5_000])
  func batchSize(rows: Int) async throws {
    var traffic = MemoryTraffic.generated(seed: 8, requests: 700)
    let expected = try await RouteLatency(byClass: true).answer(from: traffic)
    traffic.batchRows = rows
    #expect(try await RouteLatency(byClass: true).answer(from: traffic) == expected)
  }

  @Test("no traffic gives no rows and no percentiles")
  func empty() async throws {
    let answer = try await RouteLatency().answer(from: MemoryTraffic())
    #expect(answer.rows.isEmpty)
    #expect(answer.latency.quantiles.allSatisfy { $0 == nil })
    #expect(answer.window == TrafficWindow())
  }

  @Test("durations of 12.7 days and more are selected exactly too")
  func overflow() async throws {
    var traffic = MemoryTraffic()
    for index in 0..<40 {
      traffic.rows.append(.init([.arrival: 5, .status: 200, .outcome: 0, .duration: (1 << 40) + Int64(index * 3)]))
    }
    let answer = try await RouteLatency().answer(from: traffic)
    let twentieth: Int64 = 1_099_511_627_776 + 57
    #expect(answer.latency.quantiles[0]?.count == twentieth)
  }

  @Test("a percentile needs ten samples in its tail", arguments: [("p50", 20), ("p90", 100), ("p95", 200), ("p99", 1_000), ("p999", 10_000)])
  func samplesNeeded(key: String, samples: Int64) {
    #expect(ReportedQuantile.all.first { $0.key == key }?.samplesNeeded == samples)
  }
}
