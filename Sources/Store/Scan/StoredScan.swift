internal import Synchronization
internal import Traffic

/// Folds segments in stored order: contiguous runs of them on several workers, merged in order.
enum StoredScan {
  /// Runs of a scan. The partition does not depend on the number of threads, so not even a fold whose merge
  /// rounds differently can tell how many there were.
  static let runs = 16

  static func run<Fold: TrafficFold>(
    _ plan: ScanPlan, _ fold: Fold, threads: Int, runs: Int = runs
  ) async throws -> Fold {
    let shares = shares(of: plan.segments, count: runs)
    guard let first = shares.first else { return fold }
    let workers = min(threads, shares.count)
    guard workers > 1 else {
      var reader = try SegmentReader(plan)
      var total = try self.fold(first, fold, &reader)
      for share in shares.dropFirst() { total.merge(try self.fold(share, fold, &reader)) }
      return total
    }
    let next = Counter()
    var parts = [Fold?](repeating: nil, count: shares.count)
    try await withThrowingTaskGroup(of: [(Int, Fold)].self) { group in
      for _ in 0..<workers {
        group.addTask {
          var reader = try SegmentReader(plan)
          var done: [(Int, Fold)] = []
          while let index = next.take(below: shares.count) {
            try Task.checkCancellation()
            done.append((index, try self.fold(shares[index], fold, &reader)))
          }
          return done
        }
      }
      for try await done in group { for (index, part) in done { parts[index] = part } }
    }
    return merge(parts) ?? fold
  }

  private static func merge<Fold: TrafficFold>(_ parts: [Fold?]) -> Fold? {
    var parts = parts
    guard var total = parts.first ?? nil else { return nil }
    for index in parts.indices.dropFirst() {
      if let part = parts[index] { total.merge(part) }
      parts[index] = nil
    }
    return total
  }

  private static func fold<Fold: TrafficFold>(
    _ segments: ArraySlice<SegmentEntry>, _ empty: Fold, _ reader: inout SegmentReader
  ) throws -> Fold {
    var fold = empty
    for segment in segments { try reader.read(segment) { batch, _ in fold.absorb(batch) } }
    return fold
  }

  /// Contiguous shares of about equally many rows, none empty.
  static func shares(of segments: [SegmentEntry], count: Int) -> [ArraySlice<SegmentEntry>] {
    let total = segments.reduce(0) { $0 + $1.rows }
    var shares: [ArraySlice<SegmentEntry>] = []
    var start = 0
    var rows = 0
    for (index, segment) in segments.enumerated() {
      rows += segment.rows
      guard rows * count >= total * (shares.count + 1) || index == segments.count - 1 else { continue }
      shares.append(segments[start...index])
      start = index + 1
    }
    return shares
  }
}

/// Hands out 0, 1, 2 … to several workers.
final class Counter: Sendable {
  private let value = Atomic<Int>(0)

  func take(below limit: Int) -> Int? {
    let taken = value.wrappingAdd(1, ordering: .relaxed).oldValue
    return taken < limit ? taken : nil
  }
}
