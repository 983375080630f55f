import Reporting
import Traffic

/// Writes rows as CSV lines or JSON objects into bytes that are used again: memory does not grow with the rows.
struct RowWriter {
  /// Written bytes that the caller has not taken yet.
  private(set) var pending: [UInt8] = []
  /// What a scan must read, in the order in which batches have to bring it.
  let scanColumns: [ScanColumn]
  let needsPaths: Bool

  private let encoding: FieldEncoding
  private let cells: [CellPlan]
  private let traffic: any TrafficSource
  private let sources: [Int64: [UInt8]]
  private let absent: [UInt8]
  private var texts = FieldCache()
  private var instants = InstantBytes()
  private var path: [UInt8] = []

  /// A column, where its values are, and what stands before it.
  private struct CellPlan {
    var column: ExportColumn
    /// Place of the first of its scan columns.
    var place: Int
    var lead: [UInt8]
    /// Encoded names of a code column.
    var codes: [[UInt8]]
  }

  /// - Parameter sources: paths of the logs by source number.
  init(_ columns: [ExportColumn], _ encoding: FieldEncoding, traffic: any TrafficSource, sources: [Int64: String]) {
    self.encoding = encoding
    self.traffic = traffic
    self.sources = sources.mapValues { encoding.field($0) }
    absent = encoding.absent
    needsPaths = columns.contains(.path)
    var scanned: [ScanColumn] = []
    var cells: [CellPlan] = []
    // Keys of a JSON object are sorted, as everywhere in the program's output.
    let ordered = encoding == .csv ? columns : columns.sorted { $0.tableColumn.machineKey < $1.tableColumn.machineKey }
    for column in ordered {
      let lead = encoding == .csv
        ? (cells.isEmpty ? "" : ",") : (cells.isEmpty ? "{" : ",") + JSONText.string(column.tableColumn.machineKey) + ":"
      cells.append(
        CellPlan(column: column, place: scanned.count, lead: Array(lead.utf8), codes: Self.codes(column, encoding)))
      scanned += column.scanColumns
    }
    self.cells = cells
    scanColumns = scanned
    if encoding == .csv { pending = Array(CSVText.header(columns.map(\.tableColumn)).utf8) }
  }

  private static func codes(_ column: ExportColumn, _ encoding: FieldEncoding) -> [[UInt8]] {
    guard case .scan(.stored(let stored)) = column, stored.kind == .code else { return [] }
    return stored.codeNames.map { encoding.field($0) }
  }

  mutating func removePending() { pending.removeAll(keepingCapacity: true) }

  /// Writes the rows of a batch from `row` on, until some are pending; gives the first row not written.
  mutating func write(_ batch: borrowing ColumnBatch, from row: Int, paths: ExactPaths) -> Int {
    var row = row
    while row < batch.rows, pending.count < 1 << 17 {
      for index in cells.indices { append(index, batch, row, paths) }
      if encoding == .json { pending.append(UInt8(ascii: "}")) } else { pending.append(13) }
      pending.append(10)
      row += 1
    }
    return row
  }

  private mutating func append(_ index: Int, _ batch: borrowing ColumnBatch, _ row: Int, _ paths: ExactPaths) {
    pending.append(contentsOf: cells[index].lead)
    let place = cells[index].place
    switch cells[index].column {
    case .path:
      path.removeAll(keepingCapacity: true)
      if paths.append(row, to: &path) { encoding.append(path[...], to: &pending) } else { appendAbsent() }
    case .source:
      pending.append(contentsOf: unsafe sources[batch[place][row]] ?? absent)
    case .trace:
      unsafe append(trace: batch[place][row], batch[place + 1][row])
    case .template, .scan(.route):
      unsafe append(symbol: batch[place][row])
    case .scan(.source):
      unsafe append(batch[place][row], .integer, index)
    case .scan(.stored(let stored)):
      unsafe append(batch[place][row], stored.kind, index)
    }
  }

  private mutating func appendAbsent() { pending.append(contentsOf: absent) }

  private mutating func append(_ value: Int64, _ kind: RequestColumn.Kind, _ index: Int) {
    guard value != .absent else { return appendAbsent() }
    switch kind {
    case .duration, .integer: NumberBytes.append(value, to: &pending)
    case .symbol: append(symbol: value)
    case .address where value >= ClientAddress.symbolBase: append(symbol: value - ClientAddress.symbolBase)
    case .code:
      let codes = cells[index].codes
      if value >= 0, value < codes.count { pending.append(contentsOf: codes[Int(value)]) } else { appendAbsent() }
    case .time, .address, .word: appendQuoted(value, kind)
    }
  }

  /// Values of harmless characters that JSON wants in quotes.
  private mutating func appendQuoted(_ value: Int64, _ kind: RequestColumn.Kind) {
    appendQuote()
    switch kind {
    case .time: instants.append(value, to: &pending)
    case .address: NumberBytes.append(ipv4: value, to: &pending)
    default: NumberBytes.append(word: value, to: &pending)
    }
    appendQuote()
  }

  private mutating func appendQuote() {
    if encoding == .json { pending.append(UInt8(ascii: "\"")) }
  }

  private mutating func append(trace high: Int64, _ low: Int64) {
    guard high != .absent || low != .absent else { return appendAbsent() }
    appendQuote()
    NumberBytes.append(word: high == .absent ? 0 : high, to: &pending)
    NumberBytes.append(word: low == .absent ? 0 : low, to: &pending)
    appendQuote()
  }

  private mutating func append(symbol number: Int64) {
    guard number != .absent else { return appendAbsent() }
    let (encoding, traffic, absent) = (encoding, traffic, absent)
    texts.append(number, to: &pending) { traffic.symbolText($0).map { encoding.field($0) } ?? absent }
  }
}

/// The exact paths of the rows of a batch.
public struct ExactPaths {
  private let body: (Int, inout [UInt8]) -> Bool

  public init(_ body: @escaping (Int, inout [UInt8]) -> Bool) { self.body = body }

  /// Appends the path of the row at a place of the batch; false when it has none.
  func append(_ row: Int, to path: inout [UInt8]) -> Bool { body(row, &path) }
}
