internal import Traffic

/// Answers a cube's share of the rows that are rollups now.
///
/// A cell counts for the window that holds its start. A condition on something that rollups do not keep never
/// holds, as for an absent column; a dimension that they do not keep reads absent.
struct RollupAnswer {
  private(set) var fold: CubeFold
  private let request: CubeRequest
  private let plan: ScanPlan
  private let routes: RouteTable
  /// nil where nothing can pass.
  private let window: ClosedRange<Int64>?

  init(_ request: CubeRequest, _ fold: CubeFold, _ plan: ScanPlan, _ routes: RouteTable) {
    self.request = request
    self.fold = fold
    self.plan = plan
    self.routes = routes
    window = ScanPlan.window(request.filter)
  }

  mutating func add(_ cell: RollupCell) {
    guard let window, window.contains(cell.key.start),
      plan.tests.allSatisfy({ Self.holds($0, cell, plan, routes) })
    else { return }
    fold.add(
      key: request.dimensions.map { Self.value($0, cell, routes) }, requests: cell.requests,
      request.measures.map { Self.measure($0, cell) })
  }

  /// Reads the rollups once for all of them.
  static func fill(_ answers: inout [RollupAnswer], _ connection: borrowing Connection) throws(StoreError) {
    let windows = answers.compactMap(\.window)
    guard let from = windows.map(\.lowerBound).min(), let to = windows.map(\.upperBound).max() else { return }
    var filled = answers
    answers = []
    try RollupTable.forEach("start BETWEEN \(from) AND \(to)", connection) { cell in
      for index in filled.indices { filled[index].add(cell) }
    }
    answers = filled
  }

  private static func value(_ dimension: CubeRequest.Dimension, _ cell: RollupCell, _ routes: RouteTable) -> Int64 {
    switch dimension {
    case .time(let bucket): cell.key.start.flooredMultiple(of: max(1, bucket.count))
    case .statusClass: cell.key.statusClass
    case .column(.source): cell.key.source
    case .column(.route): route(cell, routes)
    case .column(.stored(.arrival)): cell.key.start
    case .column(.stored(let column)): cell.value(column)
    }
  }

  private static func route(_ cell: RollupCell, _ routes: RouteTable) -> Int64 {
    let route = cell.key.template == .absent ? .absent : routes.route(ofTemplate: cell.key.template)
    return route == .absent ? cell.key.routeName : route
  }

  private static func measure(_ measure: CubeRequest.Measure, _ cell: RollupCell) -> Cube.Value {
    switch measure {
    case .sum(let column):
      let sum = cell.sum(column)
      return .sum(total: sum.total, count: sum.count)
    case .histogram(let column): return .histogram(cell.histogram(column))
    }
  }

  private static func holds(_ test: RowTest, _ cell: RollupCell, _ plan: ScanPlan, _ routes: RouteTable) -> Bool {
    switch test.subject {
    case .source: return holds(test.rule, cell.key.source)
    case .route: return holds(test.rule, route(cell, routes))
    case .slot(let slot) where plan.columns[slot] == .status: return holds(test.rule, statusClass: cell.key.statusClass)
    case .slot(let slot): return holds(test.rule, cell.value(plan.columns[slot]))
    }
  }

  private static func holds(_ rule: RowTest.Rule, _ value: Int64) -> Bool {
    guard value != .absent else { return false }
    switch rule {
    case .within(let range): return range.contains(value)
    case .differs(let other): return value != other
    case .symbol(let set, let isNegated): return set.contains(value) != isNegated
    case .address, .never: return false
    }
  }

  /// A condition on the status holds when it holds for the whole class.
  private static func holds(_ rule: RowTest.Rule, statusClass: Int64) -> Bool {
    guard statusClass > 0, case .within(let range) = rule else { return false }
    return range.contains(statusClass * 100) && range.contains(statusClass * 100 + 99)
  }
}
