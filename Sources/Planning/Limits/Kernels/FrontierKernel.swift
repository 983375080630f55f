/// Finds, in one pass over the arrivals of one key, the smallest size with which a limiter rejects none of them.
protocol FrontierKernel: Sendable {
  /// - Parameter arrivals: in time order, at least one.
  /// - Returns: burst, capacity or limit; at least what the dialect calls its smallest.
  func smallest(_ arrivals: UnsafeBufferPointer<Int64>) -> Int64

  /// The same for arrivals that come piece by piece; nil where that needs them all at once.
  var stream: (any FrontierStream)? { get }
}

/// A kernel that does the same whether the arrivals come at once or piece by piece.
protocol StreamedFrontier: FrontierKernel {
  associatedtype Stream: FrontierStream
  /// Before the first arrival of a key.
  var begin: Stream { get }
}

extension StreamedFrontier {
  func smallest(_ arrivals: UnsafeBufferPointer<Int64>) -> Int64 {
    var stream = begin
    stream.absorb(arrivals)
    return stream.smallest
  }

  var stream: (any FrontierStream)? { begin }
}

/// A frontier on its way through the arrivals of one key.
protocol FrontierStream: Sendable {
  /// - Parameter arrivals: in time order, after those of the call before.
  mutating func absorb(_ arrivals: UnsafeBufferPointer<Int64>)
  /// Of all that was absorbed; at least one.
  var smallest: Int64 { get }
}
