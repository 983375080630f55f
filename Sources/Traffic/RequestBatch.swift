/// Up to `Limits.batchRows` request rows as columns of `Int64`: what a parser fills and the store encodes.
///
/// One value is reused for block after block. A parser writes the fields of the current row with the setters, in any
/// order and possibly twice (the last wins), then calls `commitRow()`, or `reject(…)` which takes the row back.
/// A column costs nothing until its first value: it is then filled with `Int64.absent` for the whole batch.
@safe
public struct RequestBatch: ~Copyable {
  /// Rows it has room for.
  public let capacity: Int
  /// Rows committed so far; also the index of the row being written.
  public internal(set) var count: Int {
    @inlinable get { _count }
    set { _count = newValue }
  }
  @usableFromInline var _count = 0
  /// Columns with at least one value written since the last reset.
  public internal(set) var present: ColumnSet {
    @inlinable get { _present }
    set { _present = newValue }
  }
  @usableFromInline var _present: ColumnSet = []

  /// Values from one column's start to the next: a little more than `capacity`. At a distance of a power of two the
  /// same row of all columns would fall into one set of the processor's cache, and every store would miss.
  @usableFromInline let stride: Int
  /// Columns one after another, each `capacity` values and some room.
  @usableFromInline let storage: UnsafeMutablePointer<Int64>
  /// One table per column number; only symbol columns and `client` are used.
  @usableFromInline let tables: UnsafeMutablePointer<SymbolTable>
  public var variables = PathVariables()
  /// Lines of the block that gave no row.
  public internal(set) var rejected: [RejectedLine] = []
  /// Set to record what the columns do not hold; nil in every import.
  public var notes: LineNotes?
  /// How targets become templates and which query values are masked.
  public var templates = PathTemplate()

  public init(capacity: Int = Limits.batchRows) {
    precondition(capacity > 0, "a batch holds at least one row")
    self.capacity = capacity
    let columns = RequestColumn.allCases.count
    stride = capacity + 136
    storage = .allocate(capacity: columns * stride)  // untouched pages stay unbacked
    tables = .allocate(capacity: columns)
    for column in 0..<columns { (tables + column).initialize(to: SymbolTable()) }
  }

  deinit {
    storage.deallocate()
    tables.deinitialize(count: RequestColumn.allCases.count)
    tables.deallocate()
  }

  /// Empties the batch and keeps its memory.
  public mutating func reset() {
    for column in present.columns where column.kind == .symbol || column.kind == .address {
      tables[Int(column.rawValue)].removeAll()
    }
    count = 0
    present = []
    rejected.removeAll(keepingCapacity: true)
    variables.removeAll()
    notes?.removeAll()
  }

  /// Whether there is no room for another row.
  @inlinable public var isFull: Bool { _count >= capacity }

  // MARK: Writing the current row

  /// Writes a value of the current row.
  @inlinable @inline(__always)
  public mutating func set(_ column: RequestColumn, _ value: Int64) {
    if !_present.contains(column) { claim(column) }
    storage[Int(column.rawValue) &* stride &+ _count] = value
  }

  /// The value of the current row, `.absent` where none was written.
  @inlinable @inline(__always)
  public func current(_ column: RequestColumn) -> Int64 {
    _present.contains(column) ? storage[Int(column.rawValue) &* stride &+ _count] : .absent
  }

  /// The column's values, to write by row index in an inner loop. Valid until the batch goes away.
  @inlinable
  public mutating func claimed(_ column: RequestColumn) -> UnsafeMutablePointer<Int64> {
    if !_present.contains(column) { claim(column) }
    return storage + Int(column.rawValue) &* stride
  }

  @usableFromInline @inline(never)
  mutating func claim(_ column: RequestColumn) {
    _present.insert(ColumnSet(column))
    (storage + Int(column.rawValue) * stride).update(repeating: .absent, count: capacity)
  }

  /// Writes a symbol of the current row. An empty string is a value; write nothing for "absent".
  @inlinable @inline(__always)
  public mutating func setSymbol(_ column: RequestColumn, _ bytes: UnsafePointer<UInt8>, _ count: Int) {
    set(column, Int64(tables[Int(column.rawValue)].intern(bytes, count)))
  }

  /// Writes the client address of the current row: IPv4 as its number, anything else as a symbol.
  @inlinable
  public mutating func setClient(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
    if let code = ClientAddress.parseIPv4(bytes, count) {
      set(.client, code)
    } else {
      let symbol = tables[Int(RequestColumn.client.rawValue)].intern(bytes, count)
      set(.client, ClientAddress.symbolBase + Int64(symbol))
    }
  }

  /// Writes path (template and variables) and, for an absolute-form target, host of the current row.
  ///
  /// Takes any request target as received: `/path?query`, `http://host/path`, `*`, `host:port`. A fragment is cut.
  public mutating func setTarget(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
    templates.split(bytes, count, into: &variables)
    let template = tables[Int(RequestColumn.path.rawValue)].intern(
      variables.template.baseAddress!, variables.templateCount)
    variables.register(template: template)
    set(.path, Int64(template))
  }

  /// Records a field that no column holds; costs a nil check when nobody asked.
  @inlinable
  public func note(_ name: @autoclosure () -> String, _ value: @autoclosure () -> String) {
    if let notes { notes.add(name(), value()) }
  }

  /// Gives every committed row the same symbol in a column.
  public mutating func fillSymbol(_ column: RequestColumn, _ bytes: UnsafePointer<UInt8>, _ length: Int) {
    let symbol = Int64(tables[Int(column.rawValue)].intern(bytes, length))
    claimed(column).update(repeating: symbol, count: count)
  }

  // MARK: Ending the current row

  /// Ends the current row. Without `arrival` the row would have no place in time, so that column must be written.
  @inlinable
  public mutating func commitRow() {
    _count &+= 1
    variables.commitRow()
  }

  /// Forgets what was written of the current row.
  public mutating func clearRow() {
    var columns = present.rawValue
    while columns != 0 {
      storage[columns.trailingZeroBitCount * stride + count] = .absent
      columns &= columns - 1
    }
    variables.rollbackRow()
  }

  /// Takes the current row back and counts its line as rejected.
  public mutating func reject(_ line: RejectedLine) {
    clearRow()
    rejected.append(line)
  }

  // MARK: Reading

  /// The column's values for rows 0..<count, or nil where the column has none.
  public func values(_ column: RequestColumn) -> UnsafeBufferPointer<Int64>? {
    guard present.contains(column) else { return nil }
    return UnsafeBufferPointer(start: storage + Int(column.rawValue) * stride, count: count)
  }

  /// Local symbols of a column, by the numbers in its values.
  public func symbolCount(_ column: RequestColumn) -> Int { tables[Int(column.rawValue)].count }

  /// Calls `body` with the bytes of a column's local symbol.
  public func withSymbol<R>(
    _ column: RequestColumn, _ symbol: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R
  ) rethrows -> R {
    try tables[Int(column.rawValue)].withBytes(of: symbol, body)
  }

  /// A column's value of a row as people read it; nil when absent. For tests and `formats explain`, not for loops.
  public func text(_ column: RequestColumn, row: Int) -> String? {
    guard let values = values(column), values[row] != .absent else { return nil }
    let value = values[row]
    switch column.kind {
    case .symbol where column == .path: return pathText(row: row)
    case .symbol: return tables[Int(column.rawValue)].text(of: Int(value))
    case .address where value < ClientAddress.symbolBase: return ClientAddress.ipv4Text(value)
    case .address: return tables[Int(column.rawValue)].text(of: Int(value - ClientAddress.symbolBase))
    case .code: return column.codeNames[Int(value)]
    case .time, .duration, .integer, .word: return String(value)
    }
  }

  /// The path (with query) of a row as it was received, masked values as `***`.
  public func pathText(row: Int) -> String? {
    guard let paths = values(.path), paths[row] != .absent else { return nil }
    var start = 0
    for earlier in 0..<row where paths[earlier] != .absent {
      start += variables.slotCount(template: Int(paths[earlier]))
    }
    let template = Int(paths[row])
    return tables[Int(RequestColumn.path.rawValue)].withBytes(of: template) {
      String(decoding: variables.render(template: $0, firstSlot: start), as: UTF8.self)
    }
  }
}
