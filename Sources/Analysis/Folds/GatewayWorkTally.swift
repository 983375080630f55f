import Traffic

/// Counts what the gateway did, by route and method.
struct GatewayWorkTally: TrafficFold {
  static let columns: [ScanColumn] = [
    .route, .stored(.method), .stored(.duration), .stored(.upstreamDuration), .stored(.status), .stored(.outcome),
    .stored(.cache), .stored(.limit), .stored(.attempts), .stored(.bytesOut),
  ]

  var table = KeyTable()
  var groups: [GatewayWorkCounts] = []
  /// All durations so far are multiples of it: 1 s, 1 ms or 1 µs.
  private(set) var step: Int64 = 1_000_000

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (route, method, duration, upstream, status) = (batch[0], batch[1], batch[2], batch[3], batch[4])
    let (outcome, cache, limit, attempts, bytes) = (batch[5], batch[6], batch[7], batch[8], batch[9])
    for row in 0..<batch.rows {
      let index = table.index(of: GroupKey(first: route[row], second: method[row]))
      if index == groups.count { groups.append(GatewayWorkCounts()) }
      groups.withUnsafeMutableBufferPointer { groups in
        groups[index].count(
          status: status[row], cache: cache[row], limit: limit[row], attempts: attempts[row],
          isReached: upstream[row] != .absent)
        let isMeasured =
          duration[row] != .absent && upstream[row] != .absent && attempts[row] <= 1
          && limit[row] != LimitVerdict.delayed.rawValue
          && bytes[row] >= 0 && bytes[row] <= GatewayWork.largestMeasured
          && StatusRule.countsForLatency(status: status[row], outcome: outcome[row])
        if isMeasured { groups[index].measure(duration[row], upstream[row]) }
      }
      if duration[row] > 0 { step = Self.step(of: duration[row], step) }
    }
  }

  /// Divisions by constants only.
  @inline(__always)
  private static func step(of duration: Int64, _ step: Int64) -> Int64 {
    if step == 1_000_000, duration % 1_000_000 != 0 { return duration % 1_000 == 0 ? 1_000 : 1 }
    return step == 1_000 && duration % 1_000 != 0 ? 1 : step
  }

  mutating func merge(_ later: Self) {
    step = min(step, later.step)
    for (key, counts) in zip(later.table.keys, later.groups) {
      let index = table.index(of: key)
      if index == groups.count { groups.append(GatewayWorkCounts()) }
      groups[index].add(counts)
    }
  }
}

extension GatewayWorkCounts {
  @inline(__always)
  fileprivate mutating func count(status: Int64, cache: Int64, limit: Int64, attempts: Int64, isReached: Bool) {
    requests &+= 1
    if isReached { reached &+= 1 }
    if cache > 0 { cached &+= 1 }  // absent is negative, `none` is 0
    if limit > 0 { judged &+= 1 }
    if StatusRule.isLimited(status: status, limit: limit) { refused &+= 1 }
    if limit == LimitVerdict.delayed.rawValue { delayed &+= 1 }
    if attempts > 1 { retried &+= 1 }
    if !isReached, status == 401 || status == 403 { denied &+= 1 }
    if status >= 200, status < 400 { succeeded &+= 1 }
  }

  @inline(__always)
  fileprivate mutating func measure(_ duration: Int64, _ upstreamDuration: Int64) {
    measured &+= 1
    self.duration &+= duration
    self.upstreamDuration &+= upstreamDuration
  }
}
