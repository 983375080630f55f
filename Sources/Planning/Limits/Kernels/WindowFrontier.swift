import Traffic

/// The fullest window of fixed length: aligned to an origin, or begun by the first request after the one before.
struct WindowFrontier: StreamedFrontier {
  let length: Int64
  /// nil: the first request begins a window.
  let origin: Int64?
  /// A request at exactly the end is still inside.
  let includesEnd: Bool

  var begin: Stream { Stream(window: self) }

  struct Stream: FrontierStream {
    let window: WindowFrontier
    /// Begin of the window that is open; nil before the first request.
    var start: Int64?
    var count: Int64 = 0
    var most: Int64 = 0

    mutating func absorb(_ arrivals: UnsafeBufferPointer<Int64>) {
      guard let first = arrivals.first else { return }
      let reach = window.length &+ (window.includesEnd ? 1 : 0)
      var (start, count, most) = (self.start ?? begin(first), count, most)
      for arrival in arrivals {
        if arrival &- start >= reach {
          start = begin(arrival)
          most = max(most, count)
          count = 0
        }
        count &+= 1
      }
      (self.start, self.count, self.most) = (start, count, most)
    }

    /// Where the window of a request begins that is in none yet.
    private func begin(_ arrival: Int64) -> Int64 {
      window.origin.map { $0 &+ (arrival &- $0).flooredMultiple(of: window.length) } ?? arrival
    }

    var smallest: Int64 { max(most, count) }
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

  var stream: (any FrontierStream)? { Stream(log: self) }

  /// Keeps the arrivals that a later one may share a stretch with: as many as one window holds.
  private struct Stream: FrontierStream {
    let log: LogFrontier
    var recent: [Int64] = []
    var smallest: Int64 = 0

    mutating func absorb(_ arrivals: UnsafeBufferPointer<Int64>) {
      guard let last = arrivals.last else { return }
      recent += arrivals
      smallest = max(smallest, recent.withUnsafeBufferPointer { log.smallest($0) })
      let kept = recent.firstIndex { last &- $0 <= log.window } ?? recent.count
      recent.removeSubrange(..<kept)
    }
  }
}
