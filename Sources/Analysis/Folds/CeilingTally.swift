import Statistics
import Traffic

/// How many requests every caller got through in windows in which others of theirs were rejected. Needs order of
/// arrival.
struct CeilingTally: TrafficFold {
  /// The windows a limit may have, shortest first.
  static let windows: [Microseconds] = [.second, .minute, .hour]

  private struct Open: Sendable {
    var number = Int64.min
    var accepted: Int64 = 0
    var rejected: Int64 = 0
  }

  let keys: QuotaKeys
  private var table = KeyTable()
  private var open: [Open] = []
  private var levels = KeyTable()
  private var levelWindows: [Int64] = []
  private(set) var rejected: Int64 = 0
  private(set) var first = Int64.max
  private(set) var last = Int64.min

  init(_ keys: QuotaKeys) { self.keys = keys }

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (arrival, status, limit, outcome) = (batch[0], batch[1], batch[2], batch[3])
    let lengths = Self.windows.map(\.count)
    for row in 0..<batch.rows {
      first = min(first, arrival[row])
      last = max(last, arrival[row])
      guard let group = keys.key(row, batch) else { continue }
      let key = table.index(of: group)
      if key * lengths.count == open.count { open += [Open](repeating: Open(), count: lengths.count) }
      let answer = RecordedAttempt.answer(status: status[row], limit: limit[row], outcome: outcome[row])
      let isRejected = answer == .rejected
      if isRejected { rejected += 1 }
      for (window, length) in lengths.enumerated() {
        add(isRejected, to: key * lengths.count + window, number: arrival[row].flooredQuotient(by: length))
      }
    }
  }

  @inline(__always)
  private mutating func add(_ isRejected: Bool, to index: Int, number: Int64) {
    if open[index].number != number {
      close(index)
      open[index] = Open(number: number)
    }
    if isRejected { open[index].rejected += 1 } else { open[index].accepted += 1 }
  }

  private mutating func close(_ index: Int) {
    guard open[index].rejected > 0 else { return }
    let level = levels.index(of: GroupKey(first: Int64(index), second: open[index].accepted))
    if level == levelWindows.count { levelWindows.append(0) }
    levelWindows[level] += 1
  }

  /// Order by arrival uses one fold for everything.
  mutating func merge(_ later: Self) { precondition(later.open.isEmpty, "a scan in arrival order has one fold") }

  /// By key: the requests that got through in the windows with a rejection, for every length of window. Ask once.
  mutating func finish() -> [(key: GroupKey, accepted: [[WindowLoads.Level]])] {
    for index in open.indices { close(index) }
    var byIndex = [[WindowLoads.Level]](repeating: [], count: open.count)
    for (key, windows) in zip(levels.keys, levelWindows) {
      byIndex[Int(key.first)].append(WindowLoads.Level(offered: key.second, windows: windows))
    }
    let count = Self.windows.count
    return table.keys.enumerated().map { ($1, Array(byIndex[$0 * count..<($0 + 1) * count])) }
  }
}
