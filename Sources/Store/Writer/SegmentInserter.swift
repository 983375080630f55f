internal import Traffic

/// Writes encoded segments: resolves their small dictionaries and stores one row per column.
@safe
struct SegmentInserter: ~Copyable {
  private var insertSegment: Statement
  private var insertColumn: Statement
  private var insertData: Statement
  private var lastSequence: Statement
  private var sequences: [SourceID: Int64] = [:]

  init(_ connection: borrowing Connection) throws(StoreError) {
    let insertSegment = try connection.prepare(
      "INSERT INTO segment(source, sequence, rows, first_arrival, last_arrival, is_tail) VALUES(?, ?, ?, ?, ?, ?)")
    let insertColumn = try connection.prepare(
      "INSERT INTO segment_column VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    let insertData = try connection.prepare("INSERT INTO segment_data(id, symbols, data) VALUES(?, ?, ?)")
    let lastSequence = try connection.prepare("SELECT max(sequence) FROM segment WHERE source = ?")
    self.insertSegment = insertSegment
    self.insertColumn = insertColumn
    self.insertData = insertData
    self.lastSequence = lastSequence
  }

  mutating func forgetSequences() { sequences.removeAll() }

  mutating func insert(
    _ segment: EncodedSegment, source: SourceID, isTail: Bool, symbols: inout SymbolInterner,
    connection: borrowing Connection
  ) throws(StoreError) {
    let sequence = try nextSequence(of: source)
    insertSegment.bind(1, source.rawValue)
    insertSegment.bind(2, sequence)
    insertSegment.bind(3, segment.rows)
    insertSegment.bind(4, segment.firstArrival)
    insertSegment.bind(5, segment.lastArrival)
    insertSegment.bind(6, isTail)
    try insertSegment.run()
    sequences[source] = sequence
    let id = connection.lastInsertedRow
    for column in segment.columns {
      let numbers = try storeNumbers(of: column.column, segment, &symbols)
      try insert(StoredColumn(column, symbols: numbers), segment: id)
    }
    if let variables = segment.variables {
      try insert(StoredColumn(variables), segment: id)
    }
  }

  private mutating func nextSequence(of source: SourceID) throws(StoreError) -> Int64 {
    if let last = sequences[source] { return last + 1 }
    lastSequence.bind(1, source.rawValue)
    defer { lastSequence.reset() }
    guard try lastSequence.step(), let last = lastSequence.optionalInteger(0) else { return 0 }
    return last + 1
  }

  private func storeNumbers(
    of column: RequestColumn, _ segment: EncodedSegment, _ symbols: inout SymbolInterner
  ) throws(StoreError) -> [UInt8] {
    guard let dictionary = segment.dictionaries.first(where: { $0.column == column }) else { return [] }
    var numbers: [Int64] = []
    numbers.reserveCapacity(dictionary.count)
    for index in 0..<dictionary.count {
      let found = dictionary.withText(index) { symbols.found(for: $0) }
      numbers.append(try found.get())
    }
    return SymbolNumbers.encode(numbers)
  }

  private mutating func insert(_ column: StoredColumn, segment: Int64) throws(StoreError) {
    insertColumn.bind(1, Int64(column.number))
    insertColumn.bind(2, segment)
    insertColumn.bind(3, Int64(column.encoding))
    insertColumn.bind(4, optional: column.reference.map { Int64($0.rawValue) })
    insertColumn.bind(5, column.minimum)
    insertColumn.bind(6, column.maximum)
    insertColumn.bind(7, column.absentCount)
    insertColumn.bind(8, column.data.count)
    insertColumn.bind(9, bits: column.checksum)
    insertColumn.bind(10, bits: SymbolNumbers.checksum(of: column.symbols))
    try insertColumn.run()
    insertData.bind(1, SegmentData.key(segment: segment, column: column.number))
    insertData.bind(2, column.symbols)
    try insertData.run(borrowing: column.data, at: 3)
  }
}

/// What `segment_column` and `segment_data` hold of one column of one segment.
struct StoredColumn {
  var number: UInt8
  var encoding: UInt8
  var reference: RequestColumn?
  var minimum: Int64
  var maximum: Int64
  var absentCount: Int
  var checksum: UInt64
  /// `SymbolNumbers` of the column's dictionary, empty where it has none.
  var symbols: [UInt8]
  var data: [UInt8]

  init(_ column: EncodedColumn, symbols: [UInt8]) {
    number = column.column.rawValue
    encoding = column.encoding
    reference = column.reference
    minimum = column.minimum
    maximum = column.maximum
    absentCount = column.absentCount
    checksum = column.checksum
    self.symbols = symbols
    data = column.bytes
  }

  init(_ variables: EncodedVariables) {
    number = SegmentData.pathVariables
    encoding = 0
    minimum = 0
    maximum = 0
    absentCount = 0
    checksum = variables.checksum
    symbols = []
    data = variables.bytes
  }
}

/// The keys of `segment_data`.
enum SegmentData {
  /// Column number of a segment's path variables, far above the request columns.
  static let pathVariables: UInt8 = 200

  static func key(segment: Int64, column: UInt8) -> Int64 { segment << 8 | Int64(column) }
}
