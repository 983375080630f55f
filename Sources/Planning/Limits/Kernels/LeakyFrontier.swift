import Traffic

/// Burst of nginx's `limit_req`: thousandths of a request on whole milliseconds, the drain floored for each request,
/// and the first request of a key free.
/// - Source: semantics §1.2.
struct LeakyFrontier: StreamedFrontier {
  let milliRate: Int64

  var begin: Stream { Stream(milliRate: milliRate) }

  struct Stream: FrontierStream {
    let milliRate: Int64
    var excess: Int64 = 0
    var peak: Int64 = 0
    /// Of the request before, ms; nil before the first.
    var last: Int64?

    mutating func absorb(_ arrivals: UnsafeBufferPointer<Int64>) {
      guard let first = arrivals.first else { return }
      let milliRate = milliRate
      // Longer gaps empty any bucket; beyond it the product would overflow.
      let longest = (1 << 62) / max(1, milliRate)
      let start = last == nil ? 1 : 0
      var (excess, peak, last) = (excess, peak, self.last ?? first.flooredQuotient(by: 1_000))
      var index = start
      while index < arrivals.count {
        let time = arrivals[index].flooredQuotient(by: 1_000)
        excess = max(0, excess &- milliRate &* min(time &- last, longest) / 1_000 &+ 1_000)
        peak = max(peak, excess)
        last = time
        index &+= 1
      }
      (self.excess, self.peak, self.last) = (excess, peak, last)
    }

    var smallest: Int64 { (peak &+ 999) / 1_000 }
  }
}
