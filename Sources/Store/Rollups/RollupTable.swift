internal import Traffic

/// Reads and writes the table `rollup`.
enum RollupTable {
  private static let select = """
    SELECT source, start, grain, template, route_name, method, outcome, status_class, cache, requests,
      bytes_in, bytes_in_count, bytes_out, bytes_out_count, upstream, upstream_count, checksum, sketch
    FROM rollup
    """

  /// Calls `body` with the cells that a condition selects, by key.
  static func forEach(
    _ condition: String, _ connection: borrowing Connection, _ body: (RollupCell) -> Void
  ) throws(StoreError) {
    var rows = try connection.prepare(
      """
      \(select) WHERE \(condition)
      ORDER BY source, start, grain, template, route_name, method, outcome, status_class, cache
      """)
    while let cell = try next(&rows, file: connection.file) { body(cell) }
  }

  private static func next(_ rows: inout Statement, file: String) throws(StoreError) -> RollupCell? {
    guard try rows.step() else { return nil }
    guard let cell = cell(rows) else {
      throw StoreError(.corrupt("rollup of source \(rows.integer(0)) at \(rows.integer(1))"), file: file)
    }
    return cell
  }

  static func isEmpty(_ connection: borrowing Connection) throws(StoreError) -> Bool {
    try connection.integer("SELECT 1 FROM rollup LIMIT 1") == nil
  }

  private static func cell(_ row: borrowing Statement) -> RollupCell? {
    let checksum = row.bits(16)
    let decoded = row.withBlob(17) { bytes -> LatencyHistogram? in
      guard Checksum.of(bytes, seed: row.bits(9)) == checksum else { return nil }
      return SketchBytes.decode(bytes)
    }
    guard let durations = decoded else { return nil }
    let key = RollupCell.Key(
      source: row.integer(0), start: row.integer(1), grain: row.integer(2), template: row.integer(3),
      routeName: row.integer(4), method: row.integer(5), outcome: row.integer(6), statusClass: row.integer(7),
      cache: row.integer(8))
    return RollupCell(
      key: key, requests: row.integer(9), bytesIn: sum(row, 10), bytesOut: sum(row, 12),
      upstreamDuration: sum(row, 14), durations: durations)
  }

  private static func sum(_ row: borrowing Statement, _ column: Int) -> RollupCell.Sum {
    RollupCell.Sum(total: row.integer(column), count: row.integer(column + 1))
  }

  /// Adds cells to the table, merging each with the one of the same key.
  static func add(_ cells: [RollupCell], _ connection: borrowing Connection) throws(StoreError) {
    var insert = try connection.prepare(
      "INSERT OR REPLACE INTO rollup VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    var find = try connection.prepare(
      """
      \(select) WHERE source = ? AND start = ? AND grain = ? AND template = ? AND route_name = ? AND method = ?
        AND outcome = ? AND status_class = ? AND cache = ?
      """)
    for cell in cells.sorted(by: { $0.key < $1.key }) {
      var merged = cell
      for (index, number) in cell.key.parts.enumerated() { find.bind(index + 1, number) }
      if let stored = try next(&find, file: connection.file) { merged.merge(stored) }
      find.reset()
      try Self.insert(merged, &insert)
    }
  }

  private static func insert(_ cell: RollupCell, _ statement: inout Statement) throws(StoreError) {
    let sketch = SketchBytes.encode(cell.durations)
    let numbers = cell.key.parts + [
      cell.requests, cell.bytesIn.total, cell.bytesIn.count, cell.bytesOut.total, cell.bytesOut.count,
      cell.upstreamDuration.total, cell.upstreamDuration.count,
    ]
    for (index, number) in numbers.enumerated() { statement.bind(index + 1, number) }
    let checksum = sketch.withUnsafeBytes { Checksum.of($0, seed: UInt64(bitPattern: cell.requests)) }
    statement.bind(17, bits: checksum)
    statement.bind(18, sketch)
    try statement.run()
  }
}
