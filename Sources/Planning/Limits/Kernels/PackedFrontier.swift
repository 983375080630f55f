/// The largest size that any arrivals consistent with a coarse clock can need of a token bucket: every request may have
/// come up to a tick later than it says, so those of neighbouring ticks may have come back to back.
///
/// Between requests i and j at least `aⱼ − aᵢ − tick` passed, and none when that is negative. So
/// upperⱼ = (j − p)·cost + max(0, qₚ − drain·(aⱼ − aₚ − tick)), where p is the last request a whole tick before j and
/// qₚ the virtual queue after it.
struct PackedFrontier: FrontierKernel {
  let queue: VirtualQueue
  let tick: Int64
  /// Taken off the capacity: 1 where the first request is free.
  let free: Int64

  var stream: (any FrontierStream)? { nil }

  func smallest(_ arrivals: UnsafeBufferPointer<Int64>) -> Int64 {
    let (drain, cost, longest) = (queue.drain, queue.cost, (1 << 62) / queue.drain)
    guard arrivals.count <= Int((1 << 62) / cost) else { return queue.whole(1 << 62) }
    var (length, peak) = (Int64(0), Int64(0))
    var before = 0  // requests at least a tick before the one that is looked at
    for index in arrivals.indices {
      while arrivals[index] &- arrivals[before] >= tick {
        let gap = before > 0 ? arrivals[before] &- arrivals[before &- 1] : 0
        length = max(0, length &- drain &* min(gap, longest)) &+ cost
        before &+= 1
      }
      let rest = before > 0 ? arrivals[index] &- arrivals[before &- 1] &- tick : 0
      let left = max(0, length &- drain &* min(rest, longest))
      peak = max(peak, Int64(index &- before &+ 1) &* cost &+ left)
    }
    return max(0, queue.whole(peak) &- free)
  }
}
