internal import Traffic

/// Eight sizes of one linear bucket at a time.
///
/// Doubles hold whole numbers here, below 2⁵²: a longer pause than that gives a wrong drain, and an empty bucket all the
/// same.
struct LinearLanes: SizeLanes {
  private let bucket: LinearBucket
  /// Units of full buckets, eight by eight; lanes without a size never reject.
  private let full: [SIMD8<Double>]
  private let sizes: Int

  /// - Parameter most: requests of any state.
  init?(_ bucket: LinearBucket, _ sizes: [Int64], most: Int) {
    guard bucket.holds((sizes.max() ?? 0).clampedSum(2)), bucket.holds(Int64(most)) else { return nil }
    self.bucket = bucket
    self.sizes = sizes.count
    full = stride(from: 0, to: sizes.count, by: 8).map { start in
      var lanes = SIMD8<Double>(repeating: .infinity)
      for lane in 0..<min(8, sizes.count - start) { lanes[lane] = bucket.units(sizes[start + lane]) }
      return lanes
    }
  }

  func add(_ arrivals: UnsafeBufferPointer<Int64>, to counts: UnsafeMutablePointer<Int64>) {
    for (block, full) in full.enumerated() {
      let rejected = bucket.step == 1 ? run(arrivals, full, step: 1) : run(arrivals, full, step: 1_000)
      for lane in 0..<min(8, sizes - 8 * block) { counts[8 * block + lane] &+= Int64(rejected[lane]) }
    }
  }

  @inline(__always)
  private func run(_ arrivals: UnsafeBufferPointer<Int64>, _ full: SIMD8<Double>, step: Int64) -> SIMD8<Double> {
    let floor = SIMD8<Double>(repeating: bucket.floor)
    let (cost, drain) = (bucket.cost, bucket.drain)
    // The level with the request must not exceed the full bucket.
    let highest = full - cost
    var level = floor
    var rejected = SIMD8<Double>.zero
    var last = arrivals[0].flooredQuotient(by: step)
    for arrival in arrivals {
      let time = arrival.flooredQuotient(by: step)
      let drained = level - Double(time &- last) * drain
      last = time
      level = drained.replacing(with: floor, where: drained .< floor)
      let passes = level .<= highest
      level += SIMD8<Double>.zero.replacing(with: cost, where: passes)
      rejected += SIMD8<Double>(repeating: 1).replacing(with: 0, where: passes)
    }
    return rejected
  }
}

/// The frontiers of eight linear buckets in one pass.
struct LinearFrontier: Sendable {
  private let drain: SIMD8<Double>
  private let cost: SIMD8<Double>
  private let floor: SIMD8<Double>
  private let step: Int64
  private let count: Int

  /// - Parameter buckets: one to eight, of one step.
  init?(_ buckets: ArraySlice<LinearBucket>, most: Int) {
    guard let first = buckets.first, buckets.allSatisfy({ $0.step == first.step && $0.holds(Int64(most)) }) else {
      return nil
    }
    var (drain, cost, floor) = (SIMD8<Double>.zero, SIMD8<Double>(repeating: 1), SIMD8<Double>.zero)
    for (lane, bucket) in buckets.enumerated() {
      (drain[lane], cost[lane], floor[lane]) = (bucket.drain, bucket.cost, bucket.floor)
    }
    (self.drain, self.cost, self.floor, step, count) = (drain, cost, floor, first.step, buckets.count)
  }

  /// The smallest size of each bucket that rejects nothing.
  func smallest(_ arrivals: UnsafeBufferPointer<Int64>) -> [Int64] {
    let peak = step == 1 ? peak(arrivals, step: 1) : peak(arrivals, step: 1_000)
    return (0..<count).map { Int64((peak[$0] / cost[$0]).rounded(.up)) }
  }

  @inline(__always)
  private func peak(_ arrivals: UnsafeBufferPointer<Int64>, step: Int64) -> SIMD8<Double> {
    let (drain, cost, floor) = (drain, cost, floor)
    var level = floor
    var peak = floor
    var last = arrivals[0].flooredQuotient(by: step)
    for arrival in arrivals {
      let time = arrival.flooredQuotient(by: step)
      let drained = level - drain * Double(time &- last)
      last = time
      level = drained.replacing(with: floor, where: drained .< floor) + cost
      peak.replace(with: level, where: level .> peak)
    }
    return peak
  }
}
