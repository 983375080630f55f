public import Traffic

/// How large a store is and what takes the space.
public struct StoreInformation: Hashable, Sendable {
  public struct Column: Hashable, Sendable {
    /// As in SQL; `path_variables` for what stands beside the templates.
    public var name: String
    public var segments: Int64
    /// Encoded bytes, without symbol texts.
    public var bytes: Int64
  }
  /// Bytes of the file and of its log.
  public var fileBytes: Int64
  public var schemaVersion: Int64
  public var rows: Int64
  public var segments: Int64
  public var sources: Int64
  public var symbols: Int64
  public var symbolBytes: Int64
  /// Occurrences of texts beyond `Limits.symbols`, stored as `(overflow)`.
  public var symbolOverflow: Int64
  public var rollups: Int64
  public var firstArrival: Timestamp?
  public var lastArrival: Timestamp?
  /// Largest first.
  public var columns: [Column]
}

extension TrafficStore {
  /// Sizes and counts, from the catalogue alone.
  public func information() throws(StoreError) -> StoreInformation {
    try withConnection { connection throws(StoreError) in
      StoreInformation(
        fileBytes: Int64(FilePresence.bytes(file) + FilePresence.bytes(file + "-wal")),
        schemaVersion: try connection.integer("PRAGMA user_version") ?? 0,
        rows: try connection.integer("SELECT sum(rows) FROM segment") ?? 0,
        segments: try connection.integer("SELECT count(*) FROM segment") ?? 0,
        sources: try connection.integer("SELECT count(*) FROM source") ?? 0,
        symbols: try connection.integer("SELECT count(*) FROM symbol") ?? 0,
        symbolBytes: try connection.integer("SELECT sum(length(text)) FROM symbol") ?? 0,
        symbolOverflow: try connection.integer("SELECT value FROM meta WHERE name = 'symbol_overflow'") ?? 0,
        rollups: try connection.integer("SELECT count(*) FROM rollup") ?? 0,
        firstArrival: try connection.integer(
          "SELECT min(a) FROM (SELECT min(first_arrival) a FROM segment UNION ALL SELECT min(start) FROM rollup)"
        ).map(Timestamp.init),
        lastArrival: try connection.integer(
          """
          SELECT max(a) FROM (
            SELECT max(last_arrival) a FROM segment UNION ALL SELECT max(start + grain - 1) FROM rollup)
          """
        ).map(Timestamp.init),
        columns: try Self.columnSizes(connection))
    }
  }

  private static func columnSizes(
    _ connection: borrowing Connection
  ) throws(StoreError) -> [StoreInformation.Column] {
    var rows = try connection.prepare(
      "SELECT \"column\", count(*), sum(bytes) b FROM segment_column GROUP BY \"column\" ORDER BY b DESC, \"column\"")
    var columns: [StoreInformation.Column] = []
    while try rows.step() {
      let number = UInt8(clamping: rows.integer(0))
      let name = number == SegmentData.pathVariables
        ? "path_variables" : RequestColumn(rawValue: number)?.name ?? "column \(number)"
      columns.append(StoreInformation.Column(name: name, segments: rows.integer(1), bytes: rows.integer(2)))
    }
    return columns
  }
}
