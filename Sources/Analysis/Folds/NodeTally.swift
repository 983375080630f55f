import Statistics
import Traffic

/// Totals, bucket counts and busy minutes per (gateway, source).
struct NodeTally: TrafficFold {
  static let columns: [ScanColumn] = [
    .stored(.duration), .stored(.status), .stored(.outcome), .stored(.gateway), .source, .stored(.arrival),
    .stored(.cache), .stored(.limit),
  ]

  struct Node: Sendable {
    var totals = RequestTotals()
    var latency = LatencySketch()
    var minutes = PeriodCounts(period: .minute)

    mutating func merge(_ later: Self) {
      totals.add(later.totals)
      latency.merge(later.latency)
      minutes.merge(later.minutes)
    }
  }

  private(set) var table = KeyTable()
  private(set) var nodes: [Node] = []
  private var durations = GroupedDurations()
  private var arrivals = GroupedDurations()

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (duration, status, outcome) = (batch[0], batch[1], batch[2])
    let (gateway, source, arrival, cache, limit) = (batch[3], batch[4], batch[5], batch[6], batch[7])
    var groups = [Int32](repeating: 0, count: batch.rows)
    for row in 0..<batch.rows {
      let index = table.index(of: GroupKey(first: gateway[row], second: source[row]))
      if index == nodes.count { nodes.append(Node()) }
      groups[row] = Int32(index)
    }
    arrivals.assign(rows: batch.rows) { groups[$0] }
    arrivals.gather(arrival, groups: nodes.count)
    arrivals.forEachGroup { group, values in nodes[group].minutes.record(values) }
    durations.assign(rows: batch.rows) { row in
      let group = Int(groups[row])
      nodes[group].totals.add(status: status[row], limit: limit[row], cache: cache[row], count: 1)
      return nodes[group].totals.addDuration(duration[row], status: status[row], outcome: outcome[row])
        ? groups[row] : -1
    }
    durations.gather(duration, groups: nodes.count)
    durations.forEachGroup { group, values in nodes[group].latency.add(contentsOf: values) }
  }

  mutating func merge(_ later: Self) {
    for (index, key) in later.table.keys.enumerated() {
      let node = table.index(of: key)
      if node == nodes.count { nodes.append(Node()) }
      nodes[node].merge(later.nodes[index])
    }
  }
}
