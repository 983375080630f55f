internal import Traffic

/// Reads and writes the table `source`.
enum Ledger {
  private static let select = """
    SELECT id, path, node, format, basis, resolution, version, imported_at, bytes, content_high, content_low,
      marks, lines, requests, blank, rejected, first_arrival, last_arrival, complete,
      (SELECT ifnull(sum(rows), 0) FROM segment WHERE source = source.id AND is_tail),
      (SELECT ifnull(sum(lines), 0) FROM rejection WHERE source = source.id AND is_tail),
      (SELECT ifnull(sum(rows), 0) FROM segment WHERE source = source.id),
      (SELECT count(*) FROM segment WHERE source = source.id)
    FROM source
    """

  /// All sources by number.
  static func records(_ connection: borrowing Connection) throws(StoreError) -> [SourceRecord] {
    try read(connection.prepare(select + " ORDER BY id"), sizes: storedBytes(connection), connection)
  }

  /// What tells whether some content is already stored, of all sources.
  static func fingerprints(_ connection: borrowing Connection) throws(StoreError) -> [SourceFingerprint] {
    try read(connection.prepare(select + " ORDER BY id"), sizes: [:], connection).map { record in
      SourceFingerprint(
        id: record.id, path: record.description.path, bytes: record.progress.bytes,
        contentHash: record.progress.contentHash, marks: record.progress.marks,
        tailLines: record.tailRequests + record.tailRejected, isComplete: record.isComplete)
    }
  }

  /// One source, without its size; nil for a number that the ledger does not have.
  static func record(_ id: SourceID, _ connection: borrowing Connection) throws(StoreError) -> SourceRecord? {
    var statement = try connection.prepare(select + " WHERE id = ?")
    statement.bind(1, id.rawValue)
    return try read(statement, sizes: [:], connection).first
  }

  private static func read(
    _ rows: consuming Statement, sizes: [SourceID: Int64], _ connection: borrowing Connection
  ) throws(StoreError) -> [SourceRecord] {
    let aliases = try aliases(connection)
    var records: [SourceRecord] = []
    while try rows.step() {
      let id = SourceID(rawValue: rows.integer(0))
      records.append(
        SourceRecord(
          id: id, description: description(rows), progress: progress(rows), isComplete: rows.integer(18) != 0,
          aliases: aliases[id] ?? [], tailRequests: rows.integer(19), tailRejected: rows.integer(20),
          rawRows: rows.integer(21), segments: rows.integer(22), storedBytes: sizes[id] ?? 0))
    }
    return records
  }

  private static func description(_ row: borrowing Statement) -> SourceDescription {
    SourceDescription(
      path: row.text(1), node: row.optionalText(2), format: row.text(3),
      basis: StampBasis(rawValue: UInt8(truncatingIfNeeded: row.integer(4))) ?? .start,
      resolution: Microseconds(row.integer(5)), version: row.text(6),
      importedAt: Timestamp(microseconds: row.integer(7)))
  }

  private static func progress(_ row: borrowing Statement) -> SourceProgress {
    SourceProgress(
      bytes: row.integer(8), contentHash: ContentHash(high: row.bits(9), low: row.bits(10)),
      marks: ContentMark.list(from: row.bytes(11)), lines: row.integer(12), requests: row.integer(13),
      blank: row.integer(14), rejected: row.integer(15), firstArrival: row.optionalInteger(16).map(Timestamp.init),
      lastArrival: row.optionalInteger(17).map(Timestamp.init))
  }

  private static func aliases(_ connection: borrowing Connection) throws(StoreError) -> [SourceID: [String]] {
    var rows = try connection.prepare("SELECT source, path FROM source_alias ORDER BY source, path")
    var aliases: [SourceID: [String]] = [:]
    while try rows.step() { aliases[SourceID(rawValue: rows.integer(0)), default: []].append(rows.text(1)) }
    return aliases
  }

  private static func storedBytes(_ connection: borrowing Connection) throws(StoreError) -> [SourceID: Int64] {
    var rows = try connection.prepare(
      "SELECT s.source, sum(c.bytes) FROM segment_column c JOIN segment s ON s.id = c.segment GROUP BY s.source")
    var bytes: [SourceID: Int64] = [:]
    while try rows.step() { bytes[SourceID(rawValue: rows.integer(0))] = rows.integer(1) }
    return bytes
  }

  static func update(
    _ id: SourceID, _ progress: SourceProgress, isComplete: Bool, _ connection: borrowing Connection
  ) throws(StoreError) {
    var update = try connection.prepare(
      """
      UPDATE source SET bytes = ?2, content_high = ?3, content_low = ?4, marks = ?5, lines = ?6,
        requests = ?7, blank = ?8, rejected = ?9, first_arrival = ?10, last_arrival = ?11, complete = ?12
      WHERE id = ?1
      """)
    update.bind(1, id.rawValue)
    update.bind(2, progress.bytes)
    update.bind(3, bits: progress.contentHash.high)
    update.bind(4, bits: progress.contentHash.low)
    update.bind(5, ContentMark.bytes(of: progress.marks))
    update.bind(6, progress.lines)
    update.bind(7, progress.requests)
    update.bind(8, progress.blank)
    update.bind(9, progress.rejected)
    update.bind(10, optional: progress.firstArrival?.microseconds)
    update.bind(11, optional: progress.lastArrival?.microseconds)
    update.bind(12, isComplete)
    try update.run()
  }
}

/// Marks as a blob: bytes, high, low, each 64 bits, little endian.
extension ContentMark {
  static func bytes(of marks: [ContentMark]) -> [UInt8] {
    marks.flatMap { [UInt64(bitPattern: $0.bytes), $0.hash.high, $0.hash.low] }
      .flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64($0 * 8)) } }
  }

  static func list(from bytes: [UInt8]) -> [ContentMark] {
    let words = stride(from: 0, to: bytes.count - 7, by: 8).map { start in
      (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << UInt64($1 * 8) }
    }
    return stride(from: 0, to: words.count - 2, by: 3).map { index in
      ContentMark(
        bytes: Int64(bitPattern: words[index]), hash: ContentHash(high: words[index + 1], low: words[index + 2]))
    }
  }
}
