/// How far replayed verdicts are those that the gateway logged.
struct Agreement: CustomStringConvertible {
  var requests = 0
  var same = 0
  /// The same, where requests of one key whose stamps leave their order open may change places.
  var sameInAnyOrder = 0
  var loggedRejections = 0
  var replayedRejections = 0
  var loggedDelays = 0
  var replayedDelays = 0

  /// - Parameter openOrder: requests whose arrivals lie less than this apart, µs, may have come in another order.
  init(_ requests: [ArrivedRequest], replayed: [ProvenVerdict], openOrder: Int64) {
    let logged = requests.map(\.logged)
    self.requests = requests.count
    same = zip(logged, replayed).count { $0 == $1 }
    loggedRejections = logged.count { $0 == .rejected }
    replayedRejections = replayed.count { $0 == .rejected }
    loggedDelays = logged.count { $0 == .delayed }
    replayedDelays = replayed.count { $0 == .delayed }
    for places in Dictionary(grouping: requests.indices, by: { requests[$0].key }).values {
      for moment in Self.moments(places, openOrder, arrival: { requests[$0].arrival }) {
        for verdict in ProvenVerdict.allCases {
          sameInAnyOrder += min(moment.count { logged[$0] == verdict }, moment.count { replayed[$0] == verdict })
        }
      }
    }
  }

  /// Runs of requests that lie less than `openOrder` after the first of the run.
  private static func moments(
    _ places: [Int], _ openOrder: Int64, arrival: (Int) -> Int64
  ) -> [ArraySlice<Int>] {
    var moments: [ArraySlice<Int>] = []
    var start = 0
    for end in 1...max(1, places.count) {
      if end < places.count, arrival(places[end]) - arrival(places[start]) < openOrder { continue }
      moments.append(places[start..<min(end, places.count)])
      start = end
    }
    return moments
  }

  var share: Double { Double(same) / Double(max(1, requests)) }
  var shareInAnyOrder: Double { Double(sameInAnyOrder) / Double(max(1, requests)) }

  /// Whether the totals of rejections differ by at most this share of the logged ones, or by one request.
  func totalsAgree(within share: Double) -> Bool {
    abs(loggedRejections - replayedRejections) <= max(1, Int(share * Double(loggedRejections)))
  }

  var description: String {
    "\(requests) requests: \(same) the same verdict, \(sameInAnyOrder) in an order that the stamps allow;"
      + " rejected \(loggedRejections) logged, \(replayedRejections) replayed;"
      + " delayed \(loggedDelays) logged, \(replayedDelays) replayed"
  }
}

/// What a proof demands.
struct Bounds {
  /// Share of requests with the verdict that was logged.
  var share: Double
  /// µs in which the log leaves the order of requests open.
  var openOrder: Int64
  /// Whether the log tells delayed requests from passed ones.
  var knowsDelays = false
  /// Share of the logged rejections by which the totals may differ.
  var totals: Double
  /// µs: every logged verdict is right for an arrival so near to the logged one; nil where nothing is claimed.
  var edge: Int64?
}
