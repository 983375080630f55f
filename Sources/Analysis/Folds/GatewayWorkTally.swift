import Traffic

/// Counts what the gateway did, by route and method.
struct GatewayWorkTally: TrafficFold {
  static let columns: [ScanColumn] = [
    .route, .stored(.method), .stored(.duration), .stored(.upstreamDuration), .stored(.status), .stored(.outcome),
    .stored(.cache), .stored(.limit), .stored(.attempts), .stored(.bytesOut),
  ]

  private var table = GroupTable(dimensions: 2)
  private(set) var groups: [GatewayWorkCounts] = []
  /// All durations so far are multiples of it: 1 s, 1 ms or 1 µs.
  private(set) var step: Int64 = 1_000_000
  private var rows = GroupedRows()

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (route, method, duration, upstream, status) = (batch[0], batch[1], batch[2], batch[3], batch[4])
    let (outcome, cache, limit, attempts, bytes) = (batch[5], batch[6], batch[7], batch[8], batch[9])
    rows.assign(rows: batch.rows, in: &table, by: [route, method])
    while groups.count < table.count { groups.append(GatewayWorkCounts()) }
    groups.withUnsafeMutableBufferPointer { groups in
      rows.forEachRow { row, index in
        let (status, limit, attempts) = (status[row], limit[row], attempts[row])
        let (duration, upstream, bytes) = (duration[row], upstream[row], bytes[row])
        let isReached = upstream != .absent
        groups[index].count(
          status: status, cache: cache[row], limit: limit, attempts: attempts, isReached: isReached)
        let isMeasured =
          (duration != .absent ? 1 : 0) & (isReached ? 1 : 0) & (attempts <= 1 ? 1 : 0)
          & (limit != LimitVerdict.delayed.rawValue ? 1 : 0)
          & (UInt64(bitPattern: bytes) <= UInt64(GatewayWork.largestMeasured) ? 1 : 0)
          & (StatusRule.countsForLatency(status: status, outcome: outcome[row]) ? 1 : 0)
        groups[index].measure(Int64(isMeasured), duration, upstream)
      }
    }
    if step > 1 { for duration in duration where duration > 0 { step = Self.step(of: duration, step) } }
  }

  /// Divisions by constants only.
  @inline(__always)
  private static func step(of duration: Int64, _ step: Int64) -> Int64 {
    if step == 1_000_000, duration % 1_000_000 != 0 { return duration % 1_000 == 0 ? 1_000 : 1 }
    return step == 1_000 && duration % 1_000 != 0 ? 1 : step
  }

  /// Symbols of route and method of each group.
  var keys: [(route: Int64, method: Int64)] {
    let columns = table.columns
    return zip(columns[0], columns[1]).map { ($0, $1) }
  }

  mutating func merge(_ later: Self) {
    step = min(step, later.step)
    for (counts, number) in zip(later.groups, table.merge(later.table)) {
      if Int(number) == groups.count { groups.append(GatewayWorkCounts()) }
      groups[Int(number)].add(counts)
    }
  }
}

extension GatewayWorkCounts {
  /// Without branches, which neighbours would take differently.
  @inline(__always)
  fileprivate mutating func count(status: Int64, cache: Int64, limit: Int64, attempts: Int64, isReached: Bool) {
    requests &+= 1
    reached &+= isReached ? 1 : 0
    cached &+= cache > 0 ? 1 : 0  // absent is negative, `none` is 0
    judged &+= limit > 0 ? 1 : 0
    refused &+= StatusRule.isLimited(status: status, limit: limit) ? 1 : 0
    delayed &+= limit == LimitVerdict.delayed.rawValue ? 1 : 0
    retried &+= attempts > 1 ? 1 : 0
    denied &+= (isReached ? 0 : 1) & (status == 401 || status == 403 ? 1 : 0)
    succeeded &+= UInt64(bitPattern: status &- 200) < 200 ? 1 : 0
  }

  /// Adds one measured request, or none.
  @inline(__always)
  fileprivate mutating func measure(_ count: Int64, _ duration: Int64, _ upstreamDuration: Int64) {
    measured &+= count
    self.duration &+= count &* duration
    self.upstreamDuration &+= count &* upstreamDuration
  }
}
