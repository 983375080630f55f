public import Analysis
internal import Synchronization
public import Traffic

/// Says of a recorded request, by its source and its line there, whether something is the case.
public typealias RowPredicate = @Sendable (_ source: Int64, _ line: Int64) -> Bool

/// The arrivals of a traffic source by key, part by part, so that any amount fits into bounded memory.
///
/// A census counts the rows of 4,096 sets of keys; then each part of the keys that fits the budget is gathered by one
/// scan in order of arrival. One part is kept, several are gathered anew each time they are asked for.
public final class KeyedTraffic: Sendable {
  /// Rows of one part. While it is gathered a row takes 20 bytes, and each new key some 50 more.
  public static let rowBudget: Int64 = 4 << 20

  public let traffic: any TrafficSource
  public let key: ArrivalKey
  public let scope: Scope
  public let census: ArrivalCensus
  /// Rows that are not there, such as retries; their answer counts, not their cost.
  let drops: RowPredicate?
  let partRanges: [Range<Int>]
  private let kept = Mutex<KeyedArrivals?>(nil)

  /// Whether every question costs a scan for each part.
  public var isGatheredAnew: Bool { partRanges.count > 1 }

  public var threads: Int { scope.threads ?? 2 }

  public init(
    _ traffic: any TrafficSource, by key: ArrivalKey, scope: Scope = Scope(), rowBudget: Int64 = rowBudget,
    dropping drops: RowPredicate? = nil
  ) async throws {
    self.traffic = traffic
    self.key = key
    self.scope = scope
    self.drops = drops
    let line: [ScanColumn] = drops == nil ? [] : [.stored(.line)]
    let request = ScanRequest(
      columns: CensusFold.columns + key.columns + line, filter: scope.filter, threads: scope.threads)
    census = try await traffic.scan(request, CensusFold(parts: key.parts.count, drops: drops)).census
    partRanges = census.parts(of: rowBudget)
  }

  /// Shows the arrivals part by part. Every key is in exactly one of them.
  public func forEachPart(_ body: (KeyedArrivals) async throws -> Void) async throws {
    for range in partRanges {
      if let kept = kept.withLock({ $0 }) { return try await body(kept) }
      let part = try await gathered(range)
      if partRanges.count == 1 { kept.withLock { $0 = part } }
      try await body(part)
    }
  }

  private func gathered(_ sets: Range<Int>) async throws -> KeyedArrivals {
    let rows = census.rowsOfSet[sets].reduce(0, +)
    let fold = ArrivalFold(parts: key.parts.count, sets: sets, rows: Int(rows), drops: drops)
    let more: [ScanColumn] = drops == nil ? [] : [.source, .stored(.line)]
    let request = ScanRequest(
      columns: [.stored(.arrival)] + key.columns + more, filter: scope.filter, order: .arrival,
      threads: scope.threads)
    let gathered = try await traffic.scan(request, fold)
    guard gathered.arrivals.count == Int(rows) else { throw AnalysisError.changedWhileReading }
    return KeyedArrivals(keys: gathered.table.keys, keyOfRow: gathered.keyOfRow, arrivals: gathered.arrivals)
  }
}

/// Gathers rows of some sets of keys in order of arrival. Columns: arrival, the key's, and source and line where rows
/// are dropped.
private struct ArrivalFold: TrafficFold {
  let parts: Int
  let sets: Range<Int>
  let rows: Int
  let drops: RowPredicate?
  var table = KeyTable()
  var keyOfRow: [Int32] = []
  var arrivals: [Int64] = []

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    if arrivals.isEmpty {
      arrivals.reserveCapacity(rows)
      keyOfRow.reserveCapacity(rows)
    }
    let isWhole = sets.count == ArrivalCensus.keySets
    let times = batch[0]
    for row in 0..<batch.rows {
      let key = GroupKey(first: parts > 0 ? batch[1][row] : 0, second: parts > 1 ? batch[2][row] : 0)
      guard key.first != .absent, key.second != .absent else { continue }
      guard isWhole || sets.contains(ArrivalCensus.keySet(key)) else { continue }
      if let drops, drops(batch[1 + parts][row], batch[2 + parts][row]) { continue }
      keyOfRow.append(Int32(truncatingIfNeeded: table.index(of: key)))
      arrivals.append(times[row])
    }
  }

  mutating func merge(_ later: Self) {
    precondition(later.arrivals.isEmpty, "a scan in arrival order has one fold")
  }
}
