public import Traffic

/// Rows of a store in stored order, segment by segment, with their exact paths: for export and SQL.
///
/// Rows stay at one worker; what can be counted in parallel goes through `scan` or `cube`.
@safe
public struct RowCursor: ~Copyable {
  private var reader: SegmentReader
  private var next = 0
  private let withPaths: Bool

  /// - Parameter withPaths: rebuild the paths too, which costs as much as several columns.
  public init(
    _ store: TrafficStore, _ columns: [ScanColumn], filter: TrafficFilter = TrafficFilter(), withPaths: Bool
  ) throws(StoreError) {
    self.withPaths = withPaths
    let plan = try store.withSnapshot { connection throws(StoreError) in
      try ScanPlan(columns, filter, alsoDecoding: withPaths ? [.path] : [], connection)
    }
    reader = try SegmentReader(plan)
  }

  /// Rows of the segments that may hold rows of the filter.
  var rowsAtMost: Int { reader.plan.segments.reduce(0) { $0 + $1.rows } }

  /// Hands the next rows to `body`.
  /// - Returns: false, without calling `body`, when there are no more.
  public mutating func nextBatch(_ body: (borrowing ColumnBatch, RowPaths) throws -> Void) throws -> Bool {
    while next < reader.plan.segments.count {
      let entry = reader.plan.segments[next]
      next += 1
      if try read(entry, body) { return true }
    }
    return false
  }

  private mutating func read(
    _ entry: SegmentEntry, _ body: (borrowing ColumnBatch, RowPaths) throws -> Void
  ) throws -> Bool {
    let paths = withPaths ? try reader.paths(of: entry) : nil
    var isCalled = false
    try reader.read(entry) { batch, indexes in
      isCalled = true
      let rows = indexes.map { Array(UnsafeBufferPointer(start: $0, count: batch.rows)) }
      try body(batch, RowPaths(paths: paths, rows: rows))
    }
    return isCalled
  }
}

/// The exact paths of the rows of a batch.
public struct RowPaths: Sendable {
  let paths: SegmentPaths?
  /// Stored row index by place in the batch; nil when they are the same.
  let rows: [UInt32]?

  /// The path with query of the row at a place of the batch, masked values as `***`; nil when it has none.
  public func path(_ place: Int) -> [UInt8]? {
    paths?.path(row: rows.map { Int($0[place]) } ?? place)
  }

  /// Appends the same to `text`; false when the row has none.
  public func appendPath(_ place: Int, to text: inout [UInt8]) -> Bool {
    paths?.appendPath(row: rows.map { Int($0[place]) } ?? place, to: &text) ?? false
  }
}
