internal import Traffic

/// The levels of up to eight linear buckets of one dialect that never reject, in one pass.
struct LinearFrontier: Sendable {
  private let drain: SIMD8<Double>
  private let cost: SIMD8<Double>
  private let floor: SIMD8<Double>
  private let step: Int64

  /// - Parameter buckets: one to eight, of one step.
  init(_ buckets: [LinearBucket]) {
    var (drain, cost, floor) = (SIMD8<Double>.zero, SIMD8<Double>(repeating: 1), SIMD8<Double>.zero)
    for (lane, bucket) in buckets.enumerated() {
      (drain[lane], cost[lane], floor[lane]) = (bucket.drain, bucket.cost, bucket.floor)
    }
    (self.drain, self.cost, self.floor, step) = (drain, cost, floor, buckets.first?.step ?? 1)
  }

  /// Empty buckets.
  /// - Parameter arrival: of the request that comes next.
  func empty(before arrival: Int64) -> LinearStand { LinearStand(level: floor, last: arrival.flooredQuotient(by: step)) }

  /// The buckets that a request finds empty.
  func isEmpty(_ stand: LinearStand, at arrival: Int64) -> SIMDMask<SIMD8<Int64>> {
    stand.level - drain * Double(arrival.flooredQuotient(by: step) &- stand.last) .<= floor
  }

  /// The smallest size of each bucket that rejects none of these arrivals, with the others before them.
  func smallest(_ arrivals: UnsafeBufferPointer<Int64>, _ stand: inout LinearStand) -> SIMD8<Int64> {
    let peak = step == 1 ? peak(arrivals, &stand, step: 1) : peak(arrivals, &stand, step: 1_000)
    // Rounded up: quotients are below 2⁵², so that they convert.
    let quotient = peak / cost
    var sizes = SIMD8<Int64>.zero
    for lane in 0..<8 {
      let whole = Int64(quotient[lane])
      sizes[lane] = Double(whole) < quotient[lane] ? whole &+ 1 : whole
    }
    return sizes
  }

  @inline(__always)
  private func peak(_ arrivals: UnsafeBufferPointer<Int64>, _ stand: inout LinearStand, step: Int64) -> SIMD8<Double> {
    let (drain, cost, floor) = (drain, cost, floor)
    var (level, last) = (stand.level, stand.last)
    var peak = floor
    for arrival in arrivals {
      let time = arrival.flooredQuotient(by: step)
      let drained = level - drain * Double(time &- last)
      last = time
      level = drained.replacing(with: floor, where: drained .< floor) + cost
      peak.replace(with: level, where: level .> peak)
    }
    stand = LinearStand(level: level, last: last)
    return peak
  }
}
