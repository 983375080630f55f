public import Traffic
internal import CSQLite

/// The one who writes to a store. What it was given since the last `commit` becomes visible together or not at all.
///
/// A process that is killed, or a writer that goes away, leaves the store as the last commit left it.
public actor StoreWriter {
  /// Path of the store as it was given.
  public nonisolated let file: String
  let connection: Connection
  private let lock: WriterLock
  var symbols: SymbolInterner
  var segments: SegmentInserter

  /// Opens or creates a store.
  /// - Throws: `writerRunning` while another process or another writer of this one writes to it.
  public init(file: String) throws(StoreError) {
    try self.init(file: file, symbolLimit: Limits.symbols)
  }

  init(file: String, symbolLimit: Int) throws(StoreError) {
    self.file = file
    lock = try WriterLock(store: file)
    connection = try Schema.openForWriting(file: file)
    symbols = try SymbolInterner(connection, limit: symbolLimit)
    segments = try SegmentInserter(connection)
  }

  // MARK: Transactions

  /// Runs `body` inside the pending transaction, opening it where there is none. A failure takes back
  /// everything since the last commit: half a segment must never become visible.
  func pending<R>(_ body: () throws(StoreError) -> R) throws(StoreError) -> R {
    do throws(StoreError) {
      if !connection.isInTransaction { try connection.execute("BEGIN IMMEDIATE") }
      return try body()
    } catch {
      abandon()
      throw error
    }
  }

  /// Runs `body` in a transaction of its own, or as part of the pending one.
  func atOnce<R>(_ body: () throws(StoreError) -> R) throws(StoreError) -> R {
    let isPartOfMore = connection.isInTransaction
    return try pending { () throws(StoreError) in
      let result = try body()
      if !isPartOfMore { try connection.execute("COMMIT") }
      return result
    }
  }

  /// Takes back everything since the last commit.
  public func abandon() {
    if connection.isInTransaction { try? connection.execute("ROLLBACK") }
    try? symbols.forgetAll(connection)
    segments.forgetSequences()
  }

  /// Moves the log into the store's file, so that it is complete by itself.
  public func checkpoint() throws(StoreError) {
    try connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
  }

  // MARK: Sources

  /// Enters a new source into the ledger; visible with the next commit.
  public func beginSource(_ description: SourceDescription) throws(StoreError) -> SourceID {
    try pending { () throws(StoreError) in
      var insert = try connection.prepare(
        "INSERT INTO source(path, node, format, basis, resolution, version, imported_at) VALUES(?, ?, ?, ?, ?, ?, ?)")
      insert.bind(1, description.path)
      insert.bind(2, description.node)
      insert.bind(3, description.format)
      insert.bind(4, Int64(description.basis.rawValue))
      insert.bind(5, description.resolution.count)
      insert.bind(6, description.version)
      insert.bind(7, description.importedAt.microseconds)
      try insert.run()
      return SourceID(rawValue: connection.lastInsertedRow)
    }
  }

  /// Goes on with a source that grew. The provisional tail goes away with the next commit.
  public func resumeSource(_ id: SourceID) throws(StoreError) -> SourceProgress {
    try pending { () throws(StoreError) in
      guard let record = try Ledger.record(id, connection) else {
        throw StoreError(.noSuchSource(id.rawValue), file: file)
      }
      try removeTail(of: id)
      return record.progress
    }
  }

  private func removeTail(of id: SourceID) throws(StoreError) {
    try SegmentRemoval.remove("source = \(id.rawValue) AND is_tail", connection)
    try connection.execute("DELETE FROM rejection WHERE source = \(id.rawValue) AND is_tail")
    try connection.execute("DELETE FROM rejected_line WHERE source = \(id.rawValue) AND is_tail")
    segments.forgetSequences()
  }

  /// Records the smallest step between a source's time stamps, which is known when it was read.
  public func setResolution(_ resolution: Microseconds, of id: SourceID) throws(StoreError) {
    try pending { () throws(StoreError) in
      try connection.execute("UPDATE source SET resolution = \(resolution.count) WHERE id = \(id.rawValue)")
    }
  }

  /// Notes that the content of a source was seen under another name.
  public func recordAlias(_ path: String, of id: SourceID) throws(StoreError) {
    try atOnce { () throws(StoreError) in
      var insert = try connection.prepare(
        """
        INSERT OR IGNORE INTO source_alias(source, path)
        SELECT id, ?2 FROM source WHERE id = ?1 AND path <> ?2
        """)
      insert.bind(1, id.rawValue)
      insert.bind(2, path)
      try insert.run()
    }
  }

  // MARK: Rows

  /// Adds a segment after those the source has. `isTail`: the unterminated last line, taken back by `resumeSource`.
  public func append(_ segment: EncodedSegment, to id: SourceID, isTail: Bool = false) throws(StoreError) {
    guard segment.rows > 0 else { return }
    try pending { () throws(StoreError) in
      try setNote(StoredNotes.staleRoutes, "1")
      try segments.insert(segment, source: id, isTail: isTail, symbols: &symbols, connection: connection)
    }
  }

  /// Counts lines that gave no request, and keeps the first of each reason with their text.
  /// - Parameter kept: in the order of their lines; what goes beyond `Limits.rejectedTexts` is dropped.
  public func addRejections(
    _ counts: [RejectReason: Int], kept: [Rejection], to id: SourceID, isTail: Bool = false
  ) throws(StoreError) {
    try pending { () throws(StoreError) in
      try RejectionLedger.add(counts, kept: kept, to: id, isTail: isTail, connection)
    }
  }

  /// Makes everything since the last commit visible, together with how far the source is now stored.
  public func commit(_ progress: SourceProgress, of id: SourceID, isComplete: Bool) throws(StoreError) {
    try pending { () throws(StoreError) in
      try Ledger.update(id, progress, isComplete: isComplete, connection)
      guard connection.changes == 1 else {
        throw StoreError(.noSuchSource(id.rawValue), file: file)
      }
      try countOverflow()
      try connection.execute("COMMIT")
    }
  }

  private func countOverflow() throws(StoreError) {
    let overflowed = symbols.takeOverflow()
    guard overflowed > 0 else { return }
    try connection.execute(
      """
      INSERT INTO meta(name, value) VALUES('symbol_overflow', \(overflowed))
      ON CONFLICT(name) DO UPDATE SET value = value + excluded.value
      """)
  }

  // MARK: Notes

  /// A value that was kept under a name; nil when there is none.
  public func note(_ name: String) throws(StoreError) -> String? {
    try StoredNotes.text(name, connection)
  }

  /// Keeps a value under a name.
  public func setNote(_ name: String, _ value: String) throws(StoreError) {
    try atOnce { () throws(StoreError) in
      var insert = try connection.prepare("INSERT OR REPLACE INTO meta(name, value) VALUES(?, ?)")
      insert.bind(1, StoredNotes.key(name))
      insert.bind(2, value)
      try insert.run()
    }
  }

  /// Rows came or went since routes were last made; remembered in the same transaction as the rows.
  public func hasStaleRoutes() throws(StoreError) -> Bool { try note(StoredNotes.staleRoutes) == "1" }

  /// Routes fit the rows.
  public func markRoutesFresh() throws(StoreError) { try setNote(StoredNotes.staleRoutes, "0") }

  // MARK: Ledger

  /// What tells whether some content is already stored.
  public func sourceFingerprints() throws(StoreError) -> [SourceFingerprint] {
    try Ledger.fingerprints(connection)
  }

  /// Everything in the ledger, what is pending included.
  public func sources() throws(StoreError) -> [SourceRecord] { try Ledger.records(connection) }
}

extension Connection {
  var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }
}

/// Texts that were kept under a name, in the table `meta`.
enum StoredNotes {
  static let staleRoutes = "stale_routes"

  static func key(_ name: String) -> String { "note:" + name }

  static func text(_ name: String, _ connection: borrowing Connection) throws(StoreError) -> String? {
    var find = try connection.prepare("SELECT value FROM meta WHERE name = ?")
    find.bind(1, key(name))
    return try find.step() ? find.text(0) : nil
  }
}
