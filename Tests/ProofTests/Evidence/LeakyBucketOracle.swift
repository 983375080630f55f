/// nginx `limit_req`: one or several zones over one key.
/// - Source: ngx_http_limit_req_module.c.
struct LeakyBucketOracle: LimitOracle {
  struct Zone {
    /// Thousandths of a request per second.
    var milliRate: Int64
    var burst: Int64 = 0
    /// Requests of excess that are not delayed; nil for `nodelay`.
    var undelayed: Int64? = 0
    /// One key for all requests.
    var isShared = false

    static func perSecond(_ rate: Int64, burst: Int64 = 0, undelayed: Int64? = 0) -> Zone {
      Zone(milliRate: rate * 1_000, burst: burst, undelayed: undelayed)
    }
    static func perMinute(_ rate: Int64, burst: Int64 = 0, undelayed: Int64? = 0) -> Zone {
      Zone(milliRate: rate * 1_000 / 60, burst: burst, undelayed: undelayed)
    }
  }

  private struct State {
    var excess: Int64
    var last: Int64
  }

  let zones: [Zone]
  private var states: [[String: State]]

  init(_ zones: [Zone]) {
    self.zones = zones
    states = zones.map { _ in [:] }
  }

  func verdict(_ request: ArrivedRequest) -> ProvenVerdict {
    var isDelayed = false
    for (index, zone) in zones.enumerated() {
      let excess = excess(index, request.key, at: request.arrival / 1_000)
      if excess > zone.burst * 1_000 { return .rejected }
      if let undelayed = zone.undelayed, excess > undelayed * 1_000 { isDelayed = true }
    }
    return isDelayed ? .delayed : .passed
  }

  mutating func account(_ request: ArrivedRequest, wasAccepted: Bool) {
    guard wasAccepted else { return }
    let (key, milliseconds) = (request.key, request.arrival / 1_000)
    for (index, zone) in zones.enumerated() {
      let excess = excess(index, key, at: milliseconds)
      let last = states[index][zone.isShared ? "" : key]?.last ?? 0
      states[index][zone.isShared ? "" : key] = State(excess: excess, last: max(last, milliseconds))
    }
  }

  /// Thousandths of a request above the rate; 0 for the first request of a key.
  private func excess(_ index: Int, _ key: String, at milliseconds: Int64) -> Int64 {
    let zone = zones[index]
    guard let state = states[index][zone.isShared ? "" : key] else { return 0 }
    let passed = max(0, milliseconds - state.last)
    return max(0, state.excess - zone.milliRate * passed / 1_000 + 1_000)
  }
}
