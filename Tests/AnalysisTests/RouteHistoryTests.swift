import TestSupport
import Testing
import Traffic

@testable import Analysis

@Suite("Route history") struct RouteHistoryTests {
  @Test("has the rows and totals of the exact answer, and percentiles within 0.4 %", arguments: [false, true])
  func sameAsExact(byClass: Bool) async throws {
    let traffic = MemoryTraffic.generated(seed: 31, requests: 3_000)
    let exact = try await RouteLatency(byClass: byClass).answer(from: traffic)
    let bounded = try await RouteHistory(byClass: byClass).answer(from: traffic)
    #expect(bounded.rows.map(\.totals) == exact.rows.map(\.totals) && bounded.totals == exact.totals)
    #expect(bounded.rows.map(\.route) == exact.rows.map(\.route) && bounded.rows.map(\.method) == exact.rows.map(\.method))
    #expect(bounded.rows.map(\.requestClass) == exact.rows.map(\.requestClass))
    #expect(bounded.window.first == exact.window.first && bounded.window.last == exact.window.last)
    for (near, value) in zip(bounded.rows + [], exact.rows) {
      #expect(near.latency.maximum == value.latency.maximum && near.latency.samples == value.latency.samples)
      for (a, b) in zip(near.latency.quantiles, value.latency.quantiles) {
        #expect((a == nil) == (b == nil))
        guard let a, let b else { continue }
        #expect(abs(Double(a.count - b.count)) <= Double(b.count) * 0.004 + 1)
      }
    }
    #expect(!bounded.latency.isExact && exact.latency.isExact)
  }
}
