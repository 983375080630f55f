import Analysis
import Gateways
import Statistics
import TestSupport
import Testing
import Traffic

@testable import Planning

@Suite("Arrivals by key") struct KeyedTrafficTests {
  private func gathered(_ traffic: KeyedTraffic) async throws -> [GroupKey: [Int64]] {
    var all: [GroupKey: [Int64]] = [:]
    try await traffic.forEachPart { part in
      for key in part.keys.indices {
        #expect(all[part.keys[key]] == nil, "a key is in one part")
        all[part.keys[key]] = part.withArrivals(of: key) { Array($0) }
      }
    }
    for set in traffic.oversizeSets {
      let before = Set(all.keys)
      try await traffic.forEachPiece(of: set) { piece in
        for key in piece.keys.indices {
          #expect(!before.contains(piece.keys[key]), "a key is in one set")
          all[piece.keys[key], default: []] += piece.withArrivals(of: key) { Array($0) }
        }
      }
    }
    return all
  }

  @Test("are the rows of each key in time order, whatever the number of parts", arguments: [Int64(1), 40, 100_000])
  func parts(budget: Int64) async throws {
    let traffic = MemoryTraffic.generated(seed: 5, requests: 700)
    for parts in [[], [ArrivalKey.Part.consumer], [.consumer, .route], [.node, .host]] {
      let key = ArrivalKey(parts)
      var expected: [GroupKey: [Int64]] = [:]
      for row in traffic.rows {
        let values = parts.map { row[$0.column] }
        if values.contains(.absent) { continue }
        let group = GroupKey(first: values.first ?? 0, second: values.count > 1 ? values[1] : 0)
        expected[group, default: []].append(row[.arrival])
      }
      let keyed = try await KeyedTraffic(traffic, by: key, rowBudget: budget)
      #expect(try await gathered(keyed) == expected.mapValues { $0.sorted() })
      #expect(keyed.census.requests == 700)
      #expect(keyed.census.keyed == Int64(expected.values.reduce(0) { $0 + $1.count }))
    }
  }

  @Test("count what a limiter rejected when it was recorded, and leave out dropped rows")
  func census() async throws {
    var traffic = memoryTraffic([[1, 2, 3], [4, 5]])
    traffic.rows[0].values[.status] = 429
    traffic.rows[1].values[.limit] = LimitVerdict.rejected.rawValue
    let keyed = try await KeyedTraffic(traffic, by: .all)
    #expect(keyed.census.rejected == 2 && keyed.census.sources == [1, 2])
    let fewer = try await KeyedTraffic(traffic, by: .all, dropping: { _, line in line <= 2 })
    #expect(fewer.census.requests == 3 && fewer.census.rejected == 0)
    #expect(try await gathered(fewer).values.map(\.count) == [3])
  }

  @Test("spread evenly over a tick keep their order and their tick")
  func spread() {
    let arrivals = KeyedArrivals([(GroupKey(first: 1), [0, 0, 0, 0, 2_000_000]), (GroupKey(first: 2), [-1_000_000, -1_000_000])])
    let spread = arrivals.spread(over: .second)
    #expect(spread.withArrivals(of: 0) { Array($0) } == [0, 250_000, 500_000, 750_000, 2_000_000])
    #expect(spread.withArrivals(of: 1) { Array($0) } == [-1_000_000, -500_000])
  }

  @Test("of a coarse clock never need more than the worst case says", arguments: [GatewayProduct.nginx, .envoy, .tyk, .kong, .envoyRateLimit])
  func worstCase(product: GatewayProduct) {
    let dialect = LimitDialect(product)
    let points: [LimitPoint] =
      dialect.axis == .rate
      ? [.rate(.perMinute(7)), .rate(.perSecond(1)), .rate(.perSecond(5)), .rate(.perSecond(30))]
      : [.window(.second), .window(.minute)]
    for seed in UInt64(1)...60 {
      let truth = burstyArrivals(seed: seed, count: 150)
      let stamped = truth.map { $0 / 1_000_000 * 1_000_000 }
      for point in points {
        let worst = dialect.worstCase(at: point, tick: .second)
        let bound = stamped.withUnsafeBufferPointer { worst?.smallest($0) ?? -1 }
        #expect(dialect.smallest(point, truth) <= bound, "seed \(seed), \(point)")
        #expect(dialect.smallest(point, stamped) <= bound, "seed \(seed), \(point)")
      }
    }
  }

  @Test("give the frontier of all keys as the largest, and percentiles by nearest rank", arguments: [Int64(30), 200, 1 << 20])
  func overKeys(budget: Int64) async throws {
    let lists = (1...25).map { burstyArrivals(seed: UInt64($0), count: 5 + $0 * 3) }
    let traffic = try await keyed(lists, rowBudget: budget)
    let points = [LimitPoint.rate(.perSecond(1)), .rate(.perSecond(20))]
    let dialect = LimitDialect(.nginx)
    let question = LimitFrontier(dialect, at: points, quantiles: [.p50, .p90, .maximum], namedKeys: [GroupKey(first: 3)])
    let answer = try await question.answer(from: traffic)
    for (point, row) in zip(points, answer.rows) {
      let sizes = lists.map { dialect.smallest(point, $0) }.sorted()
      #expect(row.size == sizes.last)
      #expect(row.quantiles == [sizes[12], sizes[22], sizes[24]])
      #expect(answer.keyRows.contains { $0.key.first == 3 && $0.point == point && $0.size == dialect.smallest(point, lists[3]) })
    }
    #expect(answer.keys == 25)
  }

  @Test("of a key beyond the budget come in pieces, with the same answers", arguments: GatewayProduct.allCases)
  func oversize(product: GatewayProduct) async throws {
    let lists = [burstyArrivals(seed: 3, count: 400), burstyArrivals(seed: 4, count: 30), burstyArrivals(seed: 5, count: 90)]
    let (whole, inPieces) = (try await keyed(lists), try await keyed(lists, rowBudget: 60))
    #expect(!inPieces.oversizeSets.isEmpty && whole.oversizeSets.isEmpty)
    let dialect = LimitDialect(product)
    let points: [LimitPoint] =
      dialect.axis == .rate
      ? [.rate(.perSecond(1)), .rate(.perSecond(9)), .rate(.perSecond(40))] : [.window(.second), .window(.minute)]
    for layout in [TickLayout.recorded, .spread(.second)] {
      let question = LimitFrontier(
        dialect, at: points, quantiles: [.p50, .maximum], namedKeys: [GroupKey(first: 0)], layout: layout)
      #expect(try await question.answer(from: inPieces) == (try await question.answer(from: whole)))
    }
    #expect(try await KeyProfiles(of: inPieces).busiest == (try await KeyProfiles(of: whole).busiest))
    let search = LimitRecommendation(LimitRules(dialect, tolerance: Quantile(millionths: 20_000)))
    #expect(try await search.limitsPerKey(inPieces) == (try await search.limitsPerKey(whole)))
    let (one, other) = (
      try await search.limitForAll(inPieces, mostRequests: 400), try await search.limitForAll(whole, mostRequests: 400)
    )
    #expect(one == other && one != nil)
  }
}
