import Traffic

/// Arrivals of some agents by address.
struct ProbeGaps: TrafficFold {
  static let columns: [ScanColumn] = [.stored(.userAgent), .stored(.client), .stored(.arrival)]
  /// Gaps needed to call them even, and how far they may vary: standard deviation over mean.
  private static let fewestGaps = 50
  private static let mostVariation = 0.05

  private var table = KeyTable()
  private var arrivals: [[Int64]] = []

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (agent, client, arrival) = (batch[0], batch[1], batch[2])
    for row in 0..<batch.rows {
      let index = table.index(of: GroupKey(first: agent[row], second: client[row]))
      if index == arrivals.count { arrivals.append([]) }
      arrivals[index].append(arrival[row])
    }
  }

  mutating func merge(_ later: Self) {
    for (key, times) in zip(later.table.keys, later.arrivals) {
      let index = table.index(of: key)
      if index == arrivals.count { arrivals.append([]) }
      arrivals[index] += times
    }
  }

  /// Every address of the agent that called often enough calls in even steps, and there is one.
  func isRegular(agent: Int64) -> Bool {
    let judged = zip(table.keys, arrivals).filter { $0.0.first == agent && $0.1.count > Self.fewestGaps }
    return !judged.isEmpty && judged.allSatisfy { Self.isEven($0.1) }
  }

  private static func isEven(_ arrivals: [Int64]) -> Bool {
    let sorted = arrivals.sorted()
    let gaps = zip(sorted, sorted.dropFirst()).map { Double($1 &- $0) }
    let mean = gaps.reduce(0, +) / Double(gaps.count)
    let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
    return mean > 0 && variance.squareRoot() <= mostVariation * mean
  }
}
