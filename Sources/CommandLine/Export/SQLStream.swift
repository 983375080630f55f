import Reporting
import Traffic

/// Writes rows as they come, in the very bytes that the renderers give for the whole table.
struct SQLStream: SQLReceiver {
  let encoding: FieldEncoding
  /// Rows written; the others are counted.
  let limit: Int?
  let sink: any TextSink

  private var columns: [Column] = []
  /// What stands before each value, and which column it is of: keys of a JSON object are sorted.
  private var leads: [(bytes: [UInt8], column: Int)] = []
  private var rows = 0
  private var pending: [UInt8] = []

  init(encoding: FieldEncoding, limit: Int?, sink: any TextSink) {
    self.encoding = encoding
    self.limit = limit
    self.sink = sink
  }

  mutating func begin(columns names: [String]) {
    // The kind of a column decides nothing but its name: SQL has no units.
    columns = names.map { Column($0, $0, .integer) }
    let order = encoding == .csv ? Array(names.indices) : names.indices.sorted { names[$0] < names[$1] }
    leads = order.enumerated().map { place, column in
      let separator = encoding == .csv ? (place == 0 ? "" : ",") : (place == 0 ? "{" : ",")
      return (Array((separator + (encoding == .csv ? "" : JSONText.string(names[column]) + ":")).utf8), column)
    }
    append(encoding == .csv ? CSVText.header(columns) : "{\n  \"schema\": \"headroom.sql/1\",\n  \"rows\": [")
  }

  mutating func take(_ row: [SQLAnswer.Value]) throws {
    rows += 1
    if let limit, rows > limit { return }
    if encoding == .json { append(rows == 1 ? "\n    " : ",\n    ") }
    for lead in leads {
      pending.append(contentsOf: lead.bytes)
      append(row[lead.column])
    }
    append(encoding == .csv ? "\r\n" : "}")
    if pending.count >= 1 << 16 { try pass() }
  }

  /// Ends the output; rows that never came leave an empty table.
  mutating func finish() throws {
    if encoding == .json {
      append((rows > 0 && limit != 0 ? "\n  ]" : "]") + ",\n  \"rows_in_all\": \(rows)\n}\n")
    }
    try pass()
  }

  private mutating func append(_ value: SQLAnswer.Value) {
    switch value {
    case .null: pending.append(contentsOf: encoding.absent)
    case .integer(let number): NumberBytes.append(number, to: &pending)
    case .text(let text): encoding.append(Array(text.utf8)[...], to: &pending)
    case .real(let number) where number.isFinite: append(JSONText.number(number))
    case .real: pending.append(contentsOf: encoding.absent)
    case .blob: if case .text(let text) = value.cell { encoding.append(Array(text.utf8)[...], to: &pending) }
    }
  }

  private mutating func append(_ text: String) { pending.append(contentsOf: text.utf8) }

  private mutating func pass() throws {
    try sink.write(bytes: pending)
    pending.removeAll(keepingCapacity: true)
  }
}

/// Keeps rows for a table that is aligned or ordered as a whole.
struct SQLTable: SQLReceiver {
  /// More rows than anybody reads in a terminal, few enough for memory.
  static let limit = 100_000

  /// Rows that will be shown, nil for all; the others are counted.
  let shown: Int?
  private var columns: [String] = []
  private var rows: [[SQLAnswer.Value]] = []
  private var rowsInAll = 0

  init(shown: Int?) { self.shown = shown }

  mutating func begin(columns: [String]) { self.columns = columns }

  mutating func take(_ row: [SQLAnswer.Value]) throws(Diagnostic) {
    rowsInAll += 1
    if let shown, rowsInAll > shown { return }
    guard rows.count < Self.limit else {
      throw Diagnostic(
        "the answer has more than \(UnitText.integer(Int64(Self.limit))) rows to align or to order",
        help: "add --format csv or json (without --sort, use ORDER BY), --top N, or LIMIT to the statement.")
    }
    rows.append(row)
  }

  var document: Document {
    let columns = columns.enumerated().map { index, name in
      Column(name, name, Self.kind(of: rows.lazy.map { $0[index] }))
    }
    var table = Table(key: "rows", columns: columns, rows: rows.map { $0.map(\.cell) })
    table.rowsInAll = rowsInAll
    return Document(name: "sql", title: "", blocks: [.table(table)])
  }

  /// SQL has no units, so names stay as they are and numbers are plain.
  private static func kind(of values: some Sequence<SQLAnswer.Value>) -> Column.Kind {
    for value in values {
      switch value {
      case .text, .blob: return .text
      case .null, .integer, .real: continue
      }
    }
    return .integer
  }
}

extension SQLAnswer.Value {
  var cell: Cell {
    switch self {
    case .null: .absent
    case .integer(let number): .integer(number)
    case .real(let number): .real(number)
    case .text(let text): .text(text)
    case .blob(let bytes): .text("x'" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "'")
    }
  }
}
