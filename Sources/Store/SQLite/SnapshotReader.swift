internal import Synchronization

/// A further connection that sees a store as it was at one moment; for one caller at a time.
final class SnapshotReader: Sendable {
  private let connection: Mutex<Connection>

  init(file: String) throws(StoreError) { connection = Mutex(try Schema.openAgain(file: file)) }

  /// Sees the store from now on as it is now.
  fileprivate func begin() throws(StoreError) {
    try connection.withLock { connection throws(StoreError) in try connection.beginSnapshot() }
  }

  func withConnection<R: Sendable>(
    _ body: (borrowing Connection) throws(StoreError) -> R
  ) throws(StoreError) -> R {
    try connection.withLock { connection throws(StoreError) in try body(connection) }
  }
}

extension TrafficStore {
  /// Calls `body` with a connection and further readers that all see the same moment.
  ///
  /// SQLite has no way to open a second connection on a given moment. So the connection looks before and after the others
  /// began whether anybody committed meanwhile, and if so all begin again.
  /// - Parameter count: how many readers `body` needs, by what the connection sees.
  /// - Throws: `busy` where others committed every time.
  func withSnapshot<R: Sendable>(
    readers count: (borrowing Connection) throws(StoreError) -> Int,
    _ body: (borrowing Connection, [SnapshotReader]) throws(StoreError) -> R
  ) throws(StoreError) -> R {
    try withConnection { connection throws(StoreError) in
      defer { try? connection.endSnapshot() }
      var readers: [SnapshotReader] = []
      for _ in 0..<Self.mostAttempts {
        try connection.endSnapshot()
        let version = try connection.dataVersion()
        for reader in readers { try reader.begin() }
        try connection.beginSnapshot()
        let missing = try count(connection) - readers.count
        if missing > 0 {
          for _ in 0..<missing { readers.append(try SnapshotReader(file: file)) }
        } else if try connection.dataVersion() == version {
          return try body(connection, readers)
        }
      }
      throw StoreError(.busy, file: file)
    }
  }

  /// Beginning takes a fraction of a millisecond, and no writer commits a thousand times a second for long.
  private static var mostAttempts: Int { 1_000 }
}

extension Connection {
  /// A number that changes when another connection commits.
  fileprivate func dataVersion() throws(StoreError) -> Int64? { try integer("PRAGMA data_version") }

  /// Starts a transaction that sees the present moment, ending one that is open.
  fileprivate func beginSnapshot() throws(StoreError) {
    try endSnapshot()
    // `BEGIN` alone would wait for the first reading.
    try execute("BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1")
  }

  fileprivate func endSnapshot() throws(StoreError) {
    if isInTransaction { try execute("ROLLBACK") }
  }
}
