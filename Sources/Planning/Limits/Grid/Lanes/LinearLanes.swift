internal import Traffic

/// Up to eight limits by linear buckets of one dialect, of whatever rates and sizes, followed at the same time.
///
/// Doubles hold whole numbers here, below 2⁵²: a longer pause than that gives a wrong drain, and an empty bucket all the
/// same.
struct LinearLanes: Sendable {
  private let drain: SIMD8<Double>
  private let cost: SIMD8<Double>
  private let floor: SIMD8<Double>
  /// Levels that one more request fits into; lanes without a limit never reject.
  private let highest: SIMD8<Double>
  private let step: Int64

  /// - Parameter limits: one to eight, of buckets that hold their sizes and two requests more.
  init(_ limits: [(bucket: LinearBucket, size: Int64)]) {
    var (drain, cost, floor) = (SIMD8<Double>.zero, SIMD8<Double>.zero, SIMD8<Double>.zero)
    var highest = SIMD8<Double>(repeating: .infinity)
    for (lane, limit) in limits.enumerated() {
      let bucket = limit.bucket
      (drain[lane], cost[lane], floor[lane]) = (bucket.drain, bucket.cost, bucket.floor)
      highest[lane] = bucket.units(limit.size) - bucket.cost
    }
    (self.drain, self.cost, self.floor, self.highest) = (drain, cost, floor, highest)
    step = limits.first?.bucket.step ?? 1
  }

  /// Empty buckets.
  /// - Parameter arrival: of the request that comes next.
  func empty(before arrival: Int64) -> LinearStand { LinearStand(level: floor, last: arrival.flooredQuotient(by: step)) }

  /// - Returns: rejections by each limit.
  func run(_ arrivals: UnsafeBufferPointer<Int64>, _ stand: inout LinearStand) -> SIMD8<Double> {
    step == 1 ? run(arrivals, &stand, step: 1) : run(arrivals, &stand, step: 1_000)
  }

  @inline(__always)
  private func run(_ arrivals: UnsafeBufferPointer<Int64>, _ stand: inout LinearStand, step: Int64) -> SIMD8<Double> {
    let (drain, cost, floor, highest) = (drain, cost, floor, highest)
    var (level, last) = (stand.level, stand.last)
    var rejected = SIMD8<Double>.zero
    for arrival in arrivals {
      let time = arrival.flooredQuotient(by: step)
      let drained = level - drain * Double(time &- last)
      last = time
      level = drained.replacing(with: floor, where: drained .< floor)
      let passes = level .<= highest
      level += cost.replacing(with: 0, where: .!passes)
      rejected += SIMD8<Double>(repeating: 1).replacing(with: 0, where: passes)
    }
    stand = LinearStand(level: level, last: last)
    return rejected
  }
}
