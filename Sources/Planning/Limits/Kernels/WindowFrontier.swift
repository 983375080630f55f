/// The fullest window of fixed length: aligned to an origin, or begun by the first request after the one before.
struct WindowFrontier: FrontierKernel {
  let length: Int64
  /// nil: the first request begins a window.
  let origin: Int64?
  /// A request at exactly the end is still inside.
  let includesEnd: Bool

  func smallest(_ arrivals: UnsafeBufferPointer<Int64>) -> Int64 {
    let (length, slack) = (length, includesEnd ? Int64(1) : 0)
    var (count, most) = (Int64(0), Int64(0))
    var start = Int64.min
    var isOpen = false
    for arrival in arrivals {
      if !isOpen || arrival &- start >= length &+ slack {
        start = origin.map { $0 &+ (arrival &- $0).flooredMultiple(of: length) } ?? arrival
        isOpen = true
        most = max(most, count)
        count = 0
      }
      count &+= 1
    }
    return max(most, count)
  }
}

/// The most requests in any stretch of a window's length, wherever it begins.
struct LogFrontier: FrontierKernel {
  let window: Int64
  /// A request of exactly the window's age still counts.
  let keepsEdge: Bool

  func smallest(_ arrivals: UnsafeBufferPointer<Int64>) -> Int64 {
    let age = keepsEdge ? window : window &- 1
    var (oldest, most) = (0, 0)
    for index in arrivals.indices {
      while arrivals[index] &- arrivals[oldest] > age { oldest &+= 1 }
      most = max(most, index &- oldest &+ 1)
    }
    return Int64(most)
  }
}
