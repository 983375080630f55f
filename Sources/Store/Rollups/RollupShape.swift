internal import Traffic

/// Where a cube finds its keys and measures in a batch of rollups.
///
/// A dimension that rollups do not keep reads absent.
struct RollupShape: Sendable {
  enum Measure: Sendable {
    case sum(RollupColumn, count: RollupColumn)
    case durations
    /// Nothing is kept of the column.
    case nothing

    var columns: [RollupColumn] {
      switch self {
      case .sum(let total, let count): [total, count]
      case .durations: RollupColumn.ofSketch
      case .nothing: []
      }
    }
  }

  /// Their columns are raw values of `RollupColumn`.
  let keys: [CubeFold.Key]
  let measures: [Measure]
  /// Everything that is read, each column once.
  let columns: Set<RollupColumn>

  init(_ request: CubeRequest) {
    let dimensions = request.dimensions.map { Self.column($0) }
    keys = zip(request.dimensions, dimensions).map { dimension, column in
      guard case .time(let bucket) = dimension else { return .value(column.rawValue) }
      return .time(column.rawValue, bucket: max(1, bucket.count))
    }
    measures = request.measures.map { Self.measure($0) }
    columns = Set(dimensions + measures.flatMap(\.columns) + [.requests])
  }

  private static func column(_ dimension: CubeRequest.Dimension) -> RollupColumn {
    switch dimension {
    case .time: .start
    case .statusClass: .statusClass
    case .column(let column): RollupColumn(column)
    }
  }

  private static func measure(_ measure: CubeRequest.Measure) -> Measure {
    switch measure {
    case .sum(.bytesIn): .sum(.bytesIn, count: .bytesInCount)
    case .sum(.bytesOut): .sum(.bytesOut, count: .bytesOutCount)
    case .sum(.upstreamDuration): .sum(.upstream, count: .upstreamCount)
    case .sum(.duration): .sum(.durationTotal, count: .durationCount)
    case .histogram(.duration): .durations
    case .sum, .histogram: .nothing
    }
  }
}
