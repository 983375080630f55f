internal import Traffic

/// Turns rows into rollup cells.
enum Rollup {
  static let minute: Int64 = 60_000_000
  static let hour: Int64 = 3_600_000_000
  static let day: Int64 = 86_400_000_000

  private static let request = CubeRequest(
    dimensions: [
      .time(.minute), .column(.stored(.path)), .column(.stored(.routeName)), .column(.stored(.method)),
      .column(.stored(.outcome)), .statusClass, .column(.stored(.cache)),
    ],
    measures: [.histogram(.duration), .sum(.bytesIn), .sum(.bytesOut), .sum(.upstreamDuration)])

  /// The minute cells of some segments of one source.
  static func cells(
    _ segments: [SegmentEntry], source: Int64, _ plan: ScanPlan, _ shape: CubeShape
  ) throws -> [RollupCell] {
    var reader = try SegmentReader(plan)
    var fold = shape.makeFold()
    for segment in segments { try reader.read(segment) { batch, _ in fold.absorb(batch) } }
    return fold.cube.cells.map { cell(of: $0, source: source) }
  }

  static var shape: CubeShape { CubeShape(request) }

  private static func cell(of cell: Cube.Cell, source: Int64) -> RollupCell {
    let key = RollupCell.Key(
      source: source, start: cell.key[0], grain: minute, template: cell.key[1], routeName: cell.key[2],
      method: cell.key[3], outcome: cell.key[4], statusClass: cell.key[5], cache: cell.key[6])
    return RollupCell(
      key: key, requests: cell.requests, bytesIn: sum(cell.values[1]), bytesOut: sum(cell.values[2]),
      upstreamDuration: sum(cell.values[3]), durations: histogram(cell.values[0]))
  }

  private static func sum(_ value: Cube.Value) -> RollupCell.Sum {
    guard case .sum(let total, let count) = value else { return RollupCell.Sum() }
    return RollupCell.Sum(total: total, count: count)
  }

  private static func histogram(_ value: Cube.Value) -> LatencyHistogram {
    guard case .histogram(let histogram) = value else { return LatencyHistogram() }
    return histogram
  }
}
