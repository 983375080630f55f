/// What a limiter sees of a request.
struct ArrivedRequest: Sendable {
  /// What it is counted by.
  var key: String
  /// µs since 1970.
  var arrival: Int64
  /// µs.
  var duration: Int64 = 0
  /// What the gateway did, by its log.
  var logged: ProvenVerdict
}

/// A slow, obvious twin of a gateway's limiter, from the same specification and written apart from the product: what
/// the log's stamps can reproduce at best, and how near a request was to the limit's edge.
protocol LimitOracle {
  /// What a request would meet, without a trace.
  func verdict(_ request: ArrivedRequest) -> ProvenVerdict
  /// Counts a request of which it is known whether it was let through.
  mutating func account(_ request: ArrivedRequest, wasAccepted: Bool)
}

extension LimitOracle {
  /// Verdicts of the limiter left to itself.
  func replay(_ requests: [ArrivedRequest]) -> [ProvenVerdict] {
    var limiter = self
    return requests.map { request in
      let verdict = limiter.verdict(request)
      limiter.account(request, wasAccepted: verdict != .rejected)
      return verdict
    }
  }

  /// Requests whose logged verdict is not what the limiter says when they arrive within ± `tolerance` µs, given that
  /// every earlier request went as logged: so one early slip does not excuse the requests after it.
  func strays(_ requests: [ArrivedRequest], tolerance: Int64) -> Int {
    var limiter = self
    return requests.count { request in
      defer { limiter.account(request, wasAccepted: request.logged != .rejected) }
      return !stride(from: -tolerance, through: tolerance, by: 250).contains { shift in
        var moved = request
        moved.arrival += shift
        return (limiter.verdict(moved) == .rejected) == (request.logged == .rejected)
      }
    }
  }
}
