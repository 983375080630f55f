import Gateways
import Simulation
import Testing

/// Models §3.1 and TV-3.4.
@Suite struct QuotaVectorTests {
  private let times: [Int64] = [0, 100, 200, 900, 1_000, 1_100, 1_150, 1_900, 2_000, 2_050]

  private func letters<L: Limiter>(_ limiter: L) -> String {
    String(decoding: Trace(limiter, at: times).letters, as: UTF8.self).replacing("P", with: "A")
  }

  @Test func `TV-3.1: eight limiters of three per second over ten requests`() {
    let second: Int64 = 1_000_000
    let window = FixedWindow(limit: 3, window: .aligned(length: second, origin: 0), countsRejected: false)
    #expect(letters(window) == "AAARAAARAA")
    let logs = [false, true].map { SlidingLog(limit: 3, window: second, keepsEdge: false, countsRejected: $0) }
    #expect(letters(logs[0]) == "AAARAARAAR")
    #expect(letters(logs[1]) == "AAARRRRRRR")
    let counters = [false, true].map {
      SlidingCounter(
        limit: 3, window: second,
        rule: SlidingCounterRule(capsPrevious: false, includesCurrent: true, countsRejected: $0, rejectsAtLimit: false))
    }
    #expect(letters(counters[0]) == "AAARRRRAAA")
    #expect(letters(counters[1]) == "AAARRRRRRR")
    #expect(letters(TokenBucket(rate: .perSecond(3), capacity: 3)) == "AAAAAARAAA")
    #expect(letters(TokenBucket(rate: .perSecond(3), capacity: 1)) == "ARRARRRARR")
    #expect(letters(GCRA(emissionInterval: 333_333_333, burst: 2)) == "AAAAAARAAA")
    #expect(letters(GCRA(emissionInterval: 333_333_333, burst: 0)) == "ARRARRRARR")
  }

  @Test func `TV-3.4: a bucket of 100 at 50 a second is empty after 3.3333 s of 80 a second`() {
    // One request every 12.5 ms; the level falls by 30 tokens a second, and each request needs a whole one.
    var state = TokenBucket(rate: .perSecond(50), capacity: 100).fresh
    let bucket = TokenBucket(rate: .perSecond(50), capacity: 100)
    let first = (0..<1_000).first { bucket.decide(&state, at: Int64($0) * 12_500).isRejected }
    // 100 − n + 0.625 n < 1 first at n = 265, after 3.3125 s: one token before the fluid's 3.3333 s.
    #expect(first == 265)
  }
}
