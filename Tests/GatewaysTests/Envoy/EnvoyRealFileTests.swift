import Foundation
import TestSupport
import Testing

@testable import Gateways

@Suite("Real Envoy files", .enabled(if: SharedFolder.isPresent, ReaderProbe.absence))
struct EnvoyRealFileTests {
  @Test("all are read, recognised and none traps when cut", arguments: ReaderProbe.realFiles("envoy"))
  func reads(file: URL) throws {
    let probe = ReaderProbe(reader: EnvoyReader())
    let text = try ReaderProbe.text(of: file)
    #expect(EnvoyReader().confidence(in: text, named: file.lastPathComponent) >= 90)
    let reading = try probe.reading(text, file: file.lastPathComponent)
    #expect(reading.model.rules.isEmpty == !file.lastPathComponent.hasPrefix("local_ratelimit"))
    probe.expectNoTrap(text, file: file.lastPathComponent, rounds: 100)
  }

  @Test("the example with two listeners has two buckets of 2 per 5 s")
  func example() throws {
    guard
      let file = ReaderProbe.realFiles("envoy").first(where: {
        $0.lastPathComponent == "local_ratelimit_envoy.yaml"
      })
    else { return }
    let model = try ReaderProbe(reader: EnvoyReader()).reading(try ReaderProbe.text(of: file)).model
    #expect(
      model.rules.map(\.limiter)
        == Array(repeating: .tokenBucket(rate: LimitRate(2, per: 5_000_000), capacity: 2), count: 2))
    #expect(
      model.policies[0].cases.map(\.match) == [
        RequestMatch([.init(.path, [.prefix("/stats/prometheus")])]), .everything,
      ])
  }
}
