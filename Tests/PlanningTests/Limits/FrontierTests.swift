import Gateways
import Simulation
import TestSupport
import Testing
import Traffic

@testable import Planning

/// Arrivals of one key with bursts, pauses and equal instants, from a seed.
func burstyArrivals(seed: UInt64, count: Int, step: Int64 = 1) -> [Int64] {
  var random = SeededGenerator(seed: seed)
  var time: Int64 = 1_780_000_000_000_000 + Int64.random(in: 0..<1_000_000, using: &random)
  return (0..<count).map { _ in
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<4: break
    case 4..<7: time += Int64.random(in: 0...40_000, using: &random)
    case 7..<9: time += Int64.random(in: 0...400_000, using: &random)
    default: time += Int64.random(in: 0...6_000_000, using: &random)
    }
    return time / step * step
  }
}

extension LimitDialect {
  func smallest(_ point: LimitPoint, _ arrivals: [Int64]) -> Int64 {
    arrivals.withUnsafeBufferPointer { frontier(at: point).smallest($0) }
  }

  func rejections(_ point: LimitPoint, _ size: Int64, _ arrivals: [Int64]) -> Int64 {
    arrivals.withUnsafeBufferPointer {
      LimiterReplay.rejections(by: settings(point, size: size), of: $0, stoppingAbove: .max - 1)
    }
  }
}

@Suite("The frontier") struct FrontierTests {
  private let times: [Int64] = [0, 0, 0, 1_000_000, 1_000_000, 5_000_000, 5_500_000]

  @Test(
    "of the published arrivals is 4.5, 4, 3 and 3 requests of queue",
    arguments: [(LimitRate(1, per: 2_000_000), 4.5, 5), (.perSecond(1), 4, 4), (.perSecond(2), 3, 3), (.perSecond(4), 3, 3)])
  func published(rate: LimitRate, queue: Double, capacity: Int64) async throws {
    let traffic = try await keyed([times])
    let row = try await LimitFrontier(LimitDialect(.envoy), at: [.rate(rate)]).answer(from: traffic).rows[0]
    #expect(row.queue?.requests == queue && row.size == capacity)
  }

  @Test("of the published arrivals is 3 in any second and 5 in any two")
  func publishedWindows() {
    for (window, expected) in [(Int64(1_000_000), Int64(3)), (2_000_000, 5)] {
      let kernel = LogFrontier(window: window, keepsEdge: false)
      #expect(times.withUnsafeBufferPointer { kernel.smallest($0) } == expected)
    }
  }

  static let rates: [LimitRate] = [
    .perMinute(1), .perMinute(5), .perMinute(83), .perSecond(1), .perSecond(3), .perSecond(10), .perSecond(50), .perSecond(1_000),
  ]
  static let windows: [Int64] = [1, 2, 10, 60, 3_600, 86_400]

  @Test("rejects nothing with the real limiter, and one request at least one notch lower", arguments: GatewayProduct.allCases)
  func edge(product: GatewayProduct) {
    let dialect = LimitDialect(product)
    let points = dialect.axis == .rate ? Self.rates.map { LimitPoint.rate($0) } : Self.windows.map { .window(Microseconds($0 * 1_000_000)) }
    var (edges, seeds) = (0, 0)
    for seed in UInt64(1)...60 {
      seeds += 1
      let arrivals = burstyArrivals(seed: seed, count: 1 + Int(seed * 17 % 400), step: [1, 1_000, 1_000_000][Int(seed % 3)])
      for point in points where dialect.allows(point) {
        let size = dialect.smallest(point, arrivals)
        #expect(size >= dialect.smallestSize(at: point))
        #expect(dialect.rejections(point, size, arrivals) == 0, "seed \(seed), \(point), size \(size)")
        guard size > dialect.smallestSize(at: point) else { continue }
        edges += 1
        #expect(dialect.rejections(point, size - 1, arrivals) > 0, "seed \(seed), \(point), size \(size)")
      }
    }
    #expect(edges > seeds)
  }

  @Test("of GCRA, first-hit windows and logs that keep their edge ends at the same notch as the limiter")
  func otherLimiters() {
    for seed in UInt64(1)...80 {
      let arrivals = burstyArrivals(seed: seed, count: 200, step: seed % 2 == 0 ? 1 : 500_000)
      for (kernel, settings) in Self.others {
        let size = arrivals.withUnsafeBufferPointer { kernel.smallest($0) }
        let rejections = { (size: Int64) in
          arrivals.withUnsafeBufferPointer { LimiterReplay.rejections(by: settings(size), of: $0, stoppingAbove: .max - 1) }
        }
        #expect(rejections(size) == 0, "seed \(seed), \(settings(size))")
        if size > 1 { #expect(rejections(size - 1) > 0, "seed \(seed), \(settings(size))") }
      }
    }
  }

  private static let others: [(any FrontierKernel, @Sendable (Int64) -> LimiterSettings)] = [
    (BucketFrontier(emissionInterval: 100_000_000), { .gcra(emissionInterval: 100_000_000, burst: $0) }),
    (BucketFrontier(emissionInterval: 33_333_333), { .gcra(emissionInterval: 33_333_333, burst: $0) }),
    (
      WindowFrontier(length: 1_500_000, origin: nil, includesEnd: false),
      { .fixedWindow(limit: $0, window: .firstHit(length: 1_500_000, strict: false), countsRejected: false) }
    ),
    (
      WindowFrontier(length: 1_500_000, origin: nil, includesEnd: true),
      { .fixedWindow(limit: $0, window: .firstHit(length: 1_500_000, strict: true), countsRejected: true) }
    ),
    (
      LogFrontier(window: 1_000_000, keepsEdge: true),
      { .slidingLog(limit: $0, window: 1_000_000, keepsEdge: true, countsRejected: false) }
    ),
    (
      WindowFrontier(length: 604_800_000_000, origin: 345_600_000_000, includesEnd: false),
      { .fixedWindow(limit: $0, window: .calendar(.week), countsRejected: false) }
    ),
  ]

  @Test("falls and bends upward as the rate grows, unrounded")
  func convex() {
    for seed in UInt64(1)...40 {
      let arrivals = burstyArrivals(seed: seed, count: 600)
      // In units of 1/1,000,000 request: rates of 1 to 400 per second in equal steps.
      let curve = (1...400).map { count in
        let queue = VirtualQueue(drain: Int64(count), cost: 1_000_000)
        return arrivals.withUnsafeBufferPointer { queue.peak($0) } * (1_000_000 / queue.cost)
      }
      for index in 1..<curve.count { #expect(curve[index] <= curve[index - 1], "seed \(seed), rate \(index + 1)") }
      for index in 1..<(curve.count - 1) {
        #expect(2 * curve[index] <= curve[index - 1] + curve[index + 1], "seed \(seed), rate \(index + 1)")
      }
    }
  }

  @Test("is the definition: the most that any stretch brings beyond what the rate takes")
  func definition() {
    for seed in UInt64(1)...20 {
      let arrivals = burstyArrivals(seed: seed, count: 120)
      for count in [Int64(1), 7, 40] {
        var most: Int64 = 0
        for first in arrivals.indices {
          for last in first..<arrivals.count {
            most = max(most, Int64(last - first + 1) * 1_000_000 - count * (arrivals[last] - arrivals[first]))
          }
        }
        let queue = VirtualQueue(drain: count, cost: 1_000_000)
        let peak = arrivals.withUnsafeBufferPointer { queue.peak($0) }
        #expect(peak * (1_000_000 / queue.cost) == most)
      }
    }
  }

  @Test("survives arrivals from before 1970 and gaps of centuries")
  func extremes() {
    let arrivals: [Int64] = [-9_000_000_000_000_000_000 / 4, -1, 0, 1, 2_000_000_000_000_000_000]
    for product in GatewayProduct.allCases {
      let dialect = LimitDialect(product)
      let point: LimitPoint = dialect.axis == .rate ? .rate(.perSecond(1)) : .window(.minute)
      let size = dialect.smallest(point, arrivals)
      #expect((0...5).contains(size))
    }
  }
}

/// Keyed traffic of given arrivals, one list per consumer.
func keyed(
  _ arrivals: [[Int64]], by key: ArrivalKey = ArrivalKey([.consumer]), rowBudget: Int64 = KeyedTraffic.rowBudget
) async throws -> KeyedTraffic {
  try await KeyedTraffic(memoryTraffic(arrivals), by: key, rowBudget: rowBudget)
}

/// Two sources whose lines are not in order of arrival, as gateways write them at the end of requests.
func memoryTraffic(_ arrivals: [[Int64]]) -> MemoryTraffic {
  var traffic = MemoryTraffic()
  let names = arrivals.indices.map { traffic.symbol("consumer-\($0)") }
  var rows = arrivals.enumerated().flatMap { index, times in times.map { (name: names[index], time: $0) } }
  var random = SeededGenerator(seed: 7)
  rows.shuffle(using: &random)
  for (index, row) in rows.enumerated() {
    let source = Int64(index * 2 / max(1, rows.count) + 1)
    traffic.rows.append(
      MemoryTraffic.Row(
        [.arrival: row.time, .consumer: row.name, .status: 200, .line: Int64(index + 1)], source: source))
  }
  return traffic
}
