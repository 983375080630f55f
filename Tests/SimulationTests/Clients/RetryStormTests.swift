import Simulation
import Testing
import Traffic

@Suite("Retry storms") struct RetryStormTests {
  /// One minute after another: (fresh and passed, fresh and rejected, retries that are rejected).
  private func storms(_ minutes: [(Int, Int, Int)]) -> [RetryStorm] {
    var fold = RetryStormFold()
    for (index, minute) in minutes.enumerated() {
      let start = Int64(index) * 60_000_000
      for _ in 0..<minute.0 { fold.record(time: start, isFresh: true, isRejected: false) }
      for _ in 0..<minute.1 { fold.record(time: start + 1, isFresh: true, isRejected: true) }
      for _ in 0..<minute.2 { fold.record(time: start + 59_999_999, isFresh: false, isRejected: true) }
    }
    return fold.storms
  }

  @Test("begin with one retry for two fresh requests and end when retries are few")
  func drained() {
    let storms = storms([(10, 0, 0), (5, 5, 5), (5, 5, 2), (10, 1, 1), (10, 0, 0)])
    #expect(storms.count == 1)
    #expect(storms.first?.start.microseconds == 60_000_000)
    #expect(storms.first?.end?.microseconds == 180_000_000)
    #expect(storms.first?.minutes == 2 && storms.first?.attempts == 27 && storms.first?.freshDemand == 20)
    #expect(storms.first?.amplification == 1.35)
  }

  @Test("that go on to the end never drain, and sustain themselves where demand alone would pass")
  func endless() {
    let overloaded = storms([(10, 20, 0), (10, 20, 40), (10, 20, 60)])
    #expect(overloaded.map(\.drains) == [false] && overloaded.map(\.sustainsItself) == [false])
    let stuck = storms([(10, 20, 40), (0, 5, 60), (0, 5, 60)])
    #expect(stuck.map(\.sustainsItself) == [true])
  }

  @Test("are none without rejections, without retries, and in no traffic")
  func none() {
    #expect(storms([(10, 10, 0), (10, 10, 0)]).isEmpty)
    #expect(RetryStormFold().storms.isEmpty)
  }

  @Test("end with a minute of silence")
  func silence() {
    let storms = storms([(1, 1, 5), (0, 0, 0), (1, 1, 5)])
    #expect(storms.map(\.end?.microseconds) == [60_000_000, nil])
  }

  @Test("survive times that go back or leave the calendar")
  func hostile() {
    var fold = RetryStormFold()
    for time in [0, -1, Int64.max, Int64.min, 5] { fold.record(time: time, isFresh: false, isRejected: true) }
    #expect(fold.storms.count >= 1)
  }
}
