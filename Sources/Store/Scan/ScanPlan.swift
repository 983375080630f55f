internal import Traffic

/// Everything a worker needs to read its share of a scan, resolved once.
struct ScanPlan: Sendable {
  /// Where a column of the request comes from.
  enum Output: Sendable {
    case slot(Int)
    case route
    case source
  }

  let file: String
  /// Columns that may have to be decoded; a slot is an index into it.
  private(set) var columns: [RequestColumn] = []
  let outputs: [Output]
  let tests: [RowTest]
  let routes: RouteTable
  private(set) var segments: [SegmentEntry] = []
  /// Slots the route is derived from.
  let pathSlot: Int
  let routeNameSlot: Int

  var arrivalSlot: Int { columns.firstIndex(of: .arrival) ?? -1 }

  init(
    _ requested: [ScanColumn], _ filter: TrafficFilter, alsoDecoding extra: [RequestColumn] = [],
    _ connection: borrowing Connection
  ) throws(StoreError) {
    file = connection.file
    var slots = SlotTable()
    outputs = requested.map { slots.output($0) }
    for column in extra { _ = slots.slot(of: column) }
    let subjects = filter.conditions.map { slots.subject($0.column) }
    var tests: [RowTest] = []
    if let window = Self.window(filter) {
      if window != Self.anyTime {
        tests.append(RowTest(subject: .slot(slots.slot(of: .arrival)), rule: .within(window)))
      }
    } else {
      tests.append(RowTest(subject: .slot(slots.slot(of: .arrival)), rule: .never))
    }
    for (condition, subject) in zip(filter.conditions, subjects) {
      tests.append(RowTest(subject: subject, rule: try FilterResolution.rule(condition, connection)))
    }
    let usesRoute = slots.usesRoute
    pathSlot = usesRoute ? slots.slot(of: .path) : -1
    routeNameSlot = usesRoute ? slots.slot(of: .routeName) : -1
    routes = usesRoute ? try RouteTable(connection) : RouteTable()
    self.tests = tests
    columns = slots.columns
    try loadSegments(Self.window(filter) ?? Self.anyTime, connection)
  }

  static let anyTime: ClosedRange<Int64> = (Int64.absent + 1)...(.max)

  /// The arrivals a filter lets through; nil when there are none.
  static func window(_ filter: TrafficFilter) -> ClosedRange<Int64>? {
    let low = max(filter.since?.microseconds ?? anyTime.lowerBound, anyTime.lowerBound)
    guard let until = filter.until?.microseconds else { return low...(.max) }
    return until > low ? low...(until - 1) : nil
  }

  private mutating func loadSegments(
    _ window: ClosedRange<Int64>, _ connection: borrowing Connection
  ) throws(StoreError) {
    var found: [[Int64: ColumnEntry]] = []
    for column in columns { found.append(try SegmentCatalogue.columns(column.rawValue, connection)) }
    // Columns encoded relative to another one need that one decoded too; it is never relative itself.
    let references = Set(found.flatMap { $0.values.compactMap(\.reference) }).subtracting(columns)
    for column in references.sorted(by: { $0.rawValue < $1.rawValue }) {
      columns.append(column)
      found.append(try SegmentCatalogue.columns(column.rawValue, connection))
    }
    var entries = try SegmentCatalogue.entries(overlapping: window, slots: columns.count, connection)
    for index in entries.indices {
      for slot in columns.indices { entries[index].columns[slot] = found[slot][entries[index].id] }
    }
    segments = entries.filter { mayMatch($0) }
  }

  /// Whether zone maps leave a chance that a row of the segment passes.
  private func mayMatch(_ segment: SegmentEntry) -> Bool {
    tests.allSatisfy { test in
      switch (test.subject, test.rule) {
      case (_, .never): false
      case (.slot(let slot), _): !test.excludes(segment.columns[slot])
      case (.source, .within(let range)): range.contains(segment.source)
      case (.source, .differs(let value)): segment.source != value
      case (.source, .symbol(let set, let isNegated)): set.contains(segment.source) != isNegated
      case (.source, .address), (.route, _): true
      }
    }
  }

  /// The same plan with other segments.
  func with(segments: [SegmentEntry]) -> ScanPlan {
    var plan = self
    plan.segments = segments
    return plan
  }
}

/// Hands out slots for columns as they are asked for.
private struct SlotTable {
  var columns: [RequestColumn] = []
  var usesRoute = false

  mutating func slot(of column: RequestColumn) -> Int {
    if let slot = columns.firstIndex(of: column) { return slot }
    columns.append(column)
    return columns.count - 1
  }

  mutating func output(_ column: ScanColumn) -> ScanPlan.Output {
    switch column {
    case .stored(let stored): return .slot(slot(of: stored))
    case .source: return .source
    case .route:
      usesRoute = true
      return .route
    }
  }

  mutating func subject(_ column: ScanColumn) -> RowTest.Subject {
    switch output(column) {
    case .slot(let slot): .slot(slot)
    case .route: .route
    case .source: .source
    }
  }
}
