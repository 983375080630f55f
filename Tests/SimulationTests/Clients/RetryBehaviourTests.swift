import Simulation
import Testing
import Traffic

@Suite("Callers that retry") struct RetryBehaviourTests {
  private static let second: Int64 = 1_000_000

  /// Waits before retry `attempt` of many requests.
  private func waits(
    _ backoff: RetryPolicy.Backoff, attempt: Int, previous: Int64 = 0, retryAfter: Int64? = nil, draws: Int = 20_000
  ) -> [Int64] {
    let behaviour = RetryBehaviour(RetryPolicy(backoff: backoff, maxRetries: 100))
    return (0..<draws).compactMap { request in
      behaviour.nextAttempt(
        after: attempt, at: 5, firstAttempt: 0, previousWait: previous, retryAfter: retryAfter,
        random: CounterRandom(seed: 1, entity: UInt64(request))).map { $0 - 5 }
    }
  }

  private func mean(_ values: [Int64]) -> Double { Double(values.reduce(0, +)) / Double(values.count) }

  @Test("full jitter is uniform between nothing and the doubled base, up to the cap", arguments: [0, 1, 3, 6, 40, 62, 63, 99])
  func fullJitter(attempt: Int) {
    let bound = attempt < 5 ? Self.second << Int64(attempt) : 20 * Self.second
    let waits = waits(.fullJitter(base: .second, cap: Microseconds(20_000_000)), attempt: attempt)
    #expect(waits.count == 20_000 && waits.allSatisfy { (0...bound).contains($0) })
    #expect(abs(mean(waits) / Double(bound) - 0.5) < 0.01)
    #expect((waits.max() ?? 0) > bound / 100 * 99 && (waits.min() ?? bound) < bound / 100)
  }

  @Test("equal jitter keeps half", arguments: [0, 2, 10])
  func equalJitter(attempt: Int) {
    let bound = min(Self.second << Int64(attempt), 20 * Self.second)
    let waits = waits(.equalJitter(base: .second, cap: Microseconds(20_000_000)), attempt: attempt)
    #expect(waits.allSatisfy { (bound / 2...bound).contains($0) })
    #expect(abs(mean(waits) / Double(bound) - 0.75) < 0.01)
  }

  @Test("decorrelated jitter spreads to three times the wait before, up to the cap")
  func decorrelated() {
    let backoff = RetryPolicy.Backoff.decorrelated(base: .second, cap: Microseconds(20_000_000))
    let first = waits(backoff, attempt: 0)
    #expect(first.allSatisfy { (Self.second...3 * Self.second).contains($0) })
    #expect(abs(mean(first) / 2e6 - 1) < 0.01)
    let later = waits(backoff, attempt: 1, previous: 4 * Self.second)
    #expect(later.allSatisfy { (Self.second...12 * Self.second).contains($0) })
    #expect(abs(mean(later) / 6.5e6 - 1) < 0.01)
    #expect(waits(backoff, attempt: 2, previous: .max).max() == 20 * Self.second)
  }

  @Test("a hint is honoured, with jitter; without one the usual wait is")
  func hint() {
    let backoff = RetryPolicy.Backoff.serverHint(wait: .second, jitter: Microseconds(100_000))
    let hinted = waits(backoff, attempt: 0, retryAfter: 7 * Self.second)
    #expect(hinted.allSatisfy { (7_000_000...7_100_000).contains($0) })
    #expect(abs(mean(hinted) / 7.05e6 - 1) < 0.001)
    #expect(waits(backoff, attempt: 0).allSatisfy { (1_000_000...1_100_000).contains($0) })
  }

  @Test("fixed and observed waits are those given, observed ones equally likely")
  func given() {
    #expect(Set(waits(.fixed(.second), attempt: 3)) == [Self.second])
    let observed = waits(.observed([1, 2, 3, 4].map { Microseconds($0 * 1_000) }), attempt: 2)
    let counts = Dictionary(grouping: observed, by: \.self).mapValues(\.count)
    #expect(counts.count == 4 && counts.values.allSatisfy { abs($0 - 5_000) < 250 })
  }

  @Test("they stop after the last retry, beyond their patience, and by chance")
  func stops() {
    let random = CounterRandom(seed: 1, entity: 1)
    func next(_ policy: RetryPolicy, after attempt: Int, at time: Int64) -> Int64? {
      RetryBehaviour(policy).nextAttempt(
        after: attempt, at: time, firstAttempt: 0, previousWait: 0, retryAfter: nil, random: random)
    }
    let three = RetryPolicy(backoff: .fixed(.second), maxRetries: 3)
    #expect((0...4).map { next(three, after: $0, at: 10) != nil } == [true, true, true, false, false])
    let patient = RetryPolicy(backoff: .fixed(.second), maxRetries: 9, patience: Microseconds(5_000_000))
    #expect(next(patient, after: 0, at: 4_000_000) == 5_000_000)
    #expect(next(patient, after: 0, at: 4_000_001) == nil)
    #expect(next(three, after: 0, at: .max - 5) == nil)
    #expect(next(.givingUp, after: 0, at: 0) == nil)
    #expect(next(.relentless(maxRetries: 2), after: 1, at: 100) == 50_100)
    #expect(next(.relentless(maxRetries: 2), after: 2, at: 100) == nil)
    #expect(next(RetryPolicy(backoff: .fixed(.second), maxRetries: 3, probability: 0), after: 0, at: 0) == nil)
  }

  @Test("they try again as often as their probability says, and the same request decides the same way again")
  func probability() {
    let behaviour = RetryBehaviour(RetryPolicy(backoff: .fullJitter(base: .second, cap: .minute), maxRetries: 9, probability: 0.6))
    func next(_ request: Int) -> Int64? {
      behaviour.nextAttempt(
        after: 1, at: 0, firstAttempt: 0, previousWait: 0, retryAfter: nil,
        random: CounterRandom(seed: 5, entity: UInt64(request)))
    }
    let tried = (0..<50_000).count { next($0) != nil }
    #expect(abs(Double(tried) / 50_000 - 0.6) < 0.01)
    #expect((0..<1_000).allSatisfy { next($0) == next($0) })
  }
}
