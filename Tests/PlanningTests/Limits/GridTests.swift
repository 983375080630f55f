import Analysis
import Gateways
import Simulation
import Statistics
import TestSupport
import Testing
import Traffic

@testable import Planning

@Suite("A grid of limits") struct GridTests {
  /// Requests of some consumers, one of them busy, on two nodes that log in steps of `tick`; some name no consumer.
  private static func traffic(seed: UInt64, tick: Int64, requests: Int = 900) -> MemoryTraffic {
    var random = SeededGenerator(seed: seed)
    var traffic = MemoryTraffic()
    let consumers = (0..<9).map { traffic.symbol("consumer-\($0)") }
    let nodes = (0..<2).map { traffic.symbol("gw\($0)") }
    var time: Int64 = 1_780_000_000_000_000
    for line in 1...requests {
      time += Int64.random(in: 0...(Int.random(in: 0..<8, using: &random) == 0 ? 900_000 : 9_000), using: &random)
      let isBusy = Int.random(in: 0..<3, using: &random) == 0
      let consumer = isBusy ? consumers[0] : consumers.randomElement(using: &random) ?? 0
      let late = Int64.random(in: 0...60_000, using: &random)
      var values: [RequestColumn: Int64] = [
        .arrival: (time - late) / tick * tick, .line: Int64(line), .status: 200,
        .client: Int64.random(in: 1...4, using: &random), .consumer: consumer,
        .gateway: nodes[Int.random(in: 0..<2, using: &random)],
      ]
      if Int.random(in: 0..<9, using: &random) == 0 { values[.consumer] = nil }
      if Int.random(in: 0..<9, using: &random) == 0 { values[.limit] = LimitVerdict.rejected.rawValue }
      traffic.rows.append(MemoryTraffic.Row(values, source: line * 2 > requests ? 2 : 1))
    }
    return traffic
  }

  /// What a replay of the written configuration does, given to requests of every route.
  private static func impact(
    _ written: WrittenLimit, _ point: LimitPoint, _ size: Int64, _ traffic: MemoryTraffic, tick: Int64
  ) async throws -> Impact {
    let reader = try #require(GatewayReaders.reader(for: written.dialect.product))
    let text = try written.text(at: point, size: size)
    var model = try reader.reading(of: text, file: "limit", include: { _ in [] }).model
    for policy in model.policies.indices {
      for one in model.policies[policy].cases.indices { model.policies[policy].cases[one].match = .everything }
    }
    let options = ReplayOptions(resolutions: [1: tick, 2: tick])
    return try await WhatIf(model, options: options).impact(on: traffic)
  }

  private static func written(_ dialect: LimitDialect) throws -> (WrittenLimit, ArrivalKey.Part) {
    let point: LimitPoint = dialect.axis == .rate ? .rate(.perSecond(10)) : .window(.minute)
    let size = max(20, dialect.smallestSize(at: point))
    do throws(NotExpressible) {
      return (try WrittenLimit(dialect, by: .consumer, at: point, size: size), .consumer)
    } catch {
      return (try WrittenLimit(dialect, by: .client, at: point, size: size), .client)
    }
  }

  @Test(
    "says of every point what a replay of the written configuration does",
    arguments: GatewayProduct.allCases, [Int64(1), 1_000, 1_000_000])
  func exact(product: GatewayProduct, tick: Int64) async throws {
    let dialect = LimitDialect(product)
    let traffic = Self.traffic(seed: UInt64(tick) + 3, tick: tick)
    let (written, part) = try Self.written(dialect)
    let gathered = try await GridTraffic(
      traffic, by: part, as: written, dialect: dialect, scope: Scope(), resolutions: [1: tick, 2: tick])
    var grid = LimitGrid(dialect)
    grid.named = 3
    grid.width = 4
    let answer = try #require(await grid.answer(from: gathered))
    #expect(answer.requests == 900 && answer.points.count >= 3)
    var rejecting = 0
    for (index, point) in answer.points.enumerated() {
      for (place, size) in point.sizes.enumerated() {
        let outcome = point.outcomes[place]
        let impact = try await Self.impact(written, point.point, size, traffic, tick: tick)
        #expect(outcome.rejected == impact.total.rejected, "\(point.point), size \(size)")
        rejecting += outcome.rejected > 0 ? 1 : 0
        if point.exact == size { #expect(outcome.rejected == 0 || written.key.missing == .rejects) }
        guard part == .consumer, written.key.missing == .passes else { continue }
        let callers = Dictionary(uniqueKeysWithValues: impact.callers.map { ($0.name ?? "", $0.counts.rejected) })
        #expect(outcome.keysHit == Int64(callers.values.count { $0 > 0 }))
        #expect(outcome.worst.map(\.rejected) == callers.values.filter { $0 > 0 }.sorted(by: >).prefix(3).map { $0 })
        for hit in outcome.worst { #expect(callers[traffic.symbolText(hit.key.first) ?? ""] == hit.rejected) }
        for key in answer.named {
          #expect(callers[traffic.symbolText(key.key.first) ?? ""] == key.rejected[index][place])
          if key.exact[index] == size, dialect.isMonotone { #expect(key.rejected[index][place] == 0) }
        }
      }
    }
    #expect(rejecting > 3)
  }

  @Test("has the exact frontier: nothing is rejected there, something one notch lower", arguments: GatewayProduct.allCases)
  func frontier(product: GatewayProduct) async throws {
    let dialect = LimitDialect(product)
    let traffic = Self.traffic(seed: 11, tick: 1_000)
    let gathered = try await GridTraffic(
      traffic, by: .client, as: nil, dialect: dialect, scope: Scope(), resolutions: [1: 1_000, 2: 1_000])
    let answer = try #require(await LimitGrid(dialect).answer(from: gathered))
    for point in answer.points {
      let exact = try #require(point.exact)
      #expect(Self.rejections(dialect, point.point, exact, gathered) == 0)
      guard exact > dialect.smallestSize(at: point.point) else { continue }
      #expect(Self.rejections(dialect, point.point, exact - 1, gathered) > 0, "\(point.point)")
    }
  }

  private static func rejections(_ dialect: LimitDialect, _ point: LimitPoint, _ size: Int64, _ traffic: GridTraffic) -> Int64 {
    traffic.states.keys.indices.reduce(0) { sum, state in
      sum + traffic.states.withArrivals(of: state) {
        LimiterReplay.rejections(by: dialect.settings(point, size: size), of: $0, stoppingAbove: .max - 1)
      }
    }
  }

  @Test("is the same for any number of threads, and thinner where the budget is small", arguments: [GatewayProduct.nginx, .kong, .traefik])
  func threads(product: GatewayProduct) async throws {
    let traffic = Self.traffic(seed: 5, tick: 1_000, requests: 3_000)
    var answers: Set<LimitGrid.Answer> = []
    for threads in [1, 2, 3, 8] {
      let gathered = try await GridTraffic(
        traffic, by: .consumer, as: nil, dialect: LimitDialect(product), scope: Scope(threads: threads),
        resolutions: [1: 1_000, 2: 1_000])
      answers.insert(try #require(await LimitGrid(LimitDialect(product), threads: threads).answer(from: gathered)))
      var small = LimitGrid(LimitDialect(product), threads: threads)
      small.budget = LimitGrid.Budget(lanes: 60_000, replays: 60_000)
      let thin = try #require(await small.answer(from: gathered))
      #expect(thin.isThinned && thin.points.count <= 5)
    }
    #expect(answers.count == 1 && answers.first?.isThinned == false)
  }

  @Test("gives the smallest safe limit that the search over all limiters finds", arguments: GatewayProduct.allCases)
  func smallestSafe(product: GatewayProduct) async throws {
    let traffic = Self.traffic(seed: 21, tick: 1_000, requests: 2_000)
    let dialect = LimitDialect(product)
    let gathered = try await GridTraffic(
      traffic, by: .client, as: nil, dialect: dialect, scope: Scope(), resolutions: [1: 1, 2: 1])
    let keyed = try await KeyedTraffic(traffic, by: ArrivalKey([.client]))
    let most = gathered.groups.indices.map { gathered.requests(of: $0) }.max() ?? 0
    for tolerance in [0, 1_000, 50_000] {
      let rules = LimitRules(dialect, tolerance: .init(millionths: tolerance))
      let expected = try await LimitRecommendation(rules).limitForAll(keyed, mostRequests: most)
      let found = await SmallestSafe(rules).limit(for: gathered)
      #expect(found?.limit == expected?.limit && found?.rejected == expected?.written.rejected)
    }
  }
}
