internal import Traffic

/// One pass over the table `requests`: the rows of one segment at a time, and the place in them; or all rows at once
/// where equal ones have to come together.
final class RequestsScan {
  private let texts: SymbolTexts
  private var cursor: RowCursor
  /// Values of the columns scanned for the batch at hand, and where each SQL column finds its own.
  private var columns: [[Int64]] = []
  private let places: [Int]
  private var paths: RowPaths?
  private var row = 0
  private var rows = 0
  /// Grouped rows: where the row at a place is stored; empty for stored order.
  private var order: [UInt32] = []
  private var place = 0
  private(set) var isAtEnd = false
  /// Rows passed, as SQLite's row number.
  private(set) var rowNumber: Int64 = 0

  init(_ store: TrafficStore, _ texts: SymbolTexts, _ plan: RequestsPlan, _ arguments: [SQLValue]) throws {
    self.texts = texts
    var scanned: [ScanColumn] = []
    var places: [Int] = []
    var needsPaths = false
    for (index, column) in RequestsColumn.all.enumerated() {
      places.append(scanned.count)
      guard plan.uses(index) else { continue }
      scanned += column.scanColumns
      needsPaths = needsPaths || column == .path
    }
    self.places = places
    columns = Array(repeating: [], count: scanned.count)
    cursor = try RowCursor(store, scanned, filter: plan.filter(arguments), withPaths: needsPaths)
    guard let grouping = plan.grouping, plan.uses(grouping) else {
      try nextBatch()
      return
    }
    try readAll()
    order = RowGrouping.order(of: columns[places[grouping]]) { a, b in
      Self.isBefore(a, b, RequestsColumn.all[grouping], texts)
    }
    row = order.first.map { Int($0) } ?? 0
    isAtEnd = order.isEmpty
  }

  func next() throws {
    rowNumber += 1
    guard order.isEmpty else {
      place += 1
      if place < order.count { row = Int(order[place]) } else { isAtEnd = true }
      return
    }
    row += 1
    if row >= rows { try nextBatch() }
  }

  /// Whether a value comes before another one in SQL's order: NULL first, numbers by size, texts by bytes.
  private static func isBefore(_ a: Int64, _ b: Int64, _ column: RequestsColumn, _ texts: SymbolTexts) -> Bool {
    guard !column.isInteger, a != .absent, b != .absent else { return a < b }
    if case .stored(let stored) = column, stored.kind == .code {
      return texts.code(a, stored).lexicographicallyPrecedes(texts.code(b, stored))
    }
    return texts.bytes(a).lexicographicallyPrecedes(texts.bytes(b))
  }

  private func readAll() throws {
    var all = columns
    columns = []
    for index in all.indices { all[index].reserveCapacity(cursor.rowsAtMost) }
    while try cursor.nextBatch({ batch, _ in
      for index in all.indices { all[index].append(contentsOf: batch[index]) }
    }) {}
    columns = all
  }

  private func nextBatch() throws {
    var count = 0
    var columns = columns
    self.columns = []
    var paths: RowPaths?
    isAtEnd = try !cursor.nextBatch { batch, batchPaths in
      count = batch.rows
      for index in columns.indices {
        columns[index].removeAll(keepingCapacity: true)
        columns[index].append(contentsOf: batch[index])
      }
      paths = batchPaths
    }
    self.columns = columns
    self.paths = paths
    rows = count
    row = 0
  }

  /// What a SQL column reads in the row at hand.
  enum Cell {
    case null
    case integer(Int64)
    case text([UInt8])
    /// A text that stays where it is until the connection is closed.
    case kept(UnsafeRawBufferPointer)
  }

  func cell(_ index: Int) -> Cell {
    let place = places[index]
    switch RequestsColumn.all[index] {
    case .time: return text(TimeText.text(columns[place][row]))
    case .path: return text(paths?.path(row))
    case .template, .route: return symbol(columns[place][row])
    case .source: return text(texts.source(columns[place][row]))
    case .trace: return trace(columns[place][row], columns[place + 1][row])
    case .stored(let column): return stored(columns[place][row], column)
    case .derived(let column): return derived(column.value { columns[place + $0][row] }, column, place)
    }
  }

  private func derived(_ value: Int64, _ column: DerivedColumn, _ place: Int) -> Cell {
    switch column {
    case .latency, .busy, .limited, .lookup, .served: value == .absent ? .null : .integer(value)
    case .requestClass: .text(DerivedColumn.classNames[Int(value)])
    case .node: value == .absent ? text(texts.node(columns[place + 1][row])) : symbol(value)
    }
  }

  private func text(_ bytes: [UInt8]?) -> Cell { bytes.map { .text($0) } ?? .null }

  private func symbol(_ value: Int64) -> Cell { value == .absent ? .null : texts.symbol(value) }

  private func stored(_ value: Int64, _ column: RequestColumn) -> Cell {
    guard value != .absent else { return .null }
    switch column.kind {
    case .time, .duration, .integer, .word: return .integer(value)
    case .symbol: return symbol(value)
    case .address:
      return value < ClientAddress.symbolBase
        ? .text(Array(ClientAddress.ipv4Text(value).utf8)) : symbol(value - ClientAddress.symbolBase)
    case .code: return text(texts.code(value, column))
    }
  }

  private func trace(_ high: Int64, _ low: Int64) -> Cell {
    guard high != .absent || low != .absent else { return .null }
    let digits = [high, low].map { half -> String in
      let text = String(UInt64(bitPattern: half == .absent ? 0 : half), radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }
    return .text(Array(digits.joined().utf8))
  }
}

/// Texts by number, kept from row to row.
@safe
final class SymbolTexts {
  private let store: TrafficStore
  private var symbols: [Int64: UnsafeRawBufferPointer] = [:]
  /// The number asked for last: rows of a group have the same.
  private var latest: (number: Int64, text: UnsafeRawBufferPointer)?
  private var sources: [Int64: (path: [UInt8], node: [UInt8]?)] = [:]
  private var codes: [RequestColumn: [[UInt8]]] = [:]
  private static let limit = 500_000

  init(_ store: TrafficStore) { self.store = store }

  deinit { for text in symbols.values { text.deallocate() } }

  /// The text of a symbol. Beyond the limit texts are not kept, since SQLite may still hold those that are.
  func symbol(_ number: Int64) -> RequestsScan.Cell {
    if let latest, latest.number == number { return .kept(latest.text) }
    if let known = symbols[number] {
      latest = (number, known)
      return .kept(known)
    }
    guard let found = try? store.symbolBytes([number]).first, let bytes = found else { return .null }
    guard symbols.count < Self.limit else { return .text(bytes) }
    let kept = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    kept.copyBytes(from: bytes)
    symbols[number] = UnsafeRawBufferPointer(kept)
    return .kept(UnsafeRawBufferPointer(kept))
  }

  func bytes(_ number: Int64) -> [UInt8] {
    switch symbol(number) {
    case .kept(let text): Array(text)
    case .text(let text): text
    case .null, .integer: []
    }
  }

  func source(_ number: Int64) -> [UInt8]? { described(number)?.path }

  /// The node that was named when the source was imported.
  func node(_ source: Int64) -> [UInt8]? { described(source)?.node }

  private func described(_ number: Int64) -> (path: [UInt8], node: [UInt8]?)? {
    if let known = sources[number] { return known }
    for record in (try? store.sources()) ?? [] {
      let description = record.description
      sources[record.id.rawValue] = (Array(description.path.utf8), description.node.map { Array($0.utf8) })
    }
    return sources[number]
  }

  func code(_ value: Int64, _ column: RequestColumn) -> [UInt8] {
    let names = codes[column] ?? column.codeNames.map { Array($0.utf8) }
    codes[column] = names
    return value >= 0 && value < names.count ? names[Int(value)] : Array(String(value).utf8)
  }
}
