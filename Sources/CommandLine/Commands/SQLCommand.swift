import Reporting

/// `headroom sql`: read-only SQL over the store.
struct SQLCommand: Command {
  let words = ["sql"]
  let summary = "ask the store in SQL (read only)"
  let examples = [
    Example(
      "headroom sql 'SELECT route, count(*), p99(duration) FROM requests GROUP BY route'", "percentiles in SQL"),
    Example("headroom sql - < question.sql --format csv", "a statement from standard input"),
  ]
  let arguments = [Argument(name: "STATEMENT", summary: "one SELECT statement, or - for standard input")]
  let options = CommonOptions.storeOutput

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let statement = invocation.arguments.positional[0]
    let sql = statement == "-" ? StandardInput.text() : statement
    let store = try await invocation.openStore()
    try invocation.print(Self.document(try await store.query(sql)))
    return .done
  }

  static func document(_ answer: SQLAnswer) -> Document {
    let columns = answer.columns.enumerated().map { index, name in
      Column(name, name, kind(of: answer.rows.lazy.map { $0[index] }))
    }
    let rows = answer.rows.map { row in row.map(cell) }
    return Document(name: "sql", title: "", blocks: [.table(Table(key: "rows", columns: columns, rows: rows))])
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

  private static func cell(_ value: SQLAnswer.Value) -> Cell {
    switch value {
    case .null: .absent
    case .integer(let number): .integer(number)
    case .real(let number): .real(number)
    case .text(let text): .text(text)
    case .blob(let bytes): .text("x'" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "'")
    }
  }
}

/// Everything on standard input, as text.
enum StandardInput {
  static func text() -> String {
    var lines = ""
    while let line = readLine(strippingNewline: false) { lines += line }
    return lines
  }
}
