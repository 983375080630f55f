internal import Gateways

/// The smallest size for limiters without a formula: the limiter itself is replayed, its size halved between one that
/// rejects something and one that does not.
struct SearchedFrontier: FrontierKernel {
  let dialect: LimitDialect
  let point: LimitPoint

  var stream: (any FrontierStream)? { nil }

  func smallest(_ arrivals: UnsafeBufferPointer<Int64>) -> Int64 {
    func passes(_ size: Int64) -> Bool {
      LimiterReplay.rejections(by: dialect.settings(point, size: size), of: arrivals, stoppingAbove: 0) == 0
    }
    let smallest = dialect.smallestSize(at: point)
    guard !passes(smallest) else { return smallest }
    var (tooSmall, enough) = (smallest, max(2 * smallest, 1))
    while !passes(enough) {
      // Nothing needs more than twice the requests there are, whatever the limiter counts double.
      guard enough <= 4 * Int64(arrivals.count) + 4 * smallest else { return enough }
      (tooSmall, enough) = (enough, 2 * enough)
    }
    while enough - tooSmall > 1 {
      let middle = tooSmall + (enough - tooSmall) / 2
      if passes(middle) { enough = middle } else { tooSmall = middle }
    }
    return enough
  }
}
