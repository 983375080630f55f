import Traffic

/// Load of each endpoint by stretch of time, and which routes each serves.
struct EndpointTally: TrafficFold {
  static let columns: [ScanColumn] = [
    .stored(.arrival), .stored(.service), .stored(.upstream), .route, .stored(.upstreamStatus), .stored(.outcome),
    .stored(.upstreamDuration),
  ]

  struct Load: Sendable {
    var requests: Int64 = 0
    var unserved: Int64 = 0
    var busy: Int64 = 0
    var timed: Int64 = 0

    mutating func add(_ other: Self) {
      requests += other.requests
      unserved += other.unserved
      busy &+= other.busy
      timed += other.timed
    }
  }

  let stretch: Int64
  /// All requests, with an upstream or not.
  var requests: Int64 = 0
  /// Keys: upstream, service, start of the stretch.
  var table = KeyTable()
  var loads: [Load] = []
  /// Keys: upstream, service, route; and their requests.
  var routes = KeyTable()
  var routeRequests: [Int64] = []
  private var start: Int64 = 0
  private var width: UInt64 = 0

  init(stretch: Int64) { self.stretch = max(1, stretch) }

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (arrival, service, upstream, route) = (batch[0], batch[1], batch[2], batch[3])
    let (status, outcome, time) = (batch[4], batch[5], batch[6])
    requests += Int64(batch.rows)
    for row in 0..<batch.rows where upstream[row] != .absent {
      enter(arrival[row])
      let index = table.index(of: GroupKey(first: upstream[row], second: service[row], third: start))
      if index == loads.count { loads.append(Load()) }
      loads.withUnsafeMutableBufferPointer { loads in
        loads[index].requests &+= 1
        if Self.isUnserved(status: status[row], outcome: outcome[row]) { loads[index].unserved &+= 1 }
        if time[row] >= 0 {
          loads[index].busy &+= time[row]
          loads[index].timed &+= 1
        }
      }
      let served = routes.index(of: GroupKey(first: upstream[row], second: service[row], third: route[row]))
      if served == routeRequests.count { routeRequests.append(0) }
      routeRequests.withUnsafeMutableBufferPointer { $0[served] &+= 1 }
    }
  }

  /// Rows come in order of time, nearly: the division is rare.
  @inline(__always)
  private mutating func enter(_ arrival: Int64) {
    if UInt64(bitPattern: arrival &- start) >= width {
      start = arrival.flooredMultiple(of: stretch)
      width = UInt64(stretch)
    }
  }

  @inline(__always)
  private static func isUnserved(status: Int64, outcome: Int64) -> Bool {
    (status >= 502 && status <= 504) || outcome == Outcome.upstreamConnect.rawValue
      || outcome == Outcome.noUpstream.rawValue
  }

  mutating func merge(_ later: Self) {
    requests += later.requests
    for (key, load) in zip(later.table.keys, later.loads) {
      let index = table.index(of: key)
      if index == loads.count { loads.append(Load()) }
      loads[index].add(load)
    }
    for (key, count) in zip(later.routes.keys, later.routeRequests) {
      let index = routes.index(of: key)
      if index == routeRequests.count { routeRequests.append(0) }
      routeRequests[index] += count
    }
  }
}

/// Which endpoints stand in for each other.
struct EndpointPools {
  struct Key: Hashable {
    var upstream: Int64
    var service: Int64
  }

  /// A route links endpoints only where it is this share of an endpoint's requests: one stray request is no pool.
  private static let leastShare = 0.02

  /// Pool of each endpoint, 0, 1, 2 … in no particular order.
  private(set) var number: [Key: Int] = [:]
  private(set) var count = 0

  init(_ tally: EndpointTally) {
    var total: [Key: Int64] = [:]
    for (key, requests) in zip(tally.routes.keys, tally.routeRequests) {
      total[Key(upstream: key.first, service: key.second), default: 0] += requests
    }
    var parent = total.keys.reduce(into: [Key: Key]()) { $0[$1] = $1 }
    var first: [GroupKey: Key] = [:]
    for (key, requests) in zip(tally.routes.keys, tally.routeRequests) {
      let endpoint = Key(upstream: key.first, service: key.second)
      let link: GroupKey
      if key.second != .absent {
        link = GroupKey(first: 0, second: key.second)
      } else {
        guard key.third != .absent, Double(requests) >= Self.leastShare * Double(total[endpoint] ?? 0) else { continue }
        link = GroupKey(first: 1, second: key.third)
      }
      if let other = first[link] {
        parent[Self.root(endpoint, &parent)] = Self.root(other, &parent)
      } else {
        first[link] = endpoint
      }
    }
    var pools: [Key: Int] = [:]
    for endpoint in total.keys {
      let root = Self.root(endpoint, &parent)
      if pools[root] == nil { pools[root] = pools.count }
      number[endpoint] = pools[root]
    }
    count = pools.count
  }

  private static func root(_ key: Key, _ parent: inout [Key: Key]) -> Key {
    var key = key
    while let next = parent[key], next != key {
      parent[key] = parent[next] ?? next
      key = next
    }
    return key
  }
}
