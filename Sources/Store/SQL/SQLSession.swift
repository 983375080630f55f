internal import CSQLite

/// SQL over a store, read only: the virtual table `requests` with a row per request, `SQLViews`, and percentiles. One session serves one caller at a time.
public struct SQLSession: ~Copyable {
  private let connection: Connection

  public init(_ store: TrafficStore) throws(StoreError) {
    let connection = try Schema.openAgain(file: store.file)
    try RequestsModule.register(store, in: connection)
    try SQLFunctions.register(in: connection)
    // Sorts in memory would be one linked list without bound; in files they are runs of a few megabytes, twice as fast.
    try connection.execute("PRAGMA temp_store = FILE; PRAGMA query_only = 0; \(SQLViews.statements) PRAGMA query_only = 1")
    // Connecting the table declares its columns, which the authorizer would take for CREATE TABLE.
    _ = try connection.prepare("SELECT 1 FROM requests")
    sqlite3_set_authorizer(connection.handle, { _, action, _, _, _, _ in SQLSession.verdict(action) }, nil)
    self.connection = connection
  }

  /// Reading is all that is allowed; the file is opened read only besides.
  private static func verdict(_ action: Int32) -> Int32 {
    switch action {
    case SQLITE_SELECT, SQLITE_READ, SQLITE_FUNCTION, SQLITE_RECURSIVE: SQLITE_OK
    default: SQLITE_DENY
    }
  }

  /// Compiles one statement and starts it.
  /// - Throws: `invalidSQL` for anything that is not exactly one reading statement.
  public func run(_ sql: String) throws(StoreError) -> SQLRows {
    var statement: OpaquePointer?
    var hasMore = false
    let code = sql.withCString { text -> Int32 in
      var tail: UnsafePointer<CChar>?
      let code = sqlite3_prepare_v2(connection.handle, text, -1, &statement, &tail)
      hasMore = tail.map { Self.hasStatement(String(cString: $0)) } ?? false
      return code
    }
    guard code == SQLITE_OK else {
      throw StoreError(.invalidSQL(String(cString: sqlite3_errmsg(connection.handle))), file: connection.file)
    }
    guard let statement else { throw StoreError(.invalidSQL("there is no statement"), file: connection.file) }
    let rows = SQLRows(adopting: statement, file: connection.file)
    guard !hasMore else { throw StoreError(.invalidSQL("there is more than one statement"), file: connection.file) }
    guard sqlite3_stmt_readonly(statement) != 0 else {
      throw StoreError(.invalidSQL("the statement would write"), file: connection.file)
    }
    return rows
  }

  private static func hasStatement(_ text: String) -> Bool {
    text.contains { !$0.isWhitespace && $0 != ";" }
  }
}

/// The rows of a statement, one by one.
@safe
public struct SQLRows: ~Copyable {
  /// Column names, as many as every row has values.
  public let names: [String]
  private let handle: OpaquePointer
  private let file: String

  init(adopting handle: OpaquePointer, file: String) {
    self.handle = handle
    self.file = file
    names = (0..<sqlite3_column_count(handle)).map { index in
      sqlite3_column_name(handle, index).map { String(cString: $0) } ?? ""
    }
  }

  deinit { sqlite3_finalize(handle) }

  /// The next row, nil after the last.
  public mutating func next() throws(StoreError) -> [SQLValue]? {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return names.indices.map { SQLValue(sqlite3_column_value(handle, Int32($0))) }
    case SQLITE_DONE: return nil
    default:
      let message = String(cString: sqlite3_errmsg(sqlite3_db_handle(handle)))
      throw StoreError(.invalidSQL(message), file: file)
    }
  }
}
