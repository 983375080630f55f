import Traffic

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

  /// Where the queue stands.
  struct Stand: Sendable {
    var queue: Int64 = 0
    /// The longest it ever was.
    var peak: Int64 = 0
    var last: Int64?
  }

  init(drain: Int64, cost: Int64) {
    precondition(drain > 0 && cost > 0, "a queue has a rate")
    let divisor = drain.greatestCommonDivisor(with: cost)
    self.drain = drain / divisor
    self.cost = cost / divisor
    longest = (1 << 62) / self.drain
  }

  /// The longest the queue ever is, in units of 1/`cost` request.
  func peak(_ arrivals: UnsafeBufferPointer<Int64>) -> Int64 {
    var stand = Stand()
    absorb(arrivals, &stand)
    return stand.peak
  }

  func absorb(_ arrivals: UnsafeBufferPointer<Int64>, _ stand: inout Stand) {
    guard let first = arrivals.first else { return }
    let (drain, cost, longest) = (drain, cost, longest)
    // Room for all of them at once; a queue beyond it is as long as can be told.
    guard stand.queue < 1 << 62, arrivals.count <= Int(((1 << 62) - stand.queue) / cost) else {
      (stand.queue, stand.peak) = (1 << 62, 1 << 62)
      return
    }
    var (queue, peak, last) = (stand.queue, stand.peak, stand.last ?? first)
    for arrival in arrivals {
      queue = max(0, queue &- drain &* min(arrival &- last, longest)) &+ cost
      peak = max(peak, queue)
      last = arrival
    }
    stand = Stand(queue: queue, peak: peak, last: last)
  }

  /// Whole requests that hold a peak.
  func whole(_ peak: Int64) -> Int64 { (peak &+ cost &- 1) / cost }
}

/// Capacity of an exact token bucket that starts full. Envoy, AWS, and every product that counts like them.
struct BucketFrontier: FrontierKernel {
  let queue: VirtualQueue
  /// Taken off the capacity: 1 for a generic cell rate algorithm's burst.
  var less: Int64 = 0

  /// Capacity of a bucket of a rate.
  init(queue: VirtualQueue) { self.queue = queue }

  /// Burst of a generic cell rate algorithm whose emission interval is in nanoseconds: a µs drains 1,000 of them.
  init(emissionInterval: Int64) {
    queue = VirtualQueue(drain: 1_000, cost: emissionInterval)
    less = 1
  }

  func smallest(_ arrivals: UnsafeBufferPointer<Int64>) -> Int64 { queue.whole(queue.peak(arrivals)) - less }

  var stream: (any FrontierStream)? { Stream(kernel: self) }

  private struct Stream: FrontierStream {
    let kernel: BucketFrontier
    var stand = VirtualQueue.Stand()
    mutating func absorb(_ arrivals: UnsafeBufferPointer<Int64>) { kernel.queue.absorb(arrivals, &stand) }
    var smallest: Int64 { kernel.queue.whole(stand.peak) - kernel.less }
  }
}
