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

  @Test func `Envoy's gradient equals one that runs its timers tick by tick`() {
    for seed in 0..<300 as Range<UInt64> {
      var draw = Draw(seed: 2_000_000 + seed)
      let settings = GradientReference.Settings(
        percentile: draw.within(0...100), interval: draw.within(2...9), measuring: draw.within(30...120),
        requests: Int(draw.within(1...4)), minimum: draw.within(1...4), buffer: draw.within(0...50))
      var control = AdaptiveConcurrency(settings.gateway)
      var reference = GradientReference(settings)
      var running: [(start: Int64, end: Int64)] = []
      for tick in 0..<400 as Range<Int64> {
        for (index, request) in running.enumerated().reversed() where request.end == tick {
          running.remove(at: index)
          _ = control.leave(Departure(at: tick, started: request.start))
          reference.leave(at: tick, started: request.start)
        }
        reference.runTimers(at: tick)
        for _ in 0..<draw.pick([0, 0, 1, 1, 4]) {
          let isIn = Int64(running.count) < reference.limit
          #expect((control.enter(0, at: tick) == .admitted) == isIn, "seed \(2_000_000 + seed) at \(tick)")
          if isIn { running.append((tick, tick + draw.within(1...draw.pick([3, 12])))) }
        }
      }
    }
  }

  @Test func `Every algorithm stays within its bounds and lets in while fewer than its limit are in progress`() {
    let all: [(AdaptiveConcurrencySettings, ClosedRange<Double>)] = [
      (gradient, 3...1_000), (.vegas(initial: 20, maximum: 40, smoothing: 0.5), 1...40),
      (.gradient2(initial: 20, minimum: 5, maximum: 50, smoothing: 0.2, queue: 4, tolerance: 1.5), 5...50),
      (.aimd(initial: 20, minimum: 5, maximum: 30, timeout: 50_000, backoff: 0.9), 5...30),
    ]
    for (settings, bounds) in all {
      var draw = Draw(seed: 3_000_000)
      var control = AdaptiveConcurrency(settings, seed: 5)
      var time: Int64 = 0
      for request in 0..<20_000 {
        time += draw.below(3_000)
        if draw.flip(), control.inProgress > 0 {
          let started = time - draw.below(100_000)
          _ = control.leave(
            Departure(at: time, started: started, inProgress: control.inProgress, isDropped: draw.below(50) == 0))
        } else {
          let before = control.inProgress
          let isIn = control.enter(request, at: time) == .admitted
          #expect(isIn == (Double(before) < control.limit.rounded(.down)))
        }
        #expect(bounds.contains(control.limit))
      }
    }
  }
}

/// The gradient controller with timers that are looked at every µs.
private struct GradientReference {
  struct Settings {
    var percentile: Int64
    var interval: Int64
    var measuring: Int64
    var requests: Int
    var minimum: Int64
    var buffer: Int64

    var gateway: AdaptiveConcurrencySettings {
      .gradient(
        percentile: Double(percentile), maxLimit: 20, updateInterval: interval, minRTTInterval: measuring,
        minRTTRequests: Int64(requests), minConcurrency: minimum, buffer: Double(buffer))
    }
  }

  let settings: Settings
  var limit: Int64
  private var isMeasuring = true
  private var measuringFrom: Int64 = 0
  private var keptLimit: Int64
  private var measured: [Int64] = []
  private var smallest = 0.0
  private var samples: [Int64] = []
  private var measuredAt: Int64 = 0
  private var lows = 0

  init(_ settings: Settings) {
    self.settings = settings
    limit = settings.minimum
    keptLimit = limit
  }

  mutating func leave(at time: Int64, started: Int64) {
    // A timer that is due goes first.
    runTimers(at: time)
    guard isMeasuring else {
      samples.append(time - started)
      return
    }
    if started < measuringFrom { return }
    measured.append(time - started)
    guard measured.count == settings.requests else { return }
    smallest = Double(percentile(of: measured))
    (isMeasuring, measured, samples, limit, measuredAt) = (false, [], [], keptLimit, time)
    lastTick = time
  }

  private var lastTick: Int64 = 0

  mutating func runTimers(at time: Int64) {
    guard !isMeasuring, time > lastTick else { return }
    lastTick = time
    if (time - measuredAt) % settings.interval == 0, !samples.isEmpty {
      let gradient = min(2, max(0.5, smallest * (1 + Double(settings.buffer) / 100) / Double(percentile(of: samples))))
      let scaled = Double(limit) * gradient
      limit = min(20, max(settings.minimum, Int64(scaled + scaled.squareRoot())))
      samples = []
      lows = limit == settings.minimum ? lows + 1 : 0
      if lows == 5 { return measure(from: time) }
    }
    if time - measuredAt == settings.measuring { measure(from: time) }
  }

  private mutating func measure(from time: Int64) {
    (isMeasuring, measuringFrom, keptLimit, limit, samples, lows) = (true, time, limit, settings.minimum, [], 0)
  }

  private func percentile(of samples: [Int64]) -> Int64 {
    // The smallest that at least so many percent do not exceed.
    let sorted = samples.sorted()
    return sorted.first { value in
      Int64(sorted.count { $0 <= value }) * 100 >= settings.percentile * Int64(sorted.count)
    } ?? 0
  }
}
