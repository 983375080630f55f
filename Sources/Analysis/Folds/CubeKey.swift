import Statistics
import Traffic

/// Names for the places of a cube cell, so that questions read `cell[.status]` and not `cell.key[2]`.
struct CubeLayout: Sendable {
  let dimensions: [CubeRequest.Dimension]
  let measures: [CubeRequest.Measure]

  init(_ dimensions: [CubeRequest.Dimension], _ measures: [CubeRequest.Measure] = []) {
    self.dimensions = dimensions
    self.measures = measures
  }

  func request(_ scope: Scope) -> CubeRequest {
    CubeRequest(
      dimensions: dimensions, measures: measures, filter: scope.filter, onlyRows: scope.onlyRows,
      threads: scope.threads)
  }

  /// The cell's value of a stored column that is a dimension.
  func key(_ column: RequestColumn, of cell: Cube.Cell) -> Int64 {
    cell.key[place(.column(.stored(column)))]
  }

  func key(_ dimension: CubeRequest.Dimension, of cell: Cube.Cell) -> Int64 { cell.key[place(dimension)] }

  private func place(_ dimension: CubeRequest.Dimension) -> Int {
    guard let index = dimensions.firstIndex(of: dimension) else {
      preconditionFailure("a question reads only dimensions it asked for")
    }
    return index
  }

  /// Sum and number of values of a column; zero without values.
  func sum(_ column: RequestColumn, of cell: Cube.Cell) -> (total: Int64, count: Int64) {
    guard let index = measures.firstIndex(of: .sum(column)), case .sum(let total, let count) = cell.values[index]
    else {
      preconditionFailure("a question reads only sums it asked for")
    }
    return (total, count)
  }

  func histogram(_ column: RequestColumn, of cell: Cube.Cell) -> LatencyHistogram {
    guard let index = measures.firstIndex(of: .histogram(column)),
      case .histogram(let histogram) = cell.values[index]
    else { preconditionFailure("a question reads only histograms it asked for") }
    return histogram
  }
}

/// Totals and latency of a group, added up from the cells of a cube that has status, outcome, limit and cache.
struct CubeGroup: Sendable {
  static let dimensions: [CubeRequest.Dimension] = [
    .column(.stored(.status)), .column(.stored(.outcome)), .column(.stored(.limit)), .column(.stored(.cache)),
    .statusClass,
  ]
  static let measures: [CubeRequest.Measure] = [.histogram(.duration)]

  var totals = RequestTotals()
  var latency = LatencySketch()

  /// The status of a cell's rows. Rollups of old rows know its class only: any status of that class stands for it
  /// (101 for 1xx, as access logs know no other).
  static func status(of cell: Cube.Cell, _ layout: CubeLayout) -> Int64 {
    let status = layout.key(.status, of: cell)
    let statusClass = layout.key(.statusClass, of: cell)
    guard status == .absent, (1...5).contains(statusClass) else { return status }
    return statusClass == 1 ? 101 : statusClass * 100
  }

  mutating func add(_ cell: Cube.Cell, _ layout: CubeLayout) {
    let status = Self.status(of: cell, layout)
    totals.add(
      status: status, limit: layout.key(.limit, of: cell), cache: layout.key(.cache, of: cell), count: cell.requests
    )
    let histogram = layout.histogram(.duration, of: cell)
    let timed = Int64(clamping: histogram.count)
    totals.timed += timed
    if status != 101 { totals.busy &+= Int64(clamping: histogram.sum) }
    if StatusRule.countsForLatency(status: status, outcome: layout.key(.outcome, of: cell)) {
      latency.add(histogram)
    } else {
      totals.excluded += timed
    }
  }
}
