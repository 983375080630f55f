internal import Traffic

extension TrafficStore {
  /// Checks everything that can be checked: SQLite's own structure, every checksum, every zone map against its
  /// values, every symbol, and the ledger against the rows.
  /// - Returns: what is wrong, empty for a sound store.
  /// - Throws: only where the store cannot be read at all.
  public func verify() throws(StoreError) -> [StoreProblem] {
    var problems = try withSnapshot { connection throws(StoreError) in
      try StructureCheck.problems(connection) + LedgerCheck.problems(connection) + RollupCheck.problems(connection)
    }
    // All columns of all segments, in one plan.
    do throws(StoreError) {
      let columns = RequestColumn.allCases
      let plan = try withSnapshot { connection throws(StoreError) in
        try ScanPlan([], TrafficFilter(), alsoDecoding: columns, connection)
      }
      var reader = try SegmentReader(plan)
      for segment in plan.segments { problems += reader.problems(of: segment) }
    } catch {
      problems.append(StoreProblem("segments", error.summary))
    }
    return problems
  }
}

/// Checks the tables apart from the rows of segments.
enum StructureCheck {
  static func problems(_ connection: borrowing Connection) throws(StoreError) -> [StoreProblem] {
    var problems: [StoreProblem] = []
    var rows = try connection.prepare("PRAGMA integrity_check")
    while try rows.step() {
      if rows.text(0) != "ok" { problems.append(StoreProblem("file", rows.text(0))) }
    }
    problems += try symbols(connection)
    for (place, finding, sql) in counts {
      let count = try connection.integer(sql) ?? 0
      if count > 0 { problems.append(StoreProblem(place, "\(count) \(finding)")) }
    }
    return problems
  }

  /// Queries that count what should not be there.
  private static let counts = [
    ("segment", "segments of no source", "SELECT count(*) FROM segment WHERE source NOT IN (SELECT id FROM source)"),
    (
      "segment_column", "columns of no segment",
      "SELECT count(*) FROM segment_column WHERE segment NOT IN (SELECT id FROM segment)"
    ),
    (
      "segment_data", "blobs of no column",
      """
      SELECT count(*) FROM segment_data WHERE NOT EXISTS(
        SELECT 1 FROM segment_column WHERE "column" = segment_data.id & 255 AND segment = segment_data.id >> 8)
      """
    ),
    (
      "segment_column", "columns without their blob, or of another size",
      """
      SELECT count(*) FROM segment_column c WHERE NOT EXISTS(
        SELECT 1 FROM segment_data d WHERE d.id = c.segment << 8 | c."column" AND length(d.data) = c.bytes)
      """
    ),
    (
      "segment", "segments without arrivals, or with others than they say",
      """
      SELECT count(*) FROM segment s WHERE NOT EXISTS(
        SELECT 1 FROM segment_column c WHERE c."column" = 0 AND c.segment = s.id AND c.minimum = s.first_arrival
          AND c.maximum = s.last_arrival)
      """
    ),
    (
      "template_route", "templates or routes that are no symbols",
      """
      SELECT count(*) FROM template_route WHERE template NOT IN (SELECT id FROM symbol)
        OR route NOT IN (SELECT id FROM symbol)
      """
    ),
  ]

  private static func symbols(_ connection: borrowing Connection) throws(StoreError) -> [StoreProblem] {
    var problems: [StoreProblem] = []
    var rows = try connection.prepare("SELECT id, hash, text FROM symbol")
    while try rows.step() {
      let hash = rows.withBlob(2) { symbolHash($0.assumingMemoryBound(to: UInt8.self)) }
      if hash != rows.bits(1) { problems.append(StoreProblem("symbol \(rows.integer(0))", "its text was changed")) }
    }
    return problems
  }
}

/// Checks what the ledger says of a source against what is stored of it.
enum LedgerCheck {
  static func problems(_ connection: borrowing Connection) throws(StoreError) -> [StoreProblem] {
    var problems: [StoreProblem] = []
    for record in try Ledger.records(connection) {
      let place = "source \(record.id.rawValue) (\(record.description.path))"
      let progress = record.progress
      let rolledUp = try connection.integer(
        "SELECT sum(requests) FROM rollup WHERE source = \(record.id.rawValue)") ?? 0
      let stored = record.rawRows + rolledUp
      if stored != record.requests {
        problems.append(StoreProblem(place, "\(stored) requests are stored, the ledger says \(record.requests)"))
      }
      if progress.lines != progress.requests + progress.blank + progress.rejected {
        problems.append(StoreProblem(place, "requests, blank and rejected lines do not add up to its lines"))
      }
      let rejected = try RejectionLedger.counts(of: record.id, connection).values.reduce(0, +)
      if rejected != record.rejected {
        problems.append(
          StoreProblem(place, "\(rejected) rejected lines are counted by reason, the ledger says \(record.rejected)"))
      }
    }
    return problems
  }
}

/// Reads every rollup, which checks its bytes.
enum RollupCheck {
  static func problems(_ connection: borrowing Connection) throws(StoreError) -> [StoreProblem] {
    do throws(StoreError) {
      try RollupTable.forEach("1", connection) { _ in }
      return []
    } catch {
      return [StoreProblem("rollup", error.summary)]
    }
  }
}
