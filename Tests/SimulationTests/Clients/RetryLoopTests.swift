import Simulation
import Testing
import TestSupport
import Traffic

/// A gateway with one token bucket and callers that retry, one event after another: slow and obvious.
private struct RetryLoop {
  struct Event: Comparable {
    var time: Int64
    var request: Int
    var attempt: Int
    var first: Int64
    var wait: Int64
    static func < (a: Self, b: Self) -> Bool { (a.time, a.request, a.attempt) < (b.time, b.request, b.attempt) }
  }

  var attempts = 0
  var rejected = 0
  var fresh = 0
  var storms = RetryStormFold()

  /// - Parameter demand: first attempts; those in the warm-up are not counted.
  init(demand: [Int64], capacity: Double, policy: RetryPolicy, warmUp: Int64) {
    let behaviour = RetryBehaviour(policy)
    var tokens = 10.0
    var refilled: Int64 = 0
    var heap = Heap()
    var next = 0
    while next < demand.count || !heap.isEmpty {
      var event: Event
      if next < demand.count, heap.first.map({ demand[next] <= $0.time }) ?? true {
        event = Event(time: demand[next], request: next, attempt: 0, first: demand[next], wait: 0)
        next += 1
      } else {
        event = heap.removeFirst()
        if event.time > demand[demand.count - 1] { break }
      }
      tokens = min(10, tokens + Double(event.time - refilled) * capacity / 1e6)
      refilled = event.time
      let passes = tokens >= 1
      if passes { tokens -= 1 }
      if event.time >= warmUp {
        attempts += 1
        rejected += passes ? 0 : 1
        fresh += event.attempt == 0 ? 1 : 0
      }
      storms.record(time: event.time, isFresh: event.attempt == 0, isRejected: !passes)
      guard !passes, let again = behaviour.nextAttempt(
        after: event.attempt, at: event.time, firstAttempt: event.first, previousWait: event.wait, retryAfter: nil,
        random: CounterRandom(seed: 11, entity: UInt64(event.request)))
      else { continue }
      event.wait = again - event.time
      event.time = again
      event.attempt += 1
      heap.insert(event)
    }
  }

  /// A binary heap.
  private struct Heap {
    private var items: [Event] = []
    var isEmpty: Bool { items.isEmpty }
    var first: Event? { items.first }

    mutating func insert(_ event: Event) {
      items.append(event)
      var child = items.count - 1
      while child > 0, items[child] < items[(child - 1) / 2] {
        items.swapAt(child, (child - 1) / 2)
        child = (child - 1) / 2
      }
    }

    mutating func removeFirst() -> Event {
      let first = items[0]
      let last = items.removeLast()
      guard !items.isEmpty else { return first }
      items[0] = last
      var parent = 0
      while true {
        var least = parent
        for child in [2 * parent + 1, 2 * parent + 2] where child < items.count && items[child] < items[least] { least = child }
        if least == parent { return first }
        items.swapAt(parent, least)
        parent = least
      }
    }
  }
}

@Suite("A closed loop of callers and a limit") struct RetryLoopTests {
  /// Arrivals at random, `rate` a second.
  private func demand(rate: Double, seconds: Int64, seed: UInt64) -> [Int64] {
    var random = SeededGenerator(seed: seed)
    let count = Int(rate * Double(seconds))
    return (0..<count).map { _ in Int64.random(in: 0..<seconds * 1_000_000, using: &random) }.sorted()
  }

  @Test("settles where the formula says", arguments: [(1, 0.57700, 236.4), (3, 0.75973, 416.2)])
  func equilibrium(retries: Int, rejected: Double, attempts: Double) {
    let seconds: Int64 = 460
    let policy = RetryPolicy(backoff: .fullJitter(base: .second, cap: .hour), maxRetries: retries)
    let loop = RetryLoop(
      demand: demand(rate: 150, seconds: seconds, seed: 4), capacity: 100, policy: policy, warmUp: 60_000_000)
    #expect(abs(Double(loop.rejected) / Double(loop.attempts) / rejected - 1) < 0.01)
    #expect(abs(Double(loop.attempts) / Double(seconds - 60) / attempts - 1) < 0.015)
    // More demand than capacity for good: this storm never ends, and not by itself.
    #expect(loop.storms.storms.count == 1)
    #expect(loop.storms.storms.first?.drains == false)
    #expect(loop.storms.storms.first?.sustainsItself == false)
  }

  @Test("drains when demand goes back, later the more callers insist")
  func drains() {
    let surge = (demand(rate: 6, seconds: 900, seed: 1) + demand(rate: 12, seconds: 120, seed: 2)).sorted()
    func storms(_ policy: RetryPolicy) -> [RetryStorm] {
      RetryLoop(demand: surge, capacity: 10, policy: policy, warmUp: 0).storms.storms
    }
    #expect(storms(.givingUp).isEmpty)
    let patient = storms(RetryPolicy(backoff: .fullJitter(base: .second, cap: .minute), maxRetries: 3))
    let relentless = storms(.relentless(maxRetries: 10_000, pause: .second))
    #expect(patient.count == 1 && patient.allSatisfy(\.drains))
    #expect(relentless.count == 1 && relentless.allSatisfy(\.drains))
    #expect((relentless.first?.minutes ?? 0) >= (patient.first?.minutes ?? 0))
    #expect((relentless.first?.amplification ?? 0) > (patient.first?.amplification ?? 0))
  }
}
