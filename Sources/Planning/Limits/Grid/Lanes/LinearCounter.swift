internal import Traffic

/// A limit by a linear bucket, and what tells where it can reject.
struct BoundLimit: Sendable {
  let bucket: LinearBucket
  let size: Int64
  /// The measured bucket that is never emptier.
  let bound: Int
}

/// Up to eight limits by linear buckets, followed where some stretch needs more than they allow.
struct LinearCounter: BlockCounter {
  private let needs: StretchNeeds
  private let lanes: LinearLanes
  /// By limit: its bound, and the size that a stretch must exceed.
  private let limits: [(bound: Int, size: UInt16)]

  /// - Parameter limits: one to eight.
  init(_ limits: [BoundLimit], _ needs: StretchNeeds) {
    self.needs = needs
    lanes = LinearLanes(limits.map { ($0.bucket, $0.size) })
    self.limits = limits.map { (bound: $0.bound, size: StretchNeeds.saturated($0.size)) }
  }

  func add(_ group: Int, _ traffic: GridTraffic, to counts: UnsafeMutablePointer<Int64>, enough: Int64) {
    var least = SIMD8<UInt16>(repeating: StretchNeeds.most)
    var slowest = Int.max
    for (lane, limit) in limits.enumerated() where counts[lane] <= enough {
      least[limit.bound] = min(least[limit.bound], limit.size)
      slowest = min(slowest, limit.bound)
    }
    guard slowest < 8 else { return }
    for state in traffic.groups[group] {
      let rejected = traffic.states.withArrivals(of: state) { run($0, state, least, slowest) }
      for lane in limits.indices { counts[lane] &+= Int64(rejected[lane]) }
    }
  }

  @inline(__always)
  private func run(
    _ arrivals: UnsafeBufferPointer<Int64>, _ state: Int, _ least: SIMD8<UInt16>, _ slowest: Int
  ) -> SIMD8<Double> {
    var rejected = SIMD8<Double>.zero
    var stand = lanes.empty(before: arrivals[0])
    needs.exceeding(least, slowest: slowest, state: state, count: arrivals.count) { range, fromEmpty in
      let part = UnsafeBufferPointer(rebasing: arrivals[range])
      if fromEmpty { stand = lanes.empty(before: part[0]) }
      rejected += lanes.run(part, &stand)
    }
    return rejected
  }
}
