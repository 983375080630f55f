import Traffic

/// The largest number of requests that a key sent within one second of the clock.
///
/// Needs batches in arrival order: then one running count per key is enough, however many keys there are.
/// Columns: the key, arrival.
struct KeyPeaks: TrafficFold {
  private struct Running: Sendable {
    var second: Int64
    var count: Int64
    var peak: Int64
  }

  private var table = KeyTable()
  private var running: [Running] = []

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (keys, arrivals) = (batch[0], batch[1])
    for row in 0..<batch.rows {
      let index = table.index(of: GroupKey(first: keys[row]))
      // Rounded down, also before 1970.
      let arrival = arrivals[row]
      let second = arrival >= 0 ? arrival / 1_000_000 : (arrival + 1) / 1_000_000 - 1
      if index == running.count {
        running.append(Running(second: second, count: 1, peak: 1))
      } else if running[index].second == second {
        running[index].count += 1
        running[index].peak = max(running[index].peak, running[index].count)
      } else {
        running[index].second = second
        running[index].count = 1
      }
    }
  }

  /// Order by arrival uses one fold for everything.
  mutating func merge(_ later: Self) {
    precondition(later.running.isEmpty, "a scan in arrival order has one fold")
  }

  var peaks: [Int64: Int64] {
    Dictionary(uniqueKeysWithValues: zip(table.keys.map(\.first), running.map(\.peak)))
  }
}
