import Gateways
import Simulation
import Testing

/// The examples of semantics §10.
@Suite struct AdaptiveConcurrencyTests {
  private let gradient = AdaptiveConcurrencySettings.gradient(
    percentile: 50, maxLimit: 1_000, updateInterval: 100_000, minRTTInterval: 60_000_000, minRTTRequests: 2,
    minConcurrency: 3, buffer: 25)

  /// One request from `time` on that takes `latency` ms; the limit after the next moment past its end.
  private func limit(
    of control: inout AdaptiveConcurrency, after latency: Int64, at time: Int64, inProgress: Int64 = 0
  ) -> Double {
    #expect(control.enter(0, at: time) == .admitted)
    let end = time + latency * 1_000
    _ = control.leave(Departure(at: end, started: time, inProgress: inProgress))
    return control.limit
  }

  @Test func `Envoy's gradient: 3, 5, 8, 6 and 8`() {
    var control = AdaptiveConcurrency(gradient)
    // Two samples of the smallest latency.
    #expect(limit(of: &control, after: 100, at: 0) == 3)
    #expect(limit(of: &control, after: 100, at: 0) == 3)
    var time: Int64 = 1_000_000
    for (latency, expected) in [(Int64(100), 5.0), (100, 8), (250, 6), (125, 8)] {
      _ = limit(of: &control, after: latency, at: time)
      time += 1_000_000
      // The timer has run by the time of the next arrival.
      if control.enter(0, at: time) == .admitted { control.withdraw() }
      #expect(control.limit == expected)
    }
  }

  @Test func `Envoy holds the smallest limit while it measures, then goes back`() {
    var control = AdaptiveConcurrency(gradient)
    for _ in 0..<2 { _ = limit(of: &control, after: 100, at: 0) }
    for second in 1...3 { _ = limit(of: &control, after: 100, at: Int64(second) * 1_000_000) }
    #expect(control.enter(0, at: 4_000_000) == .admitted)
    let before = control.limit
    #expect(before > 3)
    // A minute after the first measurement.
    #expect(control.enter(1, at: 60_100_000) == .admitted)
    #expect(control.limit == 3)
    // That one began before it and is not a sample.
    _ = control.leave(Departure(at: 60_200_000, started: 4_000_000))
    _ = control.leave(Departure(at: 60_200_000, started: 60_100_000))
    #expect(control.limit == 3)
    _ = limit(of: &control, after: 100, at: 60_300_000)
    #expect(control.limit == before)
  }

  @Test func `Envoy measures anew after five updates at the smallest limit`() {
    var control = AdaptiveConcurrency(gradient)
    for _ in 0..<2 { _ = limit(of: &control, after: 1, at: 0) }
    var time: Int64 = 1_000_000
    for _ in 0..<5 {
      _ = limit(of: &control, after: 100, at: time)
      time += 1_000_000
    }
    // In a measurement now: two answers are the new smallest latency, and one as fast makes room.
    for _ in 0..<2 { _ = limit(of: &control, after: 100, at: time) }
    _ = limit(of: &control, after: 100, at: time + 1_000_000)
    #expect(control.enter(0, at: time + 3_000_000) == .admitted)
    #expect(control.limit == 5)
  }

  @Test func `Vegas: 26, 27, 26 and stays`() {
    var control = AdaptiveConcurrency(.vegas(initial: 20, maximum: 1_000, smoothing: 1))
    #expect(limit(of: &control, after: 100, at: 0, inProgress: 20) == 20)
    #expect(limit(of: &control, after: 100, at: 0, inProgress: 20) == 26)
    #expect(limit(of: &control, after: 105, at: 0, inProgress: 26) == 27)
    #expect(limit(of: &control, after: 140, at: 0, inProgress: 27) == 26)
    #expect(limit(of: &control, after: 140, at: 0, inProgress: 10) == 26)
  }

  @Test func `Vegas steps back after a drop`() {
    var control = AdaptiveConcurrency(.vegas(initial: 20, maximum: 1_000, smoothing: 1))
    _ = control.leave(Departure(at: 100_000, started: 0, inProgress: 20))
    _ = control.leave(Departure(at: 100_000, started: 0, inProgress: 20, isDropped: true))
    #expect(control.limit == 19)
  }

  @Test func `Gradient2: 20.8, 21.6 and 21.68`() {
    let settings = AdaptiveConcurrencySettings.gradient2(
      initial: 20, minimum: 20, maximum: 200, smoothing: 0.2, queue: 4, tolerance: 1.5)
    var control = AdaptiveConcurrency(settings)
    for (latency, expected) in [(Int64(100), 20.8), (300, 21.6), (600, 21.68)] {
      #expect(abs(limit(of: &control, after: latency, at: 0, inProgress: 20) - expected) < 1e-9)
    }
  }

  @Test func `AIMD adds one while it is used and keeps nine tenths after a timeout`() {
    let settings = AdaptiveConcurrencySettings.aimd(
      initial: 20, minimum: 10, maximum: 22, timeout: 5_000_000, backoff: 0.9)
    var control = AdaptiveConcurrency(settings)
    #expect(limit(of: &control, after: 100, at: 0, inProgress: 10) == 21)
    #expect(limit(of: &control, after: 100, at: 0, inProgress: 10) == 21)
    #expect(limit(of: &control, after: 100, at: 0, inProgress: 11) == 22)
    #expect(limit(of: &control, after: 100, at: 0, inProgress: 11) == 22)
    #expect(limit(of: &control, after: 5_001, at: 0, inProgress: 11) == 19)
    #expect(limit(of: &control, after: 5_000, at: 0, inProgress: 1) == 19)
  }

  @Test func `What is above the limit is rejected`() {
    var control = AdaptiveConcurrency(gradient)
    #expect((0..<5).map { control.enter($0, at: 0) } == [.admitted, .admitted, .admitted, .rejected, .rejected])
  }
}
