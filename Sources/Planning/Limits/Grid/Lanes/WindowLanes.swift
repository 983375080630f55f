internal import Gateways
internal import Simulation
internal import Traffic

/// Several limits of one fixed window: a window with n requests rejects what is beyond the limit, whether rejected
/// requests count or not.
struct WindowLanes: SizeLanes {
  let window: WindowFrontier
  let limits: [Int64]

  func add(_ arrivals: UnsafeBufferPointer<Int64>, to counts: UnsafeMutablePointer<Int64>) {
    let (length, origin) = (window.length, window.origin ?? 0)
    let fewest = limits.min() ?? 0
    // First µs after the window.
    var end = Int64.min
    var count: Int64 = 0
    for arrival in arrivals {
      if arrival >= end {
        if count > fewest { close(count, counts) }
        count = 0
        end = (origin &+ (arrival &- origin).flooredMultiple(of: length)).clampedSum(length)
      }
      count &+= 1
    }
    close(count, counts)
  }

  @inline(__always)
  private func close(_ count: Int64, _ counts: UnsafeMutablePointer<Int64>) {
    for lane in limits.indices { counts[lane] &+= max(0, count &- limits[lane]) }
  }
}

/// Several limits of one log that counts rejected requests too: a request is rejected when the one that came `limit`
/// before it is still inside.
struct LogLanes: SizeLanes {
  /// µs; younger than this is inside.
  let reach: Int64
  let limits: [Int64]

  func add(_ arrivals: UnsafeBufferPointer<Int64>, to counts: UnsafeMutablePointer<Int64>) {
    for (lane, limit) in limits.enumerated() {
      guard limit > 0 else {
        counts[lane] &+= Int64(arrivals.count)
        continue
      }
      guard limit < arrivals.count else { continue }
      let limit = Int(limit)
      var rejected: Int64 = 0
      for index in limit..<arrivals.count {
        let (age, isLong) = arrivals[index].subtractingReportingOverflow(arrivals[index &- limit])
        if age < reach, !isLong { rejected &+= 1 }
      }
      counts[lane] &+= rejected
    }
  }
}

/// Several thresholds of one frequency counter, which counts before it judges: what it says is the same for all.
struct FrequencyLanes: SizeLanes {
  private let counter: FrequencyCounter
  private let thresholds: [Int64]
  private let lowest: Int64

  init(period: Int64, thresholds: [Int64]) {
    counter = FrequencyCounter(period: period, threshold: .max, counting: .beforeJudging)
    self.thresholds = thresholds
    lowest = thresholds.min() ?? 0
  }

  func add(_ arrivals: UnsafeBufferPointer<Int64>, to counts: UnsafeMutablePointer<Int64>) {
    var state = counter.fresh
    for arrival in arrivals {
      let value = counter.counted(&state, at: arrival)
      guard value > lowest else { continue }
      for lane in thresholds.indices where value > thresholds[lane] { counts[lane] &+= 1 }
    }
  }

  /// The smallest threshold that rejects nothing: the most that the counter ever says.
  static func smallest(period: Int64, _ arrivals: UnsafeBufferPointer<Int64>) -> Int64 {
    let counter = FrequencyCounter(period: period, threshold: .max, counting: .beforeJudging)
    var state = counter.fresh
    return arrivals.reduce(0) { max($0, counter.counted(&state, at: $1)) }
  }
}
