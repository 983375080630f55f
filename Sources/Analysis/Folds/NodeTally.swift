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

  private var table = GroupTable(dimensions: 2)
  private(set) var nodes: [Node] = []
  private var rows = GroupedRows()

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (duration, status, outcome) = (batch[0], batch[1], batch[2])
    let (gateway, source, arrival, cache, limit) = (batch[3], batch[4], batch[5], batch[6], batch[7])
    rows.assign(rows: batch.rows, in: &table, by: [gateway, source])
    while nodes.count < table.count { nodes.append(Node()) }
    rows.gather(arrival, groups: nodes.count)
    rows.forEachGroup { group, values in nodes[group].minutes.record(values) }
    nodes.withUnsafeMutableBufferPointer { nodes in
      rows.filter { row, group in
        nodes[group].totals.add(status: status[row], limit: limit[row], cache: cache[row], count: 1)
        return nodes[group].totals.addDuration(duration[row], status: status[row], outcome: outcome[row])
      }
    }
    rows.gather(duration, groups: nodes.count)
    rows.forEachGroup { group, values in nodes[group].latency.add(contentsOf: values) }
  }

  /// Symbol of the gateway and number of the source of each node.
  var keys: [(gateway: Int64, source: Int64)] {
    let columns = table.columns
    return zip(columns[0], columns[1]).map { ($0, $1) }
  }

  mutating func merge(_ later: Self) {
    for (node, number) in zip(later.nodes, table.merge(later.table)) {
      if Int(number) == nodes.count { nodes.append(Node()) }
      nodes[Int(number)].merge(node)
    }
  }
}
