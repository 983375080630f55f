import Simulation
import Statistics
import Testing
import TestSupport
import Traffic

@Suite("Taking recorded retries out") struct RetryLinkerTests {
  private func attempts(seed: UInt64, count: Int) -> [RecordedAttempt] {
    var random = SeededGenerator(seed: seed)
    var arrival: Int64 = -30_000_000
    return (0..<count).map { _ in
      arrival += Int64.random(in: 0...2_000_000, using: &random)
      return RecordedAttempt(
        caller: Int64.random(in: 0..<8, using: &random), target: Int64.random(in: 0..<2, using: &random), method: 0,
        bodyBytes: Int64.random(in: 0..<2, using: &random), arrival: arrival,
        answer: [.rejected, .served, .other].randomElement(using: &random)!)
    }
  }

  /// The last attempt of the group before `index`, looked for one by one.
  private func before(_ index: Int, in attempts: [RecordedAttempt]) -> RecordedAttempt? {
    let attempt = attempts[index]
    return attempts[..<index].last {
      $0.caller == attempt.caller && $0.target == attempt.target && $0.bodyBytes == attempt.bodyBytes
    }
  }

  @Test("links exactly those that follow a rejection of their group within the horizon", arguments: [UInt64(1), 2, 3], [Int64(1), 3_000_000, 20_000_000, 100_000_000])
  func links(seed: UInt64, horizon: Int64) {
    let attempts = attempts(seed: seed, count: 3_000)
    var links = AttemptLinks(horizon: horizon)
    for (index, attempt) in attempts.enumerated() {
      let link = links.link(attempt)
      let previous = before(index, in: attempts).flatMap { attempt.arrival - $0.arrival <= horizon ? $0 : nil }
      #expect(link.previous == previous?.answer)
      #expect(link.isLinked == (previous?.answer == .rejected))
      #expect(link.gap == previous.map { attempt.arrival - $0.arrival } ?? 0)
    }
  }

  @Test("forgets groups that are silent, however many there were")
  func bounded() {
    var links = AttemptLinks(horizon: 60_000_000)
    var most = 0
    for index in 0..<200_000 {
      let attempt = RecordedAttempt(
        caller: Int64(index), target: 0, method: 0, bodyBytes: 0, arrival: Int64(index) * 100_000, answer: .rejected)
      #expect(!links.link(attempt).isLinked)
      most = max(most, links.groups)
    }
    #expect(most <= 1_200)
  }

  private func evidence(weightOf share: (Int64, Int64), background: (Int64, Int64)) -> RetryEvidence {
    RetryEvidence(
      horizon: .minute,
      overall: RetryOdds(
        afterRejection: .init(events: share.1, followed: share.0),
        afterSuccess: .init(events: background.1, followed: background.0)))
  }

  @Test("drops every linked attempt with certainty, or all of them on demand")
  func certain() {
    let attempts = attempts(seed: 4, count: 2_000)
    for (evidence, rule) in [
      (evidence(weightOf: (60, 100), background: (0, 100)), RetryLinker.Rule.byWeight),
      (evidence(weightOf: (60, 100), background: (60, 100)), .all),
    ] {
      var linker = RetryLinker(evidence, rule: rule)
      var links = AttemptLinks(horizon: 60_000_000)
      for attempt in attempts { #expect(linker.isRetry(attempt) == links.link(attempt).isLinked) }
    }
    var nothing = RetryLinker(evidence(weightOf: (60, 100), background: (60, 100)))
    #expect(attempts.allSatisfy { !nothing.isRetry($0) })
  }

  @Test("drops as many as the weight says, the same ones each time, by caller where known")
  func weighted() {
    let attempts = attempts(seed: 5, count: 40_000)
    var evidence = evidence(weightOf: (68, 100), background: (20, 100))
    evidence.byCaller[3] = RetryOdds(afterRejection: .init(events: 50, followed: 50), afterSuccess: .init(events: 50))
    func dropped(_ seed: UInt64) -> [Bool] {
      var linker = RetryLinker(evidence, seed: seed)
      return attempts.map { linker.isRetry($0) }
    }
    var links = AttemptLinks(horizon: 60_000_000)
    let isLinked = attempts.map { links.link($0).isLinked }
    let drops = dropped(1)
    let common = attempts.indices.filter { isLinked[$0] && attempts[$0].caller != 3 }
    let share = Double(common.count { drops[$0] }) / Double(common.count)
    #expect(abs(share - 0.705882) < 0.015)
    #expect(attempts.indices.allSatisfy { attempts[$0].caller != 3 || drops[$0] == isLinked[$0] })
    #expect(dropped(1) == drops && dropped(2) != drops)
  }

  @Test("reads columns as rows")
  func rows() {
    let values: [[Int64]] = RecordedAttempt.columns.map { column in
      switch column {
      case .stored(.arrival): [0, 1_000_000, 3_000_000]
      case .stored(.status): [429, 503, 200]
      case .stored(.outcome): [0, Outcome.rateLimited.rawValue, 0]
      case .stored(.client): [7, 7, 7]
      default: [.absent, .absent, .absent]
      }
    }
    let pointers = values.map { column in
      let pointer = UnsafeMutablePointer<Int64>.allocate(capacity: column.count)
      pointer.initialize(from: column, count: column.count)
      return pointer
    }
    defer { pointers.forEach { $0.deallocate() } }
    var linker = RetryLinker(RetryEvidence(horizon: .minute), rule: .all)
    #expect((0..<3).map { row in linker.isRetry(row: row) { UnsafePointer(pointers[$0]) } } == [false, true, true])
  }
}

@Suite("A learned retry policy") struct LearnedPolicyTests {
  @Test("has the callers' probability, retries, waits and patience")
  func learned() throws {
    var evidence = RetryEvidence(
      horizon: .minute,
      overall: RetryOdds(
        afterRejection: .init(events: 400, followed: 240), afterSuccess: .init(events: 1_000, followed: 0)))
    evidence.byPosition = [.init(events: 200, followed: 160), .init(events: 100, followed: 80), .init(events: 80, followed: 0), .init(events: 20)]
    for _ in 0..<240 { evidence.gapsAfterRejection.add(2_000_000) }
    evidence.longestChain = 5
    evidence.longestSpan = Microseconds(9_000_000)
    let policy = try #require(RetryPolicy(learnedFrom: evidence))
    #expect(policy.maxRetries == 2 && abs(policy.probability - 0.8) < 1e-12)
    #expect(policy.patience == Microseconds(9_000_000))
    #expect(policy.backoff == .observed([Microseconds](repeating: Microseconds(2_000_000), count: 20)))
  }

  @Test("has waits without the callers' ordinary traffic")
  func background() {
    // After a rejection half come back after 1 s; everybody comes anyway with probability ½ after 30 s.
    var evidence = RetryEvidence(
      horizon: .minute,
      overall: RetryOdds(
        afterRejection: .init(events: 1_000, followed: 750), afterSuccess: .init(events: 1_000, followed: 500)))
    for _ in 0..<500 { evidence.gapsAfterRejection.add(1_000_000) }
    for _ in 0..<250 { evidence.gapsAfterRejection.add(30_000_000) }
    for _ in 0..<500 { evidence.gapsAfterSuccess.add(30_000_000) }
    #expect(abs((evidence.overall.retryProbability ?? 0) - 0.5) < 1e-12)
    let gaps = evidence.retryGaps(10)
    #expect(gaps.count == 10 && gaps.allSatisfy { abs($0.count - 1_000_000) < 4_000 })
  }

  @Test("does not exist without retries")
  func none() {
    #expect(RetryPolicy(learnedFrom: RetryEvidence(horizon: .minute)) == nil)
  }
}
