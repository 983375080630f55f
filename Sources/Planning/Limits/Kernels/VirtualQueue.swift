/// The queue of a server that takes `rate` requests a second: q ← max(0, q − rate·Δt) + 1, exactly.
///
/// Counted in units of 1/`cost` request: a request adds `cost`, a tick of time takes `drain`. For a rate of `count` per
/// `period` µs these are `period` and `count`. Its maximum over the arrivals is the arrival curve of the key at this
/// rate: non-increasing and convex in the rate, as a maximum of lines.
/// - Source: Cruz, *A calculus for network delay*, 1991; models §3.2.
struct VirtualQueue: Sendable {
  let drain: Int64
  let cost: Int64
  /// Longer gaps empty any queue; beyond it the product would overflow.
  private let longest: Int64

  init(drain: Int64, cost: Int64) {
    precondition(drain > 0 && cost > 0, "a queue has a rate")
    let divisor = Self.greatestCommonDivisor(drain, cost)
    self.drain = drain / divisor
    self.cost = cost / divisor
    longest = (1 << 62) / self.drain
  }

  /// The longest the queue ever is, in units of 1/`cost` request.
  func peak(_ arrivals: UnsafeBufferPointer<Int64>) -> Int64 {
    let (drain, cost, longest) = (drain, cost, longest)
    // Room for all of them at once; a queue that long is as long as can be told.
    guard arrivals.count <= Int((1 << 62) / cost) else { return 1 << 62 }
    var (queue, peak, last) = (Int64(0), Int64(0), arrivals[0])
    for arrival in arrivals {
      queue = max(0, queue &- drain &* min(arrival &- last, longest)) &+ cost
      peak = max(peak, queue)
      last = arrival
    }
    return peak
  }

  /// Whole requests that hold a peak.
  func whole(_ peak: Int64) -> Int64 { (peak &+ cost &- 1) / cost }

  static func greatestCommonDivisor(_ a: Int64, _ b: Int64) -> Int64 {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }
}

/// Capacity of an exact token bucket that starts full. Envoy, AWS, and every product that counts like them.
struct BucketFrontier: FrontierKernel {
  let queue: VirtualQueue

  func smallest(_ arrivals: UnsafeBufferPointer<Int64>) -> Int64 { queue.whole(queue.peak(arrivals)) }
}

/// Burst of a generic cell rate algorithm whose emission interval is in nanoseconds: one less than the bucket's
/// capacity.
struct GCRAFrontier: FrontierKernel {
  let queue: VirtualQueue

  /// A µs drains 1,000 ns of emission intervals.
  init(emissionInterval: Int64) { queue = VirtualQueue(drain: 1_000, cost: emissionInterval) }

  func smallest(_ arrivals: UnsafeBufferPointer<Int64>) -> Int64 { queue.whole(queue.peak(arrivals)) - 1 }
}
