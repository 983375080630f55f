internal import CSQLite

/// One SQLite connection; closed when it goes out of scope.
///
/// Statements may outlive it: SQLite keeps the handle until the last one is finalised (`sqlite3_close_v2`).
@safe
struct Connection: ~Copyable {
  enum Mode {
    case readWrite, create
    /// Read only, of a file that nobody changes meanwhile: needs no log and no lock.
    case unchanging
  }

  /// Path as the user gave it, for messages.
  let file: String
  let handle: OpaquePointer

  /// Milliseconds to wait for a lock before giving up.
  static let busyTimeout: Int32 = 5_000

  init(file: String, mode: Mode) throws(StoreError) {
    self.file = file
    var flags = SQLITE_OPEN_NOMUTEX
    switch mode {
    case .unchanging: flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
    case .readWrite: flags |= SQLITE_OPEN_READWRITE
    case .create: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    }
    var opened: OpaquePointer?
    let name = mode == .unchanging ? Self.immutableAddress(of: file) : file
    let code = sqlite3_open_v2(name, &opened, flags, nil)
    guard code == SQLITE_OK, let opened else {
      let message = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      sqlite3_close_v2(opened)
      throw StoreError(.cannotOpen(message), file: file)
    }
    handle = opened
    sqlite3_extended_result_codes(handle, 1)
    sqlite3_busy_timeout(handle, Self.busyTimeout)
  }

  deinit { sqlite3_close_v2(handle) }

  /// `file:` address of a path, everything but plain characters as `%XX`.
  private static func immutableAddress(of file: String) -> String {
    let digits = Array("0123456789ABCDEF")
    var address = "file:"
    for byte in file.utf8 {
      let isPlain = byte >= 48 && byte <= 57 || byte >= 65 && byte <= 90 || byte >= 97 && byte <= 122
      if isPlain || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".") {
        address.append(Character(UnicodeScalar(byte)))
      } else {
        address += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }
    return address + "?immutable=1"
  }

  /// Runs SQL text of one or more statements, ignoring rows.
  func execute(_ sql: String) throws(StoreError) {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code) }
  }

  /// Compiles one statement.
  func prepare(_ sql: String) throws(StoreError) -> Statement {
    var statement: OpaquePointer?
    let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
    guard code == SQLITE_OK, let statement else { throw error(code) }
    return Statement(adopting: statement, file: file)
  }

  /// The first integer of the first row, or nil without a row or for NULL.
  func integer(_ sql: String) throws(StoreError) -> Int64? {
    var statement = try prepare(sql)
    guard try statement.step(), !statement.isNull(0) else { return nil }
    return statement.integer(0)
  }

  var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }
  var changes: Int { Int(sqlite3_changes(handle)) }

  func error(_ code: Int32) -> StoreError { .from(code, handle, file: file) }
}

extension StoreError {
  /// The error of a failed SQLite call.
  static func from(_ code: Int32, _ handle: OpaquePointer?, file: String) -> StoreError {
    let message = handle.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(code))
    switch code & 0xFF {
    case SQLITE_BUSY, SQLITE_LOCKED: return StoreError(.busy, file: file)
    case SQLITE_FULL: return StoreError(.diskFull, file: file)
    case SQLITE_NOTADB: return StoreError(.notAStore, file: file)
    case SQLITE_CORRUPT: return StoreError(.corrupt(message), file: file)
    case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_READONLY: return StoreError(.cannotOpen(message), file: file)
    default: return StoreError(.sqlite(code: code, message: message), file: file)
    }
  }
}
