internal import CSQLite

extension Schema {
  /// Opens a store to write, creating it or bringing it to the current version.
  static func openForWriting(
    file: String, migrations: [String] = migrations
  ) throws(StoreError) -> Connection {
    let connection = try Connection(file: file, mode: .create)
    try checkIdentity(of: connection, supported: migrations.count, allowEmpty: true)
    // The page size is fixed by the first write, so it comes before the journal mode.
    try connection.execute("PRAGMA page_size = \(pageSize); PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
    // A transaction that outgrows the cache spills to the log. Small checkpoints run beside the parsing of other workers; one
    // large one at the end would be waited for.
    try connection.execute("PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 512")
    try migrate(connection, migrations)
    return connection
  }

  /// Opens a store to read; an older version is migrated first.
  static func openForReading(file: String) throws(StoreError) -> Connection {
    let connection = try openAgain(file: file)
    let found = try checkIdentity(of: connection, supported: version, allowEmpty: false)
    if found < version { try migrate(Connection(file: file, mode: .readWrite), migrations) }
    return connection
  }

  /// Opens another reader of a store that was checked before.
  ///
  /// Opened for writing where that is allowed, and then kept from it: only such a connection clears the log away when it
  /// is the last to close. A store in a folder that cannot be written is read without a log.
  static func openAgain(file: String) throws(StoreError) -> Connection {
    do throws(StoreError) {
      let connection = try Connection(file: file, mode: .readWrite, missing: .notFound)
      try connection.execute("PRAGMA query_only = 1")
      _ = try connection.integer("PRAGMA schema_version")
      return connection
    } catch {
      guard case .cannotOpen = error.problem else { throw error }
      return try Connection(file: file, mode: .unchanging)
    }
  }

  /// The version of a store, 0 for an empty file.
  @discardableResult
  private static func checkIdentity(
    of connection: borrowing Connection, supported: Int, allowEmpty: Bool
  ) throws(StoreError) -> Int {
    let application = try connection.integer("PRAGMA application_id") ?? 0
    let found = Int(try connection.integer("PRAGMA user_version") ?? 0)
    if application != applicationID {
      let objects = try connection.integer("SELECT count(*) FROM sqlite_schema") ?? 0
      guard allowEmpty, application == 0, found == 0, objects == 0 else {
        throw StoreError(.notAStore, file: connection.file)
      }
      return 0
    }
    guard found >= 0, found <= supported else {
      throw StoreError(.newerVersion(found: found, supported: supported), file: connection.file)
    }
    return found
  }

  /// Applies the missing migrations, each with its version number in one transaction.
  private static func migrate(_ connection: borrowing Connection, _ migrations: [String]) throws(StoreError) {
    guard Int(try connection.integer("PRAGMA user_version") ?? 0) < migrations.count else { return }
    try connection.execute("BEGIN IMMEDIATE")
    do throws(StoreError) {
      // Asked again under the lock: another process may have been faster.
      let found = Int(try connection.integer("PRAGMA user_version") ?? 0)
      for index in found..<max(found, migrations.count) {
        try connection.execute(migrations[index])
        try connection.execute("PRAGMA user_version = \(index + 1)")
      }
      try connection.execute("PRAGMA application_id = \(applicationID); COMMIT")
    } catch {
      try? connection.execute("ROLLBACK")
      throw error
    }
  }
}

extension Connection {
  /// Opens an existing file, telling a missing one apart from one that cannot be opened.
  init(file: String, mode: Mode, missing: StoreError.Problem) throws(StoreError) {
    guard FilePresence.exists(file) else { throw StoreError(missing, file: file) }
    try self.init(file: file, mode: mode)
  }
}
