internal import CSQLite

/// A prepared statement; finalised when it goes out of scope. Parameters count from 1, result columns from 0.
@safe
struct Statement: ~Copyable {
  private let handle: OpaquePointer
  private let file: String

  init(adopting handle: OpaquePointer, file: String) {
    self.handle = handle
    self.file = file
  }

  deinit { sqlite3_finalize(handle) }

  // MARK: Running

  /// Goes on to the next row; false after the last.
  mutating func step() throws(StoreError) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code:
      let error = StoreError.from(code, sqlite3_db_handle(handle), file: file)
      sqlite3_reset(handle)
      throw error
    }
  }

  /// Makes the statement ready to run again with new parameters.
  mutating func reset() {
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
  }

  /// Runs a statement without rows and makes it ready to run again.
  mutating func run() throws(StoreError) {
    _ = try step()
    reset()
  }

  // MARK: Parameters

  mutating func bind(_ index: Int, _ value: Int64) { sqlite3_bind_int64(handle, Int32(index), value) }
  mutating func bind(_ index: Int, _ value: Int) { sqlite3_bind_int64(handle, Int32(index), Int64(value)) }
  mutating func bind(_ index: Int, _ value: Bool) { sqlite3_bind_int64(handle, Int32(index), value ? 1 : 0) }
  /// 64 bits as SQLite's signed integer.
  mutating func bind(_ index: Int, bits value: UInt64) {
    sqlite3_bind_int64(handle, Int32(index), Int64(bitPattern: value))
  }
  /// NULL for `Int64.absent`.
  mutating func bind(_ index: Int, optional value: Int64?) {
    guard let value else { return }
    sqlite3_bind_int64(handle, Int32(index), value)
  }
  mutating func bind(_ index: Int, _ text: String?) {
    guard let text else { return }
    sqlite3_bind_text(handle, Int32(index), text, -1, transient)
  }
  mutating func bind(_ index: Int, _ bytes: [UInt8]) {
    bytes.withUnsafeBytes { bind(index, blob: $0) }
  }
  /// Copies the bytes; an empty blob stays a blob and does not become NULL.
  mutating func bind(_ index: Int, blob bytes: UnsafeRawBufferPointer) {
    if let base = bytes.baseAddress, !bytes.isEmpty {
      sqlite3_bind_blob64(handle, Int32(index), base, UInt64(bytes.count), transient)
    } else {
      sqlite3_bind_zeroblob(handle, Int32(index), 0)
    }
  }

  /// Binds bytes without a copy, runs, and unbinds: for the large blobs of segments.
  mutating func run(borrowing bytes: [UInt8], at index: Int) throws(StoreError) {
    let failure: StoreError? = bytes.withUnsafeBytes { buffer in
      if buffer.isEmpty {
        sqlite3_bind_zeroblob(handle, Int32(index), 0)
      } else {
        // Static: the bytes stay where they are until reset() below.
        sqlite3_bind_blob64(handle, Int32(index), buffer.baseAddress, UInt64(buffer.count), nil)
      }
      do throws(StoreError) { try run() } catch { return error }
      return nil
    }
    if let failure { throw failure }
  }

  // MARK: Results

  func isNull(_ column: Int) -> Bool { sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL }
  func integer(_ column: Int) -> Int64 { sqlite3_column_int64(handle, Int32(column)) }
  func int(_ column: Int) -> Int { Int(sqlite3_column_int64(handle, Int32(column))) }
  func bits(_ column: Int) -> UInt64 { UInt64(bitPattern: sqlite3_column_int64(handle, Int32(column))) }
  func optionalInteger(_ column: Int) -> Int64? { isNull(column) ? nil : integer(column) }
  func text(_ column: Int) -> String {
    withBlob(column) { String(decoding: $0, as: UTF8.self) }
  }
  func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }
  func bytes(_ column: Int) -> [UInt8] { withBlob(column) { Array($0) } }

  /// The bytes of a blob or text, valid until the next step.
  func withBlob<R, Failure: Error>(
    _ column: Int, _ body: (UnsafeRawBufferPointer) throws(Failure) -> R
  ) throws(Failure) -> R {
    let base = sqlite3_column_blob(handle, Int32(column))
    let count = Int(sqlite3_column_bytes(handle, Int32(column)))
    return try body(UnsafeRawBufferPointer(start: base, count: base == nil ? 0 : count))
  }
}

/// SQLite's `SQLITE_TRANSIENT`: the library copies the bytes before the call returns.
var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
