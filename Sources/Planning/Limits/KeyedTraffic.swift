public import Analysis
internal import Synchronization
public import Traffic

/// Says of a recorded request, by its source and its line there, whether something is the case.
public typealias RowPredicate = @Sendable (_ source: Int64, _ line: Int64) -> Bool

/// The arrivals of a traffic source by key, part by part, so that any amount fits into bounded memory.
///
/// A census counts the rows of 4,096 sets of keys. Sets that fit the budget together are a part, gathered by one scan
/// in order of arrival: each key is whole in one part. A set that alone exceeds the budget (one key has that many
/// requests) comes in pieces of time instead, and who works on it carries a state from piece to piece. A single part
/// is kept, several are gathered anew each time they are asked for.
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
  let oversizeSets: [Int]
  let rowBudget: Int64
  private let kept = Mutex<KeyedArrivals?>(nil)

  /// Whether every question costs scans.
  public var isGatheredAnew: Bool { partRanges.count + oversizeSets.count > 1 || !oversizeSets.isEmpty }

  public var threads: Int { scope.threads ?? 2 }

  public init(
    _ traffic: any TrafficSource, by key: ArrivalKey, scope: Scope = Scope(), rowBudget: Int64 = rowBudget,
    dropping drops: RowPredicate? = nil
  ) async throws {
    self.traffic = traffic
    self.key = key
    self.scope = scope
    self.drops = drops
    self.rowBudget = rowBudget
    let line: [ScanColumn] = drops == nil ? [] : [.stored(.line)]
    let request = ScanRequest(
      columns: CensusFold.columns + key.columns + line, filter: scope.filter, threads: scope.threads)
    census = try await traffic.scan(request, CensusFold(parts: key.parts.count, drops: drops)).census
    partRanges = census.parts(of: rowBudget)
    oversizeSets = census.oversize(rowBudget)
  }

  /// Shows the arrivals of all keys but those of oversize sets, part by part. Every key is in exactly one of them.
  func forEachPart(_ body: (KeyedArrivals) async throws -> Void) async throws {
    for range in partRanges {
      if let kept = kept.withLock({ $0 }) { return try await body(kept) }
      let part = try await gathered(range, scope.filter)
      let rows = range.reduce(0) { $0 + (oversizeSets.contains($1) ? 0 : census.rowsOfSet[$1]) }
      guard part.requests == Int(rows) else { throw AnalysisError.changedWhileReading }
      if !isGatheredAnew { kept.withLock { $0 = part } }
      try await body(part)
    }
  }

  /// Shows the arrivals of an oversize set in pieces of time, which follow one another.
  func forEachPiece(of set: Int, _ body: (KeyedArrivals) async throws -> Void) async throws {
    guard let first = census.first, let last = census.last else { return }
    let clock = TimeSlices(first: first.microseconds, last: last.microseconds)
    let request = ScanRequest(columns: columns, filter: scope.filter, threads: scope.threads)
    let choice = RowChoice(parts: key.parts.count, sets: set..<set + 1, excluded: [], drops: drops)
    let counts = try await traffic.scan(request, SliceFold(choice: choice, clock: clock)).rows
    for piece in clock.pieces(counts, budget: rowBudget) {
      var filter = scope.filter
      filter.since = max(filter.since ?? piece.since, piece.since)
      filter.until = min(filter.until ?? piece.until, piece.until)
      try await body(gathered(set..<set + 1, filter, oversize: true))
    }
  }

  /// Arrival, the key's, and source and line where rows are dropped.
  private var columns: [ScanColumn] {
    [.stored(.arrival)] + key.columns + (drops == nil ? [] : [.source, .stored(.line)])
  }

  private func gathered(_ sets: Range<Int>, _ filter: TrafficFilter, oversize: Bool = false) async throws -> KeyedArrivals {
    let excluded = oversize ? [] : Set(oversizeSets)
    let rows = sets.reduce(0) { $0 + (excluded.contains($1) ? 0 : census.rowsOfSet[$1]) }
    let choice = RowChoice(parts: key.parts.count, sets: sets, excluded: excluded, drops: drops)
    let request = ScanRequest(columns: columns, filter: filter, order: .arrival, threads: scope.threads)
    let fold = ArrivalFold(choice: choice, rows: Int(min(rows, 2 * rowBudget)))
    let gathered = try await traffic.scan(request, fold)
    return KeyedArrivals(keys: gathered.table.keys, keyOfRow: gathered.keyOfRow, arrivals: gathered.arrivals)
  }
}
