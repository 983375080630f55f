public import Traffic

extension TrafficStore {
  /// Grouped counts, sums and histograms over rows, and over rollups of rows that are gone.
  public func cube(_ request: CubeRequest) async throws -> Cube {
    let shape = CubeShape(request)
    let threads = Self.threads(request.threads)
    // One moment for both: a row that moves into a rollup meanwhile must not count twice or be missed.
    let (plan, rollups) = try withRollups(threads: threads) { connection, readers throws(StoreError) in
      let plan = try ScanPlan(shape.columns, request.filter, connection)
      let rollups = readers.isEmpty || request.onlyRows ? nil : try RollupPass([(request, plan)], readers, connection)
      return (plan, rollups)
    }
    // Integer counts merge exactly in any grouping: one run per worker, so that few tables are merged.
    let rows = try await StoredScan.run(plan, shape.makeFold(), threads: threads, runs: max(1, threads))
    guard var fold = try await rollups?.run()[0] else { return rows.cube }
    fold.merge(rows)
    return fold.cube
  }
}

extension TrafficStore {
  /// Calls `body` with a connection and `threads` readers of the rollups, none where there are no rollups, which all see
  /// the same moment.
  func withRollups<R: Sendable>(
    threads: Int, _ body: (borrowing Connection, [SnapshotReader]) throws(StoreError) -> R
  ) throws(StoreError) -> R {
    try withSnapshot(
      readers: { connection throws(StoreError) in try RollupTable.isEmpty(connection) ? 0 : threads }, body)
  }
}

/// Which columns a cube scans and how its keys and measures come from them.
struct CubeShape {
  private(set) var columns: [ScanColumn] = []
  private(set) var keys: [CubeFold.Key] = []
  private(set) var measures: [CubeFold.Measure] = []

  init(_ request: CubeRequest) {
    for dimension in request.dimensions {
      switch dimension {
      case .column(let column): keys.append(.value(place(column)))
      case .time(let bucket): keys.append(.time(place(.stored(.arrival)), bucket: max(1, bucket.count)))
      case .statusClass: keys.append(.statusClass(place(.stored(.status))))
      }
    }
    for measure in request.measures {
      switch measure {
      case .sum(let column): measures.append(.sum(place(.stored(column))))
      case .histogram(let column): measures.append(.histogram(place(.stored(column))))
      }
    }
  }

  private mutating func place(_ column: ScanColumn) -> Int {
    if let place = columns.firstIndex(of: column) { return place }
    columns.append(column)
    return columns.count - 1
  }

  func makeFold() -> CubeFold { CubeFold(keys: keys, measures: measures) }
}
