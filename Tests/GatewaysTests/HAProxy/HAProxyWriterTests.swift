import Gateways
import TestSupport
import Testing
import Traffic

@Suite("HAProxy lines to paste") struct HAProxyWriterTests {
  private func text(_ limiter: LimiterSettings, key: LimitKey = .client, status: Int = 429)
    throws(NotExpressible) -> String
  {
    try HAProxyReader().text(for: LimitProposal(name: "perip", key: key, limiter: limiter, status: status))
  }

  @Test("what is printed")
  func printed() throws {
    #expect(
      try text(HAProxy.counter(100, .beforeJudging)) == """
        # a section of its own
        backend perip
            stick-table type ipv6 size 1m expire 20s store http_req_rate(10s)

        # put these rules into the frontend to limit
        frontend limited
            mode http
            http-request track-sc0 src table perip
            http-request deny deny_status 429 if { sc_http_req_rate(0) gt 100 }

        """)
  }

  @Test(
    "what HAProxy cannot say is refused",
    arguments: [
      HAProxy.counter(5), .frequencyCounter(period: 1500, threshold: 5, counting: .beforeJudging),
      .frequencyCounter(period: 0, threshold: 5, counting: .beforeJudging),
      HAProxy.counter(-1, .beforeJudging),
      .concurrency(ConcurrencySettings(limit: 3, queue: 1)), .tokenBucket(rate: .perSecond(1), capacity: 1),
    ])
  func refused(limiter: LimiterSettings) {
    #expect(throws: NotExpressible.self) { try text(limiter) }
  }

  @Test("what is printed reads back as the same limiter, key and status", arguments: [1, 2] as [UInt64])
  func roundTrip(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let keys: [LimitKey] = [
      .client, .all, LimitKey([.header("x-api-key")], missing: .passes), LimitKey([.column(.stored(.host))]),
      LimitKey([.column(.stored(.consumer))], missing: .passes),
      LimitKey([.column(.stored(.userAgent))], missing: .passes),
      LimitKey([.column(.stored(.path))]), LimitKey([.column(.stored(.method))]),
    ]
    for _ in 0..<300 {
      let limiter: LimiterSettings
      switch Int.random(in: 0..<3, using: &random) {
      case 0: limiter = .concurrency(ConcurrencySettings(limit: .random(in: 1...100_000, using: &random)))
      case 1:
        limiter = .frequencyCounter(
          period: .random(in: 1...100_000, using: &random) * 1000,
          threshold: .random(in: 0...100_000, using: &random),
          counting: .beforeJudging)
      default:
        limiter = .frequencyCounter(
          period: .random(in: 1...1000, using: &random) * 1_000_000,
          threshold: .random(in: 0...100_000, using: &random),
          counting: .afterPassing)
      }
      let key = keys.randomElement(using: &random) ?? .client
      let status = [0, 200, 403, 429, 503, 418, 599].randomElement(using: &random) ?? 429
      try HAProxy.probe.expectRoundTrip(
        LimitProposal(name: "perip", key: key, limiter: limiter, status: status), match: .everything)
    }
  }
}
