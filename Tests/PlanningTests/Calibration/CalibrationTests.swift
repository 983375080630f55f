import Gateways
import Simulation
import TestSupport
import Testing
import Traffic

@testable import Planning

/// Traffic whose log says what an nginx with a known limit did.
private struct LimitedTraffic {
  static let epoch: Int64 = 1_700_438_400_000_000

  static func model(rate: Int64, burst: Int64) -> GatewayModel {
    GatewayModel(
      product: .nginx,
      counters: [LimitCounter(name: "keys", key: LimitKey([.column(.stored(.consumer))], missing: .passes))],
      policies: [
        LimitPolicy(
          name: "limit_req",
          cases: [
            LimitCase(stages: [
              LimitStage([
                LimitRule(
                  name: "keys", counter: 0,
                  limiter: .leakyBucket(milliRate: rate * 1_000, burst: burst, undelayed: .max, arithmetic: .nginx),
                  status: 503, place: ConfigurationPlace(file: "nginx.conf", line: 3))
              ])
            ])
          ])
      ])
  }

  /// The decisions of a limiter written out here once more, over random arrivals of three callers.
  /// - Parameter clockError: µs by which logged arrivals may be off.
  static func traffic(rate: Int64, burst: Int64, seed: UInt64, clockError: Int64 = 0, count: Int = 4_000) -> MemoryTraffic {
    var generator = SeededGenerator(seed: seed)
    var traffic = MemoryTraffic()
    traffic.batchRows = 512
    let consumers = ["a", "b", "c"].map { traffic.symbol($0) }
    var states: [Int64: (excess: Int64, last: Int64)] = [:]
    var now: Int64 = 0
    for line in 1...max(1, count) where count > 0 {
      now += Int64.random(in: 1...60, using: &generator)
      let consumer = consumers[Int.random(in: 0..<3, using: &generator)]
      let state = states[consumer]
      let excess = state.map { max(0, $0.excess - rate * (now - $0.last) + 1_000) } ?? 0
      let isRejected = excess > burst * 1_000
      if !isRejected { states[consumer] = (excess, now) }
      let error = clockError == 0 ? 0 : Int64.random(in: 0...clockError, using: &generator)
      traffic.rows.append(
        MemoryTraffic.Row([
          .arrival: epoch + now * 1_000 + error, .line: Int64(line), .consumer: consumer, .status: isRejected ? 503 : 200,
          .limit: (isRejected ? LimitVerdict.rejected : .passed).rawValue,
        ]))
    }
    traffic.rows.sort { $0[RequestColumn.arrival] < $1[RequestColumn.arrival] }
    return traffic
  }
}

@Suite("Calibration") struct CalibrationTests {
  private func calibrate(_ traffic: MemoryTraffic, rate: Int64, burst: Int64 = 5) async throws -> Calibration {
    try await CalibrationQuestion(
      LimitedTraffic.model(rate: rate, burst: burst), options: ReplayOptions(resolutions: [1: 1_000])
    ).answer(from: traffic)
  }

  @Test("agrees wholly with a log that the configuration wrote", arguments: [UInt64(1), 2, 3])
  func same(seed: UInt64) async throws {
    let traffic = LimitedTraffic.traffic(rate: 8, burst: 5, seed: seed)
    let calibration = try await calibrate(traffic, rate: 8)
    #expect(calibration.matrix.disagreeing == 0 && calibration.rejectionDifference == 0)
    #expect(calibration.matrix.requests + calibration.warmUpRequests == Int64(traffic.rows.count))
    #expect(calibration.matrix.logged(.rejected) > 500)
    #expect(calibration.rules == [
      Calibration.Rule(
        name: "keys", place: ConfigurationPlace(file: "nginx.conf", line: 3),
        rejected: calibration.matrix.logged(.rejected), confirmed: calibration.matrix.logged(.rejected))
    ])
    #expect(calibration.rejections.contains(calibration.matrix.logged(.rejected)))
    let trust = Trust(calibration, configuration: "nginx.conf")
    #expect(trust.grade == .good)
    let matrix = calibration.matrix
    #expect(
      trust.sentence
        == "Replaying nginx.conf gives the logged verdict for 100 % of \(grouped(matrix.requests)) requests (rejected:"
        + " \(grouped(matrix.logged(.rejected))) logged, \(grouped(matrix.logged(.rejected))) replayed);"
        + " no disagreement: good.")
  }

  /// Thousands as people read them.
  private func grouped(_ count: Int64) -> String {
    count < 1_000 ? "\(count)" : grouped(count / 1_000) + "," + String(count % 1_000 + 1_000).dropFirst()
  }

  @Test("finds the disagreements of a clock that is off by 1 ms near the edge", arguments: [UInt64(4), 5, 6])
  func clock(seed: UInt64) async throws {
    let calibration = try await calibrate(
      LimitedTraffic.traffic(rate: 8, burst: 5, seed: seed, clockError: 1_000), rate: 8)
    #expect(calibration.matrix.disagreeing < calibration.matrix.requests / 50)
    #expect(calibration.nearEdge * 10 >= calibration.matrix.disagreeing * 9, "\(calibration)")
    #expect(Trust(calibration, configuration: "nginx.conf").grade == .good)
  }

  @Test("does not trust a configuration that was not in force") func other() async throws {
    let traffic = LimitedTraffic.traffic(rate: 8, burst: 5, seed: 7)
    let half = try await calibrate(traffic, rate: 4)
    let double = try await calibrate(traffic, rate: 16)
    #expect(half.rejectionDifference > 0 && double.rejectionDifference < 0)
    for calibration in [half, double] {
      #expect(calibration.matrix.disagreeing > calibration.matrix.requests / 10)
      #expect(Trust(calibration, configuration: "other.conf").grade <= .rough)
    }
  }

  @Test("leaves out the time that the limits remember") func warmUp() async throws {
    let traffic = LimitedTraffic.traffic(rate: 8, burst: 5, seed: 8)
    let calibration = try await calibrate(traffic, rate: 8)
    // A burst of 5 and the request itself drain in 750 ms.
    #expect(calibration.warmUp == Microseconds(750_000))
    let end = traffic.rows[0][RequestColumn.arrival] + 750_000
    #expect(calibration.warmUpRequests == Int64(traffic.rows.count { $0[RequestColumn.arrival] < end }))
  }

  @Test("says so where nothing was rejected, where stamps are coarse, and where there is nothing") func caveats()
    async throws
  {
    let calm = try await calibrate(LimitedTraffic.traffic(rate: 500, burst: 900, seed: 9), rate: 500, burst: 900)
    #expect(calm.matrix.disagreeing == 0)
    let trust = Trust(calm, configuration: "nginx.conf")
    #expect(trust.grade == .usable && trust.sentence.contains("no request was rejected, so rejections are untested"))

    let coarse = try await CalibrationQuestion(
      LimitedTraffic.model(rate: 8, burst: 5), options: ReplayOptions(resolutions: [1: 1_000_000])
    ).answer(from: LimitedTraffic.traffic(rate: 8, burst: 5, seed: 10))
    #expect(Trust(coarse, configuration: "nginx.conf").grade <= .rough)

    let nothing = try await calibrate(LimitedTraffic.traffic(rate: 8, burst: 5, seed: 11, count: 0), rate: 8)
    #expect(nothing.agreement == nil)
    #expect(Trust(nothing, configuration: "nginx.conf").sentence.hasPrefix("Nothing could be checked"))
  }

  @Test("is the same for any order of import") func deterministic() async throws {
    let traffic = LimitedTraffic.traffic(rate: 8, burst: 5, seed: 12, clockError: 1_000)
    var small = traffic
    small.batchRows = 3
    let (one, other) = (try await calibrate(traffic, rate: 8), try await calibrate(small, rate: 8))
    #expect(one.matrix == other.matrix && one.nearEdge == other.nearEdge && one.rejections == other.rejections)
  }
}

@Suite("How long a limiter remembers") struct LimiterMemoryTests {
  @Test("is its window, or the time in which its burst drains", arguments: [
    (LimiterSettings.leakyBucket(milliRate: 10_000, burst: 0, undelayed: 0, arithmetic: .nginx), Int64(100_000)),
    (.leakyBucket(milliRate: 83, burst: 2, undelayed: 0, arithmetic: .nginx), 36_144_579),
    (.tokenBucket(rate: .perMinute(60), capacity: 5), 5_000_000),
    (.fixedWindow(limit: 1, window: .calendar(.hour), countsRejected: true), 3_600_000_000),
    (.frequencyCounter(period: 10_000_000, threshold: 5, counting: .beforeJudging), 20_000_000),
    (.gcra(emissionInterval: 100_000_000, burst: 9), 1_000_000),
    (.slidingLog(limit: 3, window: 7, keepsEdge: true, countsRejected: false), 7),
    (.tokenBucket(rate: LimitRate(1, per: .max), capacity: .max), .max),
  ])
  func memory(limiter: LimiterSettings, expected: Int64) { #expect(limiter.memory == expected) }
}
