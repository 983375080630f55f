import TestSupport
import Testing
import Traffic

@testable import Gateways

@Suite("A limit written for Envoy") struct EnvoyProposalTests {
  private let probe = ReaderProbe(reader: EnvoyReader())

  @Test("what is written is read as the same limit", arguments: [UInt64(1), 2, 3])
  func roundTrips(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let keys: [LimitKey] = [
      .all, .client, LimitKey([.header("x-api-key")], missing: .passes), LimitKey([.header("x-api-key")]),
      LimitKey([.column(.stored(.host)), .column(.stored(.client))]),
      LimitKey([.header("x-a"), .column(.stored(.client))], missing: .passes),
    ]
    for _ in 0..<100 {
      let rate = LimitRate(
        Int64.random(in: 1...5_000, using: &random), per: Int64.random(in: 1...90_000_000, using: &random))
      let capacity = Int64.random(in: 1...100_000, using: &random)
      try probe.expectRoundTrip(
        LimitProposal(
          name: "edge", key: keys.randomElement(using: &random) ?? .all,
          limiter: .tokenBucket(rate: rate, capacity: capacity),
          status: Int.random(in: 400...599, using: &random)), match: .everything)
    }
    let consumer = LimitKey([.column(.stored(.consumer))], missing: .passes)
    let limiter = LimiterSettings.tokenBucket(rate: .perSecond(5), capacity: 9)
    let text = try EnvoyReader().text(
      for: LimitProposal(name: "edge", key: consumer, limiter: limiter, status: 429))
    let read = try probe.reading(text).model
    #expect(
      read.counters.map(\.key) == [LimitKey([.header("x-api-key")], missing: .passes)]
        && read.rules.map(\.limiter) == [limiter])
    #expect(throws: NotExpressible.self) {
      try EnvoyReader().text(
        for: LimitProposal(name: "a", key: .all, limiter: .spikeInterval(1), status: 429))
    }
  }
}
