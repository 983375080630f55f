public import Traffic

/// What is counted before arrivals are gathered: how much there is, and how it divides into parts that fit.
public struct ArrivalCensus: Sendable {
  /// Keys fall into this many sets by hash; a part of the work is some of these sets.
  static let keySets = 4_096

  public internal(set) var requests: Int64 = 0
  /// Requests that lack a part of the key; no limit by that key counts them.
  public internal(set) var withoutKey: Int64 = 0
  /// Requests that a limiter rejected already when they were recorded.
  public internal(set) var rejected: Int64 = 0
  public internal(set) var first: Timestamp?
  public internal(set) var last: Timestamp?
  /// Numbers of the sources that the requests are from.
  public internal(set) var sources: Set<Int64> = []
  var rowsOfSet = [Int64](repeating: 0, count: keySets)

  /// From the first arrival to the last; 0 without any.
  public var span: Microseconds {
    guard let first, let last else { return Microseconds(0) }
    return last - first
  }

  /// Requests that have the key.
  public var keyed: Int64 { requests - withoutKey }

  static func keySet(_ key: GroupKey) -> Int {
    var hash = UInt64(bitPattern: key.first) &* 0x9E37_79B9_7F4A_7C15
    hash = (hash ^ hash >> 29 ^ UInt64(bitPattern: key.second)) &* 0xBF58_476D_1CE4_E5B9
    return Int(hash >> 52)
  }

  /// Contiguous ranges of key sets with at most `budget` rows each; a set that alone has more is left out.
  func parts(of budget: Int64) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = 0
    var rows: Int64 = 0
    for (set, count) in rowsOfSet.enumerated() {
      if rows > 0, rows + count > budget {
        parts.append(start..<set)
        rows = 0
      }
      if rows == 0 { start = set }
      if count <= budget { rows += count }
    }
    return parts + (rows > 0 ? [start..<Self.keySets] : [])
  }

  /// Key sets with more rows than the budget: mostly a single key.
  func oversize(_ budget: Int64) -> [Int] { rowsOfSet.indices.filter { rowsOfSet[$0] > budget } }
}

/// Counts rows. Columns: arrival, status, limit, source, those of the key, and the line where rows are dropped.
struct CensusFold: TrafficFold {
  let parts: Int
  let drops: RowPredicate?
  var census = ArrivalCensus()

  static let columns: [ScanColumn] = [.stored(.arrival), .stored(.status), .stored(.limit), .source]

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (arrivals, statuses, limits, sources) = (batch[0], batch[1], batch[2], batch[3])
    var (first, last) = (Int64.max, Int64.min)
    var source = Int64.absent
    for row in 0..<batch.rows {
      if let drops, drops(sources[row], batch[4 + parts][row]) { continue }
      census.requests += 1
      first = min(first, arrivals[row])
      last = max(last, arrivals[row])
      if LoggedRejection.isOne(status: statuses[row], limit: limits[row]) { census.rejected += 1 }
      if sources[row] != source {
        source = sources[row]
        census.sources.insert(source)
      }
      let key = GroupKey(first: parts > 0 ? batch[4][row] : 0, second: parts > 1 ? batch[5][row] : 0)
      if key.first == .absent || key.second == .absent {
        census.withoutKey += 1
      } else {
        census.rowsOfSet[ArrivalCensus.keySet(key)] += 1
      }
    }
    guard first <= last else { return }
    census.first = min(census.first ?? Timestamp(microseconds: first), Timestamp(microseconds: first))
    census.last = max(census.last ?? Timestamp(microseconds: last), Timestamp(microseconds: last))
  }

  mutating func merge(_ later: Self) {
    census.requests += later.census.requests
    census.withoutKey += later.census.withoutKey
    census.rejected += later.census.rejected
    census.sources.formUnion(later.census.sources)
    for set in 0..<ArrivalCensus.keySets { census.rowsOfSet[set] += later.census.rowsOfSet[set] }
    census.first = [census.first, later.census.first].compactMap { $0 }.min()
    census.last = [census.last, later.census.last].compactMap { $0 }.max()
  }
}

/// Whether a recorded request was rejected by a limiter: a logged verdict, or status 429 where the log has none.
enum LoggedRejection {
  @inline(__always)
  static func isOne(status: Int64, limit: Int64) -> Bool {
    if limit == LimitVerdict.rejected.rawValue || limit == LimitVerdict.inferredRejected.rawValue { return true }
    return status == 429 && (limit == .absent || limit == LimitVerdict.none.rawValue)
  }
}
