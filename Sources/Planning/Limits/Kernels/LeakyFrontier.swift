/// Burst of nginx's `limit_req`: thousandths of a request on whole milliseconds, the drain floored for each request,
/// and the first request of a key free.
/// - Source: semantics §1.2.
struct LeakyFrontier: FrontierKernel {
  let milliRate: Int64

  func smallest(_ arrivals: UnsafeBufferPointer<Int64>) -> Int64 {
    let milliRate = milliRate
    // Longer gaps empty any bucket; beyond it the product would overflow.
    let longest = (1 << 62) / max(1, milliRate)
    var last = arrivals[0].flooredQuotient(by: 1_000)
    var (excess, peak) = (Int64(0), Int64(0))
    for index in 1..<max(1, arrivals.count) {
      let time = arrivals[index].flooredQuotient(by: 1_000)
      excess = max(0, excess &- milliRate &* min(time &- last, longest) / 1_000 &+ 1_000)
      peak = max(peak, excess)
      last = time
    }
    return (peak &+ 999) / 1_000
  }
}
