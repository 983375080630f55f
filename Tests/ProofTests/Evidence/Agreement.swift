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
    sameInAnyOrder = same
    for places in Dictionary(grouping: requests.indices, by: { requests[$0].key }).values {
      sameInAnyOrder += 2 * Self.swaps(
        places.filter { logged[$0] != replayed[$0] },
        areMirrored: { logged[$0] == replayed[$1] && replayed[$0] == logged[$1] },
        areNear: { requests[$1].arrival - requests[$0].arrival < openOrder })
    }
  }

  /// Pairs of disagreements near each other in which the replay gave each verdict to the other request.
  private static func swaps(
    _ places: [Int], areMirrored: (Int, Int) -> Bool, areNear: (Int, Int) -> Bool
  ) -> Int {
    var open: [Int] = []
    var swaps = 0
    for place in places {
      if let partner = open.lastIndex(where: { areMirrored($0, place) && areNear($0, place) }) {
        open.remove(at: partner)
        swaps += 1
      } else {
        open.append(place)
      }
    }
    return swaps
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
