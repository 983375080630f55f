/// Finds, in one pass over the arrivals of one key, the smallest size with which a limiter rejects none of them.
protocol FrontierKernel: Sendable {
  /// - Parameter arrivals: in time order, at least one.
  /// - Returns: burst, capacity or limit; at least what the dialect calls its smallest.
  func smallest(_ arrivals: UnsafeBufferPointer<Int64>) -> Int64
}
