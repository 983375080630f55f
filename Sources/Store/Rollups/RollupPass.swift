internal import Traffic

/// One reading of the rollups for several cubes, by several workers.
///
/// What a cube counts merges exactly in any grouping, so that it does not matter which worker took in which rollups.
struct RollupPass: Sendable {
  /// A cube, and the plan of its rows from the same moment: its conditions are resolved there.
  typealias Member = (request: CubeRequest, plan: ScanPlan)

  /// Cubes with the same conditions.
  private struct Selection: Sendable {
    let tests: [RollupTest]
    /// What the members read.
    var columns: Set<RollupColumn> = []
    var members: [Int] = []

    /// Whether a rollup may pass at all.
    var mayMatch: Bool {
      tests.allSatisfy { test in
        guard case .never = test.rule else { return test.column != .nothing }
        return false
      }
    }
  }

  private let shapes: [RollupShape]
  private let empty: [CubeFold]
  private var selections: [Selection] = []
  private let routes: RouteTable
  private let table: RollupTable.Reading
  private let stretches: [RollupStretch]
  private let readers: [SnapshotReader]

  /// - Parameter readers: one per worker, of the moment of `connection`.
  init(
    _ members: [Member], _ readers: [SnapshotReader], _ connection: borrowing Connection
  ) throws(StoreError) {
    self.readers = readers
    shapes = members.map { RollupShape($0.request) }
    empty = members.map { CubeShape($0.request).makeFold() }
    var places: [TrafficFilter: Int] = [:]
    for (number, member) in members.enumerated() {
      let place = places[member.request.filter, default: selections.count]
      places[member.request.filter] = place
      if place == selections.count {
        selections.append(Selection(tests: member.plan.tests.map { RollupTest($0, member.plan) }))
      }
      selections[place].members.append(number)
      selections[place].columns.formUnion(shapes[number].columns)
    }
    selections.removeAll { !$0.mayMatch }
    let columns = selections.reduce(into: Set<RollupColumn>()) { $0.formUnion($1.columns.union($1.tests.map(\.column))) }
    table = RollupTable.Reading(columns)
    routes = columns.contains(.route) ? try RouteTable(connection) : RouteTable()
    let windows = selections.flatMap(\.members).compactMap { ScanPlan.window(members[$0].request.filter) }
    guard let from = windows.map(\.lowerBound).min(), let to = windows.map(\.upperBound).max() else {
      stretches = []
      return
    }
    stretches = try RollupStretch.all(in: from...to, connection)
  }

  /// Reads everything.
  /// - Returns: the share of each member, in their order.
  func run() async throws -> [CubeFold] {
    let next = Counter()
    return try await withThrowingTaskGroup(of: [CubeFold].self) { group in
      for reader in readers { group.addTask { try work(reader, next) } }
      guard var total = try await group.next() else { return empty }
      for try await later in group {
        for (number, fold) in later.enumerated() { total[number].merge(fold) }
      }
      return total
    }
  }

  private func work(_ reader: SnapshotReader, _ next: Counter) throws -> [CubeFold] {
    var folds = empty
    var room = RollupRoom()
    var chosen = RollupRoom()
    var selection = RowSelection(capacity: RollupRoom.capacity)
    while let number = next.take(below: stretches.count) {
      try Task.checkCancellation()
      try reader.withConnection { connection throws(StoreError) in
        try table.read(stretches[number], connection, into: &room) { room in
          feed(&folds, room, &chosen, &selection)
        }
      }
    }
    return folds
  }

  /// Hands a batch to every cube.
  private func feed(
    _ folds: inout [CubeFold], _ room: borrowing RollupRoom, _ chosen: inout RollupRoom, _ selection: inout RowSelection
  ) {
    if table.needsRoutes { room.deriveRoutes(routes) }
    for part in selections {
      selection.selectAll(room.rows)
      for test in part.tests { selection.keep(room.column(test.column), test.rule) }
      guard selection.count > 0 else { continue }
      room.withBatch(of: selection, part.columns, in: &chosen) { batch in
        for member in part.members { folds[member].absorb(batch, shapes[member]) }
      }
    }
  }
}
