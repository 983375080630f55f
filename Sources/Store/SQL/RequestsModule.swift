internal import CSQLite

/// The virtual table `requests`: SQLite's side of it, as C callbacks.
///
/// The table exists in every connection without being created (an eponymous module: no `xCreate`). SQLite owns the memory
/// of tables and cursors only through these callbacks: what `open` allocates, `close` frees.
@safe
final class RequestsModule {
  let store: TrafficStore
  let texts: SymbolTexts
  /// Rows of the store when the connection was made, for deciding what fits into memory.
  let rows: Int64
  private let methods: UnsafeMutablePointer<sqlite3_module>

  private init(_ store: TrafficStore) throws(StoreError) {
    self.store = store
    rows = try store.withConnection { connection throws(StoreError) in
      try connection.integer("SELECT sum(rows) FROM segment") ?? 0
    }
    texts = SymbolTexts(store)
    methods = .allocate(capacity: 1)
    methods.initialize(to: Self.callbacks)
  }

  deinit { methods.deallocate() }

  /// Adds the table to a connection, which keeps the module until it is closed.
  static func register(_ store: TrafficStore, in connection: borrowing Connection) throws(StoreError) {
    let module = try RequestsModule(store)
    let retained = Unmanaged.passRetained(module)
    let code = sqlite3_create_module_v2(connection.handle, "requests", module.methods, retained.toOpaque()) { module in
      // Called when SQLite needs neither the module nor its methods any more.
      if let module { Unmanaged<RequestsModule>.fromOpaque(module).release() }
    }
    guard code == SQLITE_OK else { throw connection.error(code) }
  }

  private static var callbacks: sqlite3_module {
    var methods = sqlite3_module()
    methods.iVersion = 1
    methods.xConnect = { database, module, _, _, table, _ in connect(database, module, table) }
    methods.xDisconnect = { table in
      table?.withMemoryRebound(to: RequestsTable.self, capacity: 1) { $0.deallocate() }
      return SQLITE_OK
    }
    methods.xBestIndex = { table, information in
      guard let table, let information else { return SQLITE_ERROR }
      return bestIndex(module(table), &information.pointee)
    }
    methods.xOpen = { table, cursor in open(table, cursor) }
    methods.xClose = { cursor in
      cursor?.withMemoryRebound(to: RequestsCursor.self, capacity: 1) { cursor in
        cursor.pointee.scan?.release()
        cursor.deallocate()
      }
      return SQLITE_OK
    }
    methods.xFilter = { cursor, _, text, count, values in filter(cursor, text, count, values) }
    methods.xNext = { cursor in step(cursor) }
    methods.xEof = { cursor in scan(cursor)?.isAtEnd == false ? 0 : 1 }
    methods.xColumn = { cursor, context, column in result(cursor, context, column) }
    methods.xRowid = { cursor, row in
      row?.pointee = scan(cursor)?.rowNumber ?? 0
      return SQLITE_OK
    }
    return methods
  }
}

/// SQLite's table structure with the module behind it; SQLite only knows the first field.
private struct RequestsTable {
  var base = sqlite3_vtab()
  var module: Unmanaged<RequestsModule>
}

/// SQLite's cursor structure with the pass behind it; SQLite only knows the first field.
private struct RequestsCursor {
  var base = sqlite3_vtab_cursor()
  var scan: Unmanaged<RequestsScan>?
}

private typealias TablePointer = UnsafeMutablePointer<sqlite3_vtab>
private typealias CursorPointer = UnsafeMutablePointer<sqlite3_vtab_cursor>

private func connect(
  _ database: OpaquePointer?, _ module: UnsafeMutableRawPointer?,
  _ result: UnsafeMutablePointer<TablePointer?>?
) -> Int32 {
  guard let module else { return SQLITE_ERROR }
  let code = sqlite3_declare_vtab(database, RequestsColumn.declaration)
  guard code == SQLITE_OK else { return code }
  let table = UnsafeMutablePointer<RequestsTable>.allocate(capacity: 1)
  table.initialize(to: RequestsTable(module: Unmanaged.fromOpaque(module)))
  result?.pointee = UnsafeMutableRawPointer(table).assumingMemoryBound(to: sqlite3_vtab.self)
  return SQLITE_OK
}

private func open(_ table: TablePointer?, _ result: UnsafeMutablePointer<CursorPointer?>?) -> Int32 {
  let cursor = UnsafeMutablePointer<RequestsCursor>.allocate(capacity: 1)
  cursor.initialize(to: RequestsCursor(scan: nil))
  result?.pointee = UnsafeMutableRawPointer(cursor).assumingMemoryBound(to: sqlite3_vtab_cursor.self)
  return SQLITE_OK
}

private func scan(_ cursor: CursorPointer?) -> RequestsScan? {
  cursor?.withMemoryRebound(to: RequestsCursor.self, capacity: 1) { $0.pointee.scan?.takeUnretainedValue() }
}

// MARK: Planning

/// Bytes that a statement may take to bring the rows of a group together; beyond, SQLite sorts.
private let groupingBytes: Int64 = 96 << 20

private func module(_ table: TablePointer) -> RequestsModule {
  table.withMemoryRebound(to: RequestsTable.self, capacity: 1) { $0.pointee.module.takeUnretainedValue() }
}

private func bestIndex(_ module: RequestsModule, _ information: inout sqlite3_index_info) -> Int32 {
  var plan = RequestsPlan(used: information.colUsed)
  var cost = 4_000_000.0
  for index in 0..<Int(information.nConstraint) {
    let constraint = information.aConstraint[index]
    guard constraint.usable != 0, constraint.iColumn >= 0, Int(constraint.iColumn) < RequestsColumn.all.count else {
      continue
    }
    let column = RequestsColumn.all[Int(constraint.iColumn)]
    let operation = Int32(constraint.op)
    guard RequestsPlan.canPush(column, operation), isBinary(&information, index) else { continue }
    plan.pushed.append(RequestsPlan.Pushed(column: column, operation: operation))
    information.aConstraintUsage[index].argvIndex = Int32(plan.pushed.count)
    cost *= operation == SQLITE_INDEX_CONSTRAINT_EQ ? 0.1 : 0.4
  }
  plan.grouping = grouping(plan, module, &information)
  information.orderByConsumed = plan.grouping == nil ? 0 : 1
  information.estimatedCost = cost
  information.estimatedRows = Int64(max(1, cost))
  guard let text = copied(plan.text) else { return SQLITE_NOMEM }
  information.idxStr = text
  information.needToFreeIdxStr = 1
  return SQLITE_OK
}

/// The column by which rows can come in order, where SQLite wants just that: GROUP BY or ORDER BY one rising column
/// that fits into memory.
private func grouping(
  _ plan: RequestsPlan, _ module: RequestsModule, _ information: inout sqlite3_index_info
) -> Int? {
  // 0 is ORDER BY, 1 is GROUP BY; 2 and 3 are DISTINCT, for which SQLite has better ways.
  guard information.nOrderBy == 1, information.aOrderBy[0].desc == 0, sqlite3_vtab_distinct(&information) <= 1
  else { return nil }
  let index = Int(information.aOrderBy[0].iColumn)
  guard RequestsColumn.all.indices.contains(index), RequestsPlan.canGroup(RequestsColumn.all[index]) else { return nil }
  if plan.uses(RequestsColumn.all.firstIndex(of: .path) ?? -1) { return nil }
  let (bytes, overflow) = module.rows.multipliedReportingOverflow(by: Int64(plan.bytesPerGroupedRow))
  return !overflow && bytes <= groupingBytes ? index : nil
}

/// Whether a comparison goes by bytes, as the table's own does.
private func isBinary(_ information: inout sqlite3_index_info, _ constraint: Int) -> Bool {
  guard let collation = sqlite3_vtab_collation(&information, Int32(constraint)) else { return true }
  return String(cString: collation) == "BINARY"
}

/// A text in memory that SQLite frees.
private func copied(_ text: String) -> UnsafeMutablePointer<CChar>? {
  let bytes = Array(text.utf8CString)
  guard let memory = sqlite3_malloc(Int32(bytes.count)) else { return nil }
  memory.copyMemory(from: bytes, byteCount: bytes.count)
  return memory.assumingMemoryBound(to: CChar.self)
}

// MARK: Running

private func filter(
  _ cursor: CursorPointer?, _ text: UnsafePointer<CChar>?, _ count: Int32,
  _ values: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
  guard let cursor, let text, let plan = RequestsPlan(text: String(cString: text)), let table = cursor.pointee.pVtab
  else { return SQLITE_ERROR }
  let module = module(table)
  let arguments = (0..<Int(count)).map { SQLValue(values?[$0]) }
  return cursor.withMemoryRebound(to: RequestsCursor.self, capacity: 1) { requests in
    requests.pointee.scan?.release()
    requests.pointee.scan = nil
    do {
      let scan = try RequestsScan(module.store, module.texts, plan, arguments)
      requests.pointee.scan = Unmanaged.passRetained(scan)
      return SQLITE_OK
    } catch {
      return fail(table, error)
    }
  }
}

private func step(_ cursor: CursorPointer?) -> Int32 {
  guard let scan = scan(cursor) else { return SQLITE_ERROR }
  do {
    try scan.next()
    return SQLITE_OK
  } catch {
    return fail(cursor?.pointee.pVtab, error)
  }
}

private func fail(_ table: TablePointer?, _ error: any Error) -> Int32 {
  let message = (error as? StoreError)?.summary ?? "\(error)"
  sqlite3_free(table?.pointee.zErrMsg)
  table?.pointee.zErrMsg = copied(message)
  return SQLITE_ERROR
}

private func result(_ cursor: CursorPointer?, _ context: OpaquePointer?, _ column: Int32) -> Int32 {
  guard let scan = scan(cursor), column >= 0, Int(column) < RequestsColumn.all.count else { return SQLITE_ERROR }
  switch scan.cell(Int(column)) {
  case .null: sqlite3_result_null(context)
  case .integer(let value): sqlite3_result_int64(context, value)
  case .kept(let text):
    // Lives as long as the connection: SQLite need not copy it.
    sqlite3_result_text64(
      context, text.baseAddress?.assumingMemoryBound(to: CChar.self) ?? emptyText, UInt64(text.count), nil,
      UInt8(SQLITE_UTF8))
  case .text(let bytes):
    bytes.withUnsafeBytes {
      sqlite3_result_text64(
        context, $0.baseAddress?.assumingMemoryBound(to: CChar.self) ?? emptyText, UInt64($0.count), transient,
        UInt8(SQLITE_UTF8))
    }
  }
  return SQLITE_OK
}

/// Any address will do for a text of no bytes.
private var emptyText: UnsafePointer<CChar> {
  UnsafeRawPointer(StaticString("").utf8Start).assumingMemoryBound(to: CChar.self)
}
