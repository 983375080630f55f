/// How far replayed verdicts are those that the gateway logged.
struct Agreement: CustomStringConvertible {
  var requests = 0
  var same = 0
  /// The same, where requests of one key in one tick of the log's clock may change places: nobody can tell their order.
  var sameWithinTicks = 0
  var loggedRejections = 0
  var replayedRejections = 0
  var loggedDelays = 0
  var replayedDelays = 0

  /// - Parameter tick: resolution of the log's arrivals, µs.
  init(_ requests: [ArrivedRequest], replayed: [ProvenVerdict], tick: Int64) {
    let logged = requests.map(\.logged)
    self.requests = requests.count
    same = zip(logged, replayed).count { $0 == $1 }
    loggedRejections = logged.count { $0 == .rejected }
    replayedRejections = replayed.count { $0 == .rejected }
    loggedDelays = logged.count { $0 == .delayed }
    replayedDelays = replayed.count { $0 == .delayed }
    struct Moment: Hashable {
      var key: String
      var tick: Int64
    }
    let moments = Dictionary(grouping: requests.indices) {
      Moment(key: requests[$0].key, tick: requests[$0].arrival / tick)
    }
    for members in moments.values {
      for verdict in ProvenVerdict.allCases {
        sameWithinTicks += min(
          members.count { logged[$0] == verdict }, members.count { replayed[$0] == verdict })
      }
    }
  }

  var share: Double { Double(same) / Double(max(1, requests)) }
  var shareWithinTicks: Double { Double(sameWithinTicks) / Double(max(1, requests)) }

  /// Whether the totals of rejections differ by at most this share of the logged ones, or by one request.
  func totalsAgree(within share: Double) -> Bool {
    abs(loggedRejections - replayedRejections) <= max(1, Int(share * Double(loggedRejections)))
  }

  var description: String {
    "\(requests) requests: \(same) the same verdict, \(sameWithinTicks) where order inside a tick is left open;"
      + " rejected \(loggedRejections) logged, \(replayedRejections) replayed;"
      + " delayed \(loggedDelays) logged, \(replayedDelays) replayed"
  }
}

/// What a proof demands.
struct Bounds {
  /// Share of requests with the verdict that was logged.
  var share: Double
  /// Share of the logged rejections by which the totals may differ.
  var totals: Double
  /// µs: every logged verdict is right for an arrival so near to the logged one; nil where nothing is claimed.
  var edge: Int64?
}
