import Gateways
import Statistics
import TestSupport
import Testing
import Traffic

@testable import Planning

@Suite("Limits that are counted together") struct LimitBlocksTests {
  private static func gathered(_ lists: [[Int64]]) -> GridTraffic {
    var fold = StateFold(StateChoice(part: .client, missing: .passes, perNode: false, tick: 1))
    for (key, arrivals) in lists.enumerated() {
      for arrival in arrivals { fold.take(value: Int64(key), client: 0, node: 0, at: arrival) }
    }
    return GridTraffic(fold)
  }

  /// Rejections by each limit, key by key, counted together.
  private static func counts(
    _ dialect: LimitDialect, _ limits: [LimitBlocks.Limit], knowing points: [LimitPoint], _ lists: [[Int64]],
    enough: Int64 = .max
  ) async -> [[Int64]] {
    let traffic = gathered(lists)
    let needs = await GridNeeds(points, of: traffic, dialect, threads: 2)
    let most = lists.map { Int64($0.count) }.max() ?? 0
    var counts = lists.map { _ in limits.map { _ in Int64(-1) } }
    for block in LimitBlocks(dialect, needs, most: most).blocks(limits) {
      var own = block.places.map { _ in Int64(0) }
      for key in lists.indices {
        if enough == .max { own = own.map { _ in 0 } }
        own.withUnsafeMutableBufferPointer { block.counter.add(key, traffic, to: $0.baseAddress!, enough: enough) }
        for (place, count) in zip(block.places, own) { counts[key][place] = count }
      }
    }
    return counts
  }

  private static func points(_ dialect: LimitDialect) -> [LimitPoint] {
    let all: [LimitPoint] =
      dialect.axis == .rate
      ? [.rate(.perMinute(90)), .rate(.perSecond(2)), .rate(.perSecond(7)), .rate(.perSecond(400))]
      : [.window(.second), .window(.minute), .window(.day)]
    return all.filter(dialect.allows)
  }

  @Test(
    "are each what the limiter itself decides, also over centuries and before 1970", arguments: GatewayProduct.allCases)
  func exact(product: GatewayProduct) async {
    let dialect = LimitDialect(product)
    for seed in UInt64(1)...6 {
      var lists = (0..<5).map {
        burstyArrivals(seed: 10 * seed + $0, count: [300, 64, 65, 1, 128][Int($0)], step: [1, 1_000][Int(seed % 2)])
      }
      if seed % 3 == 0 { lists[0] = [-4_000_000_000_000_000_000, -7, -7, 3] + lists[0] + [4_000_000_000_000_000_000] }
      let limits = Self.points(dialect).flatMap { point in
        [0, 1, 4, 9, 10, 40, 80, 150, 290, 5_000].map { (point, dialect.smallestSize(at: point) + Int64($0)) }
      }
      let counts = await Self.counts(dialect, limits, knowing: Self.points(dialect), lists)
      for (key, arrivals) in lists.enumerated() {
        #expect(counts[key] == limits.map { dialect.rejections($0.0, $0.1, arrivals) }, "seed \(seed), key \(key)")
      }
    }
  }

  /// Arrivals at about `rate` requests a second, now and then many at once, then a pause.
  private static func busy(_ rate: Double, _ random: inout SeededGenerator) -> [Int64] {
    var time: Int64 = 1_780_000_000_000_000
    return (0..<Int.random(in: 1...1_500, using: &random)).map { _ in
      switch Int.random(in: 0..<200, using: &random) {
      case 0: time += Int64.random(in: 0...20_000_000, using: &random)
      case 1..<40: break
      default: time += Int64.random(in: 0...Int64(2.2e6 / rate), using: &random)
      }
      return time
    }
  }

  @Test(
    "leave out no stretch that rejects something, whatever rates and sizes",
    arguments: [GatewayProduct.nginx, .envoy, .aws, .plan], UInt64(1)...12)
  func stretches(product: GatewayProduct, seed: UInt64) async {
    var random = SeededGenerator(seed: seed)
    let dialect = LimitDialect(product)
    let rates = Array(Set((0..<12).map { _ in Int64.random(in: 1...60, using: &random) })).sorted()
    let known = rates.filter { _ in Bool.random(using: &random) }.map { LimitPoint.rate(.perSecond($0)) }
    let limits = rates.flatMap { rate in
      (0..<3).map { _ in
        (LimitPoint.rate(.perSecond(rate)), dialect.smallestSize(at: .rate(.perSecond(rate))) + Int64.random(in: 0...90, using: &random))
      }
    }
    let lists = (0..<8).map { _ in Self.busy(Double.random(in: 1...60, using: &random), &random) }
    let counts = await Self.counts(dialect, limits, knowing: known, lists)
    let enough = Int64.random(in: 0...400, using: &random)
    let stopped = await Self.counts(dialect, limits, knowing: known, lists, enough: enough)
    var sums = limits.map { _ in Int64(0) }
    for (key, arrivals) in lists.enumerated() {
      let expected = limits.map { dialect.rejections($0.0, $0.1, arrivals) }
      #expect(counts[key] == expected)
      for limit in limits.indices {
        sums[limit] += expected[limit]
        #expect(sums[limit] <= enough ? stopped[key][limit] == sums[limit] : stopped[key][limit] > enough)
      }
    }
  }

  @Test("are exact where a stretch needs more than is told", arguments: [GatewayProduct.nginx, .envoy])
  func saturated(product: GatewayProduct) async {
    let dialect = LimitDialect(product)
    let arrivals = (0..<70_000).map { 1_780_000_000_000_000 + Int64($0 / 1_000) * 1_000 }
    let point = LimitPoint.rate(.perSecond(3))
    let limits: [LimitBlocks.Limit] = [0, 65_533, 65_534, 65_535, 65_536, 69_998, 69_999, 70_000].map { (point, max(1, $0)) }
    let counts = await Self.counts(dialect, limits, knowing: [point], [arrivals])
    #expect(counts[0] == limits.map { dialect.rejections(point, $0.size, arrivals) })
    #expect(counts[0].contains { $0 > 0 } && counts[0].contains(0))
  }

  @Test("number states as a table of keys does", arguments: UInt64(1)...4)
  func numbers(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var (numbers, table) = (StateNumbers(), KeyTable())
    let values: [Int64] = [0, 1, 2, 3, 16_383, 16_384, -1, .absent, .max, .min + 1, 700]
    for _ in 0..<2_000 {
      let state = GroupKey(
        first: values.randomElement(using: &random) ?? 0, second: [.absent, 0, 7].randomElement(using: &random) ?? 0,
        third: Int64.random(in: 0...1, using: &random))
      #expect(Int(numbers.number(of: state)) == table.index(of: state))
    }
    #expect(numbers.keys == table.keys)
  }
}
