internal import Traffic

/// Room for a batch of rollups, used again from batch to batch.
@safe
struct RollupRoom: ~Copyable {
  /// Few enough that the columns of a batch stay in the processor's cache.
  static let capacity = 2_048

  private let values: UnsafeMutablePointer<Int64>
  private var buckets: [SketchBytes.Bucket] = []
  private(set) var rows = 0

  init() {
    values = .allocate(capacity: RollupColumn.allCases.count * Self.capacity)
    // Columns that nobody asks for have no values but are memory too.
    values.initialize(repeating: .absent, count: RollupColumn.allCases.count * Self.capacity)
  }

  deinit { values.deallocate() }

  var isFull: Bool { rows == Self.capacity }

  mutating func clear() {
    rows = 0
    buckets.removeAll(keepingCapacity: true)
  }

  func column(_ column: RollupColumn) -> UnsafeMutablePointer<Int64> { values + column.rawValue * Self.capacity }

  func withBatch(_ body: (borrowing RollupBatch) -> Void) { buckets.withUnsafeBufferPointer { body(batch($0)) } }

  private func batch(_ buckets: UnsafeBufferPointer<SketchBytes.Bucket>) -> RollupBatch {
    let columns = RollupColumn.allCases.map { UnsafePointer(column($0)) }
    return RollupBatch(columns: ColumnBatch(rows: rows, columns: columns), buckets: buckets)
  }

  // MARK: Filling

  /// Takes in the row that the statement of a reading stands at; false for a damaged one.
  /// - Precondition: not full.
  mutating func append(_ row: borrowing Statement, _ reading: RollupTable.Reading) -> Bool {
    let stored = reading.stored
    for (index, column) in stored.enumerated() { values[column.rawValue * Self.capacity + rows] = row.integer(index) }
    let checksum = row.bits(stored.count)
    let requests = UInt64(bitPattern: column(.requests)[rows])
    let isSound = row.withBlob(stored.count + 1) { bytes in
      guard Checksum.of(bytes, seed: requests) == checksum else { return false }
      return reading.needsSketches ? appendSketch(bytes) : true
    }
    if isSound { rows += 1 }
    return isSound
  }

  private mutating func appendSketch(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let first = buckets.count
    guard let totals = SketchBytes.decode(bytes, appendingTo: &buckets) else { return false }
    put(totals, first..<buckets.count)
    return true
  }

  private func put(_ totals: SketchBytes.Totals, _ buckets: Range<Int>) {
    column(.durationSum)[rows] = Int64(bitPattern: totals.sum)
    column(.durationTotal)[rows] = Int64(clamping: totals.sum)
    column(.durationCount)[rows] = Int64(clamping: totals.count)
    column(.shortest)[rows] = totals.minimum
    column(.longest)[rows] = totals.maximum
    column(.overflow)[rows] = Int64(clamping: totals.overflow)
    column(.firstBucket)[rows] = Int64(buckets.lowerBound)
    column(.endOfBuckets)[rows] = Int64(buckets.upperBound)
  }

  /// Fills the column `route` from templates and names.
  func deriveRoutes(_ routes: RouteTable) {
    let (templates, names, output) = (column(.template), column(.routeName), column(.route))
    for row in 0..<rows {
      let route = templates[row] == .absent ? .absent : routes.route(ofTemplate: templates[row])
      output[row] = route == .absent ? names[row] : route
    }
  }

  // MARK: Choosing

  /// Calls `body` with the rollups of `selection`, copied to `room`, in columns that somebody reads.
  func withBatch(
    of selection: borrowing RowSelection, _ columns: Set<RollupColumn>, in room: inout RollupRoom,
    _ body: (borrowing RollupBatch) -> Void
  ) {
    if selection.isAll { return withBatch(body) }
    room.rows = selection.count
    for column in columns {
      let (values, output) = (self.column(column), room.column(column))
      for place in 0..<selection.count { output[place] = values[Int(selection.indexes[place])] }
    }
    buckets.withUnsafeBufferPointer { body(room.batch($0)) }
  }
}
