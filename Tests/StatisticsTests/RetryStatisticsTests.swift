import Statistics
import Testing
import Traffic

@Suite("Retries in equilibrium") struct RetryEquilibriumTests {
  @Test("settle where they should", arguments: [
    (150.0, 100.0, 0, 1.0, 0.333333, 150.0), (150, 100, 1, 1, 0.577350, 236.603), (150, 100, 3, 1, 0.759836, 416.382),
    (150, 100, 5, 1, 0.832683, 597.669), (120, 100, 3, 1, 0.638943, 276.965), (110, 100, 3, 1, 0.549100, 221.779),
    (150, 100, 3, 0.6, 0.546804, 220.655),
  ])
  func vectors(demand: Double, capacity: Double, retries: Int, probability: Double, rejected: Double, attempts: Double) {
    let load = RetryEquilibrium(demand: demand, capacity: capacity, maxRetries: retries, probability: probability)
    #expect(abs(load.rejectedShare - rejected) < 1e-6)
    #expect(abs(load.attempts - attempts) < 1e-3)
    #expect(abs(load.attempts / demand - load.amplification) < 1e-12)
    #expect(abs(load.lostShare - (1 - capacity / demand)) < 1e-12)
  }

  @Test("lose p^(m+1) of demand when everybody retries, and the general solution agrees with the closed form")
  func lost() {
    for retries in 0...8 {
      let exact = RetryEquilibrium(demand: 150, capacity: 100, maxRetries: retries)
      var power = 1.0
      for _ in 0...retries { power *= exact.rejectedShare }
      #expect(abs(power - exact.lostShare) < 1e-9)
      let nearly = RetryEquilibrium(demand: 150, capacity: 100, maxRetries: retries, probability: 1 - 1e-12)
      #expect(abs(nearly.rejectedShare - exact.rejectedShare) < 1e-6)
    }
  }

  @Test("do nothing within the capacity")
  func idle() {
    let load = RetryEquilibrium(demand: 80, capacity: 100, maxRetries: 3)
    #expect(load.attempts == 80 && load.rejectedShare == 0 && load.lostShare == 0 && load.amplification == 1)
  }
}

@Suite("Odds of a retry") struct RetryOddsTests {
  @Test("take ordinary traffic out")
  func vector() {
    let odds = RetryOdds(
      afterRejection: .init(events: 100, followed: 68), afterSuccess: .init(events: 1_000, followed: 200))
    #expect(abs((odds.retryProbability ?? 0) - 0.60) < 1e-12)
    #expect(abs(odds.weight - 0.705882) < 1e-6)
  }

  @Test("are unknown where everything is followed, and never negative")
  func edges() {
    let busy = RetryOdds(afterRejection: .init(events: 50, followed: 50), afterSuccess: .init(events: 50, followed: 50))
    #expect(busy.retryProbability == nil && busy.weight == 0 && !busy.tellsRetries)
    let almost = RetryOdds(afterRejection: .init(events: 50, followed: 50), afterSuccess: .init(events: 100, followed: 90))
    #expect(almost.retryProbability == nil && !almost.tellsRetries)
    let shy = RetryOdds(afterRejection: .init(events: 50, followed: 5), afterSuccess: .init(events: 50, followed: 25))
    #expect(shy.retryProbability == 0 && shy.weight == 0)
    #expect(RetryOdds().retryProbability == nil && RetryOdds().weight == 0)
  }

  @Test("the horizon is three median gaps, at least a minute, at most ten")
  func horizon() {
    #expect(RetryEvidence.horizon(medianGap: nil).count == 60_000_000)
    #expect(RetryEvidence.horizon(medianGap: .init(30_000_000)).count == 90_000_000)
    #expect(RetryEvidence.horizon(medianGap: .init(1), retryAfter: .init(50_000_000)).count == 100_000_000)
    #expect(RetryEvidence.horizon(medianGap: .init(.max), retryAfter: .init(.max)).count == 600_000_000)
  }
}

@Suite("A limit cut into parts") struct LocalLimiterLossTests {
  @Test("rejects by chance", arguments: [(25, 6.884977), (30, 1.127022)])
  func vector(limit: Int, expected: Double) {
    let loss = LocalLimiterLoss(requests: 100, nodes: 4, limitPerNode: limit)
    #expect(abs(loss.expectedRejections - expected) < 1e-6)
    if limit == 25 { #expect(abs(loss.overflowProbability - 0.446529) < 1e-6) }
  }

  @Test("on one node is the limit itself")
  func single() {
    #expect(LocalLimiterLoss(requests: 10, nodes: 1, limitPerNode: 7).expectedRejections == 3)
    #expect(LocalLimiterLoss(requests: 0, nodes: 3, limitPerNode: 0).expectedRejections == 0)
  }
}
