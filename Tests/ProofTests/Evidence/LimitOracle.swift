/// A slow, obvious twin of a gateway's limiter, from the same specification and written apart from the product: what the
/// log's stamps can reproduce at best, and how near a request was to the limit's edge.
protocol LimitOracle {
  /// What a request would meet, without a trace.
  /// - Parameter time: µs since 1970.
  func verdict(_ key: String, at time: Int64) -> ProvenVerdict
  /// Counts a request of which it is known whether it was let through.
  mutating func account(_ key: String, at time: Int64, wasAccepted: Bool)
}

extension LimitOracle {
  /// Verdicts of the limiter left to itself.
  func replay(_ requests: [(key: String, arrival: Int64)]) -> [ProvenVerdict] {
    var limiter = self
    return requests.map { request in
      let verdict = limiter.verdict(request.key, at: request.arrival)
      limiter.account(request.key, at: request.arrival, wasAccepted: verdict != .rejected)
      return verdict
    }
  }

  /// For each request, whether its logged verdict is what the limiter says when it arrives within ± `tolerance` µs, given
  /// that every earlier request went as logged. So one early slip does not excuse the requests after it.
  func explains(
    _ requests: [(key: String, arrival: Int64)], logged: [ProvenVerdict], tolerance: Int64
  ) -> [Bool] {
    var limiter = self
    return zip(requests, logged).map { request, verdict in
      let isExplained = stride(from: -tolerance, through: tolerance, by: 250).contains { shift in
        (limiter.verdict(request.key, at: request.arrival + shift) == .rejected) == (verdict == .rejected)
      }
      limiter.account(request.key, at: request.arrival, wasAccepted: verdict != .rejected)
      return isExplained
    }
  }
}
