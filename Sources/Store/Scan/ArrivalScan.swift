internal import Traffic

/// Folds rows by arrival over all sources: slice after slice of time, each gathered and sorted by a worker while
/// earlier ones are folded.
///
/// Memory is bounded by the rows of a slice, not by how many segments overlap: a segment that reaches into several
/// slices is decoded for each of them.
enum ArrivalScan {
  /// A slice that turns out to hold this many times the rows it should is cut in half.
  private static let tolerance = 4

  static func run<Fold: TrafficFold>(
    _ plan: ScanPlan, _ empty: Fold, threads: Int, columns: Int
  ) async throws -> Fold {
    var fold = empty
    let rows = ArrivalSlices.rows(columns: columns + 1)
    let slices = ArrivalSlices.cut(plan.segments, rows: rows)
    var workers: [SliceWorker] = []
    for _ in 0..<max(1, min(threads, slices.count)) { workers.append(try SliceWorker(plan, limit: tolerance * rows)) }
    try await withThrowingTaskGroup(of: (Int, SortedSlice?).self) { group in
      func start(_ index: Int) {
        guard index < slices.count else { return }
        let worker = workers[index % workers.count]
        group.addTask { (index, try await worker.slice(slices[index])) }
      }
      for index in workers.indices { start(index) }
      var ready: [Int: SortedSlice?] = [:]
      var next = 0
      while let (index, slice) = try await group.next() {
        ready[index] = .some(slice)
        while let slice = ready.removeValue(forKey: next) {
          if let slice {
            slice.forEachBatch(columns) { fold.absorb($0) }
          } else {
            try await absorbHalves(of: slices[next], &fold, workers[next % workers.count], columns)
          }
          start(next + workers.count)
          next += 1
        }
      }
    }
    return fold
  }

  /// Folds a slice that held too many rows in two halves, or as it is when it is a single microsecond.
  private static func absorbHalves<Fold: TrafficFold>(
    of range: ClosedRange<Int64>, _ fold: inout Fold, _ worker: SliceWorker, _ columns: Int
  ) async throws {
    let half = Int64((UInt64(bitPattern: range.upperBound &- range.lowerBound)) / 2)
    let middle = range.lowerBound &+ half
    let parts = range.lowerBound == range.upperBound ? [range] : [range.lowerBound...middle, (middle + 1)...range.upperBound]
    for part in parts {
      if let slice = try await worker.slice(part) {
        slice.forEachBatch(columns) { fold.absorb($0) }
      } else {
        try await absorbHalves(of: part, &fold, worker, columns)
      }
    }
  }
}

/// Gathers and sorts slices with one reader.
actor SliceWorker {
  private var reader: SegmentReader
  private let segments: [SegmentEntry]
  private let limit: Int

  /// - Parameters:
  ///   - plan: its last output is the arrival.
  ///   - limit: rows of a slice, at most, unless it is a single microsecond.
  init(_ plan: ScanPlan, limit: Int) throws(StoreError) {
    self.limit = limit
    segments = plan.segments
    reader = try SegmentReader(plan)
  }

  /// The rows of a range of arrivals; nil when there are more than the limit.
  func slice(_ range: ClosedRange<Int64>) throws -> SortedSlice? {
    let limit = range.lowerBound == range.upperBound ? Int.max : limit
    let last = reader.plan.outputs.count - 1
    var columns = [[Int64]](repeating: [], count: last)
    var arrivals: [Int64] = []
    for segment in segments where segment.lastArrival >= range.lowerBound && segment.firstArrival <= range.upperBound {
      try reader.read(segment, arrivals: range) { batch, _ in
        for column in 0..<last { columns[column].append(contentsOf: batch[column]) }
        arrivals.append(contentsOf: batch[last])
      }
      if arrivals.count > limit { return nil }
    }
    return SortedSlice(columns: columns, arrivals: arrivals, start: range.lowerBound)
  }
}
