public import Traffic

extension TrafficStore {
  /// Grouped counts, sums and histograms over rows, and over rollups of rows that are gone.
  public func cube(_ request: CubeRequest) async throws -> Cube {
    let shape = CubeShape(request)
    // One snapshot for both: a row that moves into a rollup meanwhile must not count twice or be missed.
    let (plan, rolledUp) = try withSnapshot { connection throws(StoreError) in
      let plan = try ScanPlan(shape.columns, request.filter, connection)
      let isEmpty = try RollupTable.isEmpty(connection)
      if request.onlyRows || isEmpty { return (plan, shape.makeFold()) }
      var answers = [RollupAnswer(request, shape.makeFold(), plan, try RouteTable(connection))]
      try RollupAnswer.fill(&answers, connection)
      return (plan, answers[0].fold)
    }
    let threads = Self.threads(request.threads)
    // Integer counts merge exactly in any grouping: one run per worker, so that few tables are merged.
    var fold = try await StoredScan.run(plan, shape.makeFold(), threads: threads, runs: max(1, threads))
    fold.merge(rolledUp)
    return fold.cube
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
