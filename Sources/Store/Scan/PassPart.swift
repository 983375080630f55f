internal import Synchronization
internal import Traffic

/// One scan among those that share a pass.
protocol PassPart: Sendable {
  var columns: [ScanColumn] { get }
  var filter: TrafficFilter { get }
  var threads: Int? { get }

  /// The part as one that reads rollups; nil for what does not ask for them.
  func rollups(_ plan: ScanPlan) -> RollupPass.Member?
  func take(_ rollups: CubeFold)
  /// What one worker folds into.
  func makeTaker() -> any PassTaker
  /// Hands the merged result to who waits for it.
  func finish()
  func fail(_ error: any Error)
}

/// One worker's side of a part. Stays at its worker.
protocol PassTaker: AnyObject {
  func absorb(_ batch: borrowing ColumnBatch)
  func endRun(_ run: Int)
  func endWork()
}

/// A fold that takes part in a pass.
final class FoldPart<Fold: TrafficFold>: PassPart {
  let columns: [ScanColumn]
  let filter: TrafficFilter
  let threads: Int?
  fileprivate let empty: Fold
  private let continuation: CheckedContinuation<Fold, any Error>
  private let folded = Mutex(Folded<Fold>())

  init(_ request: ScanRequest, _ empty: Fold, _ continuation: CheckedContinuation<Fold, any Error>) {
    columns = request.columns
    filter = request.filter
    threads = request.threads
    self.empty = empty
    self.continuation = continuation
  }

  /// A scan sees single rows alone.
  func rollups(_ plan: ScanPlan) -> RollupPass.Member? { nil }
  func take(_ rollups: CubeFold) {}

  func makeTaker() -> any PassTaker { FoldTaker(self) }

  fileprivate func keep(_ fold: Fold, _ place: Int) { folded.withLock { $0.keep(fold, place) } }

  func finish() {
    let result = folded.withLock { folded in
      defer { folded = Folded() }
      return folded.total
    }
    continuation.resume(returning: result ?? empty)
  }

  func fail(_ error: any Error) { continuation.resume(throwing: error) }
}

/// What the runs of a part folded: merged in order as soon as those before are there, so that little is
/// kept twice.
private struct Folded<Fold: TrafficFold> {
  private(set) var total: Fold?
  private var merged = 0
  private var later: [Int: Fold] = [:]

  mutating func keep(_ fold: Fold, _ place: Int) {
    later[place] = fold
    while let next = later.removeValue(forKey: merged) {
      if total == nil { total = next } else { total?.merge(next) }
      merged += 1
    }
  }
}

private final class FoldTaker<Fold: TrafficFold>: PassTaker {
  private let part: FoldPart<Fold>
  private var fold: Fold

  init(_ part: FoldPart<Fold>) {
    self.part = part
    fold = part.empty
  }

  func absorb(_ batch: borrowing ColumnBatch) { fold.absorb(batch) }

  func endRun(_ run: Int) {
    let folded = fold
    fold = part.empty
    part.keep(folded, run)
  }

  func endWork() {}
}
