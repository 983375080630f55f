import Gateways
import Simulation
import Testing

/// Several limiters deciding together, on copies of their states where all or none are charged.
@Suite struct StageTests {
  /// All or nothing: the copies are kept only when everybody passed.
  private func joined<L: Limiter>(_ limiters: [L], _ times: [Int64]) -> String {
    var limiters = limiters
    var states = limiters.map(\.fresh)
    return times.map { time in
      var copies = states
      let verdicts = limiters.indices.map { limiters[$0].decide(&copies[$0], at: time * 1_000) }
      if verdicts.contains(where: \.isRejected) { return "R" }
      states = copies
      return (verdicts.max { $0.delay < $1.delay } ?? .passed).word
    }.joined(separator: " ")
  }

  /// Everybody counts, whoever rejects.
  private func counted<L: Limiter>(_ limiters: [L], _ times: [Int64]) -> String {
    var limiters = limiters
    var states = limiters.map(\.fresh)
    return times.map { time in
      let verdicts = limiters.indices.map { limiters[$0].decide(&states[$0], at: time * 1_000) }
      return verdicts.contains(where: \.isRejected) ? "R" : "P"
    }.joined(separator: " ")
  }

  @Test func `N6: two nginx zones are charged together or not at all`() {
    #expect(joined([nginx(10_000, 0), nginx(5_000, 0)], [0, 100, 200, 300, 400]) == "P R P R P")
  }

  @Test func `nginx waits for the longest delay of its zones`() {
    #expect(joined([nginx(10_000, 3, 0), nginx(5_000, 3, 0)], [0, 0, 0]) == "P D200 D400")
  }

  @Test func `G2: a request that one rule kills still burns the other's budget`() {
    let rules = [1, 10].map {
      FixedWindow(limit: $0, window: .aligned(length: 1_000_000, origin: 0), countsRejected: true)
    }
    var states = rules.map(\.fresh)
    let verdicts = [100, 200].map { (time: Int64) in rules.indices.map { rules[$0].decide(&states[$0], at: time * 1_000) } }
    #expect(verdicts == [[.passed, .passed], [.rejected, .passed]])
    // Two of ten are gone.
    let rest = (0..<9).map { _ in rules[1].decide(&states[1], at: 300_000).word }.joined()
    #expect(rest == "PPPPPPPPR")
  }

  @Test func `K2 and K3: Kong counts rejected requests in Redis and not locally`() {
    let times: [Int64] = [0, 100, 200, 1_000, 2_000, 3_000]
    let windows = { (counts: Bool) in
      [
        FixedWindow(limit: 1, window: .calendar(.second), countsRejected: counts),
        FixedWindow(limit: 3, window: .calendar(.minute), countsRejected: counts),
      ]
    }
    #expect(counted(windows(true), times).hasPrefix("P R R R"))
    #expect(joined(windows(false), times) == "P R R P P R")
  }

  @Test func `M5: KrakenD's endpoint bucket after a pause lets three of four new clients through`() {
    let client = DeferredRefillBucket(rate: .perSecond(1), capacity: 1, idleLifetime: 600_000_000)
    let endpoint = DeferredRefillBucket(rate: .perSecond(1), capacity: 1, idleLifetime: .max, created: 0)
    var shared = endpoint.fresh
    let words = (0..<4).map { _ in
      var own = client.fresh
      #expect(client.decide(&own, at: 10_000_000) == .passed)
      return endpoint.decide(&shared, at: 10_000_000).word
    }
    #expect(words == ["P", "P", "P", "R"])
  }

  @Test func `HAProxy's rules read one counter, and only the tracking one moves it`() {
    let warn = FrequencyCounter(period: 10_000_000, threshold: 1, counting: .beforeJudging)
    let deny = FrequencyCounter(period: 10_000_000, threshold: 3, counting: .never)
    var state = warn.fresh
    let words = (0..<5).map { (time: Int64) in warn.decide(&state, at: time).word + deny.decide(&state, at: time).word }
    #expect(words == ["PP", "RP", "RP", "RR", "RR"])
  }

  @Test func `A log's decision that is thrown away has changed nothing`() {
    for seed in 0..<200 as Range<UInt64> {
      var draw = Draw(seed: 700_000 + seed)
      let (limit, counts) = (draw.within(1...9), draw.flip())
      let log = SlidingLog(limit: limit, window: 1_000, keepsEdge: false, countsRejected: counts)
      expectThrownAwayDecisionsChangeNothing(log, &draw, seed: 700_000 + seed)
    }
  }

  @Test func `A ring's decision that is thrown away has changed nothing`() {
    for seed in 0..<200 as Range<UInt64> {
      var draw = Draw(seed: 800_000 + seed)
      let ring = RingLog(limit: draw.within(1...9), window: 1_000, equality: draw.pick([.passes, .passesUnrecorded]))
      expectThrownAwayDecisionsChangeNothing(ring, &draw, seed: 800_000 + seed)
    }
  }

  private func expectThrownAwayDecisionsChangeNothing(_ limiter: some Limiter, _ draw: inout Draw, seed: UInt64) {
    var (tried, plain) = (limiter, limiter)
    var (kept, expected) = (tried.fresh, plain.fresh)
    for time in draw.arrivals(100, gap: 150) {
      for _ in 0..<draw.below(3) {
        var copy = kept
        _ = tried.decide(&copy, at: time)
      }
      #expect(tried.decide(&kept, at: time) == plain.decide(&expected, at: time), "seed \(seed)")
    }
  }

  @Test func `nginx forgets an idle key only when it has drained`() {
    let slow = nginx(16, 5)
    var state = slow.fresh
    for _ in 0..<3 { #expect(slow.decide(&state, at: 0) == .passed) }
    // An excess of two requests takes 125 s at 16 thousandths a second.
    #expect(!slow.isDrained(state, at: 124_999_000))
    #expect(slow.isDrained(state, at: 125_000_000))
  }

  @Test func `Only buckets that are never forgotten begin with their gateway`() {
    var endpoint = FirstWords(count: 5)
    LimiterSettings.deferredRefillBucket(rate: .perSecond(2), capacity: 2, idleLifetime: .max)
      .accept(&endpoint, created: 0)
    #expect(endpoint.words == "PPPPP")
    var client = FirstWords(count: 5)
    LimiterSettings.deferredRefillBucket(rate: .perSecond(2), capacity: 2, idleLifetime: 600_000_000)
      .accept(&client, created: 0)
    #expect(client.words == "PPRRR")
  }
}

/// What a new key hears to requests that come together after ten seconds.
private struct FirstWords: LimiterVisitor {
  let count: Int
  var words = ""

  mutating func visit<L: Limiter>(_ limiter: L) {
    words = Trace(limiter, at: Array(repeating: 10_000, count: count)).words.filter { $0 != " " }
  }

  mutating func visit<C: ConcurrencyControl>(_ control: C) {}
}
