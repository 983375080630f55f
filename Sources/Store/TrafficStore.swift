internal import Glibc
internal import Synchronization
public import Traffic

/// A store, opened to read. Sees what was committed; any number of readers work beside one writer.
public final class TrafficStore: TrafficSource, Sendable {
  /// Path of the store as it was given.
  public let file: String
  private let reading: Mutex<StoreReading>

  /// Opens a store; one of an older version is migrated first. Cheap: nothing but the identity is read.
  public init(file: String) throws(StoreError) {
    self.file = file
    reading = Mutex(try StoreReading(file: file))
  }

  /// Runs `body` with the store's own connection, one caller at a time.
  func withConnection<R: Sendable>(
    _ body: (borrowing Connection) throws(StoreError) -> R
  ) throws(StoreError) -> R {
    try reading.withLock { reading throws(StoreError) in try body(reading.connection) }
  }

  /// The same, with everything that `body` reads from one moment.
  func withSnapshot<R: Sendable>(
    _ body: (borrowing Connection) throws(StoreError) -> R
  ) throws(StoreError) -> R {
    try withConnection { connection throws(StoreError) in
      try connection.execute("BEGIN")
      defer { try? connection.execute("ROLLBACK") }
      return try body(connection)
    }
  }

  // MARK: Rows

  public func scan<Fold: TrafficFold>(_ request: ScanRequest, _ fold: Fold) async throws -> Fold {
    let threads = Self.threads(request.threads)
    switch request.order {
    case .stored:
      let plan = try withSnapshot { connection throws(StoreError) in
        try ScanPlan(request.columns, request.filter, connection)
      }
      return try await StoredScan.run(plan, fold, threads: threads)
    case .arrival:
      let plan = try withSnapshot { connection throws(StoreError) in
        try ScanPlan(request.columns + [.stored(.arrival)], request.filter, connection)
      }
      return try await ArrivalScan.run(plan, fold, threads: threads, columns: request.columns.count)
    }
  }

  static func threads(_ wanted: Int?) -> Int { max(1, wanted ?? sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  // MARK: Symbols

  /// The text of a symbol, bytes that are not UTF-8 as U+FFFD; nil for a number the store never gave out.
  public func symbolText(_ symbol: Int64) -> String? {
    reading.withLock { $0.text(symbol) }
  }

  /// The texts of many symbols at once, in their order.
  public func symbolTexts(_ symbols: [Int64]) throws(StoreError) -> [String?] {
    try symbolBytes(symbols).map { bytes in bytes.map { String(decoding: $0, as: UTF8.self) } }
  }

  /// The exact bytes of many symbols at once, in their order.
  public func symbolBytes(_ symbols: [Int64]) throws(StoreError) -> [[UInt8]?] {
    try withConnection { connection throws(StoreError) in try SymbolReading.texts(symbols, connection) }
  }

  /// The number of a text; nil when no row has it.
  public func symbol(for text: String) throws(StoreError) -> Int64? {
    try withConnection { connection throws(StoreError) in try SymbolReading.number(of: Array(text.utf8), connection) }
  }

  /// What a value of a column reads: names for codes, text for symbols and addresses, else the number.
  public func text(of value: Int64, _ column: ScanColumn) -> String? {
    guard value != .absent else { return nil }
    switch column {
    case .source: return String(value)
    case .route: return symbolText(value)
    case .stored(let stored):
      switch stored.kind {
      case .symbol: return symbolText(value)
      case .address where value >= ClientAddress.symbolBase: return symbolText(value - ClientAddress.symbolBase)
      case .address: return ClientAddress.ipv4Text(value)
      case .code:
        let names = stored.codeNames
        return value >= 0 && value < names.count ? names[Int(value)] : String(value)
      case .time, .duration, .integer, .word: return String(value)
      }
    }
  }

  /// A value that was kept under a name; nil when there is none.
  public func note(_ name: String) throws(StoreError) -> String? {
    try withConnection { connection throws(StoreError) in try StoredNotes.text(name, connection) }
  }

  // MARK: Ledger

  /// Every source of the ledger, by number.
  public func sources() throws(StoreError) -> [SourceRecord] {
    try withConnection { connection throws(StoreError) in try Ledger.records(connection) }
  }

  /// Rejected lines of a source by reason, and the first of each with their text.
  public func rejections(
    _ source: SourceID
  ) throws(StoreError) -> (counts: [RejectReason: Int64], lines: [Rejection]) {
    let counts = try withConnection { connection throws(StoreError) in
      try RejectionLedger.counts(of: source, connection)
    }
    let lines = try withConnection { connection throws(StoreError) in
      try RejectionLedger.lines(of: source, connection)
    }
    return (counts, lines)
  }
}

/// The connection of a store and the texts it already read.
struct StoreReading: ~Copyable {
  let connection: Connection
  private var texts: [Int64: String] = [:]
  private var find: Statement

  init(file: String) throws(StoreError) {
    let connection = try Schema.openForReading(file: file)
    let find = try connection.prepare("SELECT text FROM symbol WHERE id = ?")
    self.connection = connection
    self.find = find
  }

  mutating func text(_ symbol: Int64) -> String? {
    if let known = texts[symbol] { return known }
    find.bind(1, symbol)
    defer { find.reset() }
    guard let isFound = try? find.step(), isFound else { return nil }
    let text = find.text(0)
    if texts.count >= 100_000 { texts.removeAll() }
    texts[symbol] = text
    return text
  }
}
