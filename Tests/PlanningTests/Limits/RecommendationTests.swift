import Gateways
import Statistics
import TestSupport
import Testing
import Traffic

@testable import Planning

@Suite("The smallest safe limit") struct RecommendationTests {
  private let lists = (1...9).map { burstyArrivals(seed: UInt64($0), count: 60 * $0) }

  /// The same by trying everything: the first round rate that keeps within the tolerance with its largest burst, then
  /// the first burst there.
  private func obvious(_ rules: LimitRules, _ lists: [[Int64]]) -> (LimitPoint, Int64)? {
    let allowed = rules.allowed(of: Int64(lists.reduce(0) { $0 + $1.count }))
    let passes = { (point: LimitPoint, size: Int64) in
      lists.reduce(0) { $0 + rules.dialect.rejections(point, size, $1) } <= allowed
    }
    for rate in RoundRates.all(for: rules.dialect) {
      let seconds = Double(rules.burstWithin.count) / 1e6
      let most = max(rules.dialect.smallestSize(at: .rate(rate)), rules.fewestBurst, Int64(seconds * rate.perSecond))
      guard passes(.rate(rate), most) else { continue }
      return (rules.dialect.smallestSize(at: .rate(rate))...most).first { passes(.rate(rate), $0) }.map { (.rate(rate), $0) }
    }
    return nil
  }

  @Test("is what trying everything finds", arguments: [GatewayProduct.nginx, .envoy, .aws, .apisix], [0, 1_000, 20_000, 200_000])
  func exhaustive(product: GatewayProduct, millionths: Int) async throws {
    let rules = LimitRules(LimitDialect(product), tolerance: Quantile(millionths: millionths))
    let traffic = try await keyed(lists)
    let found = try #require(try await LimitRecommendation(rules).limitForAll(traffic, mostRequests: 540))
    let expected = try #require(obvious(rules, lists))
    #expect(found.limit.point == expected.0 && found.limit.smallest == expected.1)
    #expect(found.limit.size == RoundNumbers.up(expected.1))
  }

  @Test("holds at its size and breaks one notch lower", arguments: GatewayProduct.allCases, [0, 10_000])
  func edge(product: GatewayProduct, millionths: Int) async throws {
    let rules = LimitRules(LimitDialect(product), tolerance: Quantile(millionths: millionths))
    let traffic = try await keyed(lists)
    let found = try #require(try await LimitRecommendation(rules).limitForAll(traffic, mostRequests: 540))
    let allowed = rules.allowed(of: 2_700)
    #expect(found.written.requests == 2_700 && found.written.keys == 9)
    #expect(found.smallest.rejected <= allowed)
    if rules.dialect.isMonotone { #expect(found.written.rejected <= allowed) }
    if let below = found.below { #expect(below.rejected > allowed) }
  }

  @Test("is the same however the arrivals are gathered", arguments: [GatewayProduct.nginx, .traefik, .kong])
  func parts(product: GatewayProduct) async throws {
    let recommendation = LimitRecommendation(LimitRules(LimitDialect(product), tolerance: Quantile(millionths: 5_000)))
    let whole = try await recommendation.limitForAll(try await keyed(lists), mostRequests: 540)
    let inParts = try await recommendation.limitForAll(try await keyed(lists, rowBudget: 100), mostRequests: 540)
    #expect(whole == inParts && whole != nil)
  }

  @Test("of each key is that of the key alone")
  func perKey() async throws {
    let rules = LimitRules(LimitDialect(.nginx), tolerance: Quantile(millionths: 10_000))
    let found = try await LimitRecommendation(rules).limitsPerKey(try await keyed(lists))
    #expect(found.count == 9)
    for one in found {
      let expected = try #require(obvious(rules, [lists[Int(one.key.first)]]))
      #expect(one.proposal.limit.point == expected.0 && one.proposal.limit.smallest == expected.1)
    }
    let rates = found.compactMap { $0.proposal.limit.point.rate?.perSecond }
    #expect(rates == rates.sorted(by: >))
  }

  @Test("counts lock-outs, the worst minute, the worst key and the first rejection as one reads them off")
  func tally() async throws {
    // One a second, no burst: 0 passes, 0.2 and 0.9 are rejected, 1.0 passes; a minute later two at once.
    let traffic = try await keyed([[0, 200_000, 900_000, 1_000_000, 61_000_000, 61_000_000], [5_000_000]])
    let limiter = LimitDialect(.envoy).settings(.rate(.perSecond(1)), size: 1)
    let tally = try await traffic.tallies([limiter])[0]
    #expect(tally.rejected == 3 && tally.requests == 7 && tally.keys == 2 && tally.keysHit == 1)
    #expect(tally.lockout == Microseconds(800_000))
    #expect(tally.worstMinute?.start == Timestamp(microseconds: 0) && tally.worstMinute?.rejected == 2)
    #expect(tally.first == ReplayTally.Place(arrival: 200_000, ordinal: 0, key: GroupKey(first: 0)))
    #expect(tally.worst == ReplayTally.Worst(key: GroupKey(first: 0), rejected: 3, requests: 6))
  }

  @Test("asks on where a larger size is worse")
  func notMonotone() {
    // 4 passes and 5 fails: the answer is 7, where everything above passes as well.
    var search = NumberSearch(in: 0...100, width: 1, neighbours: NumberSearch.largerSizes)
    while !search.isDone { search.learn(search.candidates.map { $0 == 4 || $0 >= 7 }) }
    #expect(search.result == 7)
  }

  @Test("rounds up to what people write")
  func round() {
    let written: [(Int64, Int64)] = [(0, 0), (1, 1), (7, 8), (9, 10), (11, 15), (16, 20), (61, 75), (81, 100), (101, 150), (1_001, 1_500)]
    for (value, expected) in written { #expect(RoundNumbers.up(value) == expected) }
    #expect(RoundNumbers.all == RoundNumbers.all.sorted() && Set(RoundNumbers.all).count == RoundNumbers.all.count)
  }
}

@Suite("A certificate") struct CertificateTests {
  private let lists = (1...6).map { burstyArrivals(seed: UInt64($0 + 40), count: 50 * $0, step: 1_000) }
  private let rules = LimitRules(LimitDialect(.nginx), tolerance: Quantile(millionths: 2_000))
  private let sources: [Int64: String] = [1: "a.log", 2: "b.log"]

  private func certificate(_ traffic: KeyedTraffic) async throws -> LimitCertificate {
    let proposal = try #require(try await LimitRecommendation(rules).limitForAll(traffic, mostRequests: 300))
    let place = try #require(proposal.below?.first)
    let found = try await RequestLookup(in: traffic).requests(at: [place])
    return LimitCertificate(
      proposal, rules: rules, traffic: traffic, key: nil, breaking: found[place], sources: sources)
  }

  @Test("names the very row that is rejected first one notch lower")
  func row() async throws {
    let memory = memoryTraffic(lists)
    let traffic = try await KeyedTraffic(memory, by: ArrivalKey([.consumer]))
    let certificate = try await certificate(traffic)
    let breaking = try #require(certificate.breaking)
    let row = try #require(memory.rows.first { $0[.line] == breaking.line })
    #expect(row[.arrival] == breaking.arrival.microseconds)
    #expect([memory.symbolText(row[.consumer])] == breaking.key)
    #expect(sources[row.source] == breaking.source)
    // The obvious way: every key replayed alone, its rows in order of arrival and then as stored.
    let settings = rules.dialect.settings(certificate.point, size: certificate.smallest.size - 1)
    var first: MemoryTraffic.Row?
    for name in lists.indices {
      let rows = memory.rows.filter { $0[.consumer] == Int64(name) }.enumerated().sorted {
        ($0.element[.arrival], $0.offset) < ($1.element[.arrival], $1.offset)
      }.map(\.element)
      for count in rows.indices {
        let times = rows[...count].map { $0[.arrival] }
        let rejected = times.withUnsafeBufferPointer {
          LimiterReplay.rejections(by: settings, of: $0, stoppingAbove: 0)
        }
        guard rejected > 0 else { continue }
        if first.map({ rows[count][.arrival] < $0[.arrival] }) ?? true { first = rows[count] }
        break
      }
    }
    #expect(first?[.line] == breaking.line)
  }

  @Test("holds on its traffic, and says why not on other traffic")
  func check() async throws {
    let memory = memoryTraffic(lists)
    let certificate = try await certificate(try await KeyedTraffic(memory, by: ArrivalKey([.consumer])))
    let again = try await KeyedTraffic(memory, by: ArrivalKey([.consumer]))
    #expect(try await certificate.failures(on: again, sources: sources) == [])

    var calmer = memory
    calmer.rows = Array(memory.rows.prefix(200))
    let fewer = try await certificate.failures(on: try await KeyedTraffic(calmer, by: ArrivalKey([.consumer])), sources: sources)
    #expect(fewer.contains(.requests(was: 1_050, now: 200)))
    #expect(fewer.contains { if case .lowerIsSafe = $0 { true } else { false } })

    var busier = memory
    busier.rows += memory.rows
    let more = try await certificate.failures(on: try await KeyedTraffic(busier, by: ArrivalKey([.consumer])), sources: sources)
    #expect(more.contains { if case .rejectsTooMuch = $0 { true } else { false } })

    var renamed = memory
    for index in renamed.rows.indices { renamed.rows[index].values[.line] = Int64(index + 1_000) }
    let moved = try await certificate.failures(on: try await KeyedTraffic(renamed, by: ArrivalKey([.consumer])), sources: sources)
    #expect(moved.count == 1 && { if case .breaksElsewhere = moved[0] { true } else { false } }())

    var empty = memory
    empty.rows = []
    #expect(try await certificate.failures(on: try await KeyedTraffic(empty, by: ArrivalKey([.consumer])), sources: sources) == [.noRequests])
  }
}
