import Analysis
import Reporting
import Traffic

/// `headroom export`: requests as CSV or JSON lines, in order of arrival.
struct ExportCommand: Command {
  let words = ["export"]
  let summary = "requests as CSV or JSON lines, in order of arrival"
  let examples = [
    Example("headroom export --since 1h --format csv -o last-hour.csv", "the last hour"),
    Example(
      "headroom export --columns arrival,route,status,duration --where 'status=5xx'", "failures, four columns"),
  ]
  let options =
    [CommonOptions.store] + CommonOptions.window + [
      Option(
        name: "columns", value: "LIST", summary: "columns by name, with commas (default: all that are stored)"),
      Option(
        name: "format", value: "NAME", summary: "csv (default) or json: one object per line",
        choices: ["csv", "json"]),
      Option(name: "output", letter: "o", value: "FILE", summary: "write to a file instead of standard output"),
      Option(name: "tz", value: "ZONE", summary: "zone of --since and --until; what is written is UTC"),
      CommonOptions.threads, CommonOptions.quiet,
    ]
  let remarks = [
    "Paths are written as templates; 'headroom sql' has them in full. CSV shows control characters as \\x1b and puts an"
      + " apostrophe before a formula sign; JSON keeps every byte."
  ]

  private static let usual: [ScanColumn] =
    [.stored(.arrival), .route] + RequestColumn.allCases.filter { $0 != .arrival }.map(ScanColumn.stored) + [
      .source
    ]

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let columns = try columns(invocation)
    let store = try await invocation.openStore()
    let scope = try invocation.scope(try await store.ledger())
    let isJSON = invocation.value("format") == "json"
    let request = ScanRequest(columns: columns, filter: scope.filter, order: .arrival, threads: scope.threads)
    guard let path = invocation.value("output"), path != "-" else {
      try await write(request, store.traffic, isJSON: isJSON, to: invocation.session.output)
      return .done
    }
    var file = try OutputFile(path: path)
    try await write(request, store.traffic, isJSON: isJSON, to: file.sink)
    try file.finish()
    return .done
  }

  private func write(
    _ request: ScanRequest, _ traffic: any TrafficSource, isJSON: Bool, to sink: any TextSink
  ) async throws {
    let export = RowExport(columns: request.columns, traffic: traffic, isJSON: isJSON, sink: sink)
    if !isJSON { try sink.write(CSVText.header(export.tableColumns)) }
    let written = try await traffic.scan(request, export)
    if let failure = written.failure { throw failure }
  }

  private func columns(_ invocation: Invocation) throws(UsageError) -> [ScanColumn] {
    guard let list = invocation.value("columns") else { return Self.usual }
    var columns: [ScanColumn] = []
    for name in list.split(separator: ",") {
      guard let column = Self.usual.first(where: { $0.name == name }) else {
        throw UsageError(
          .unknownColumn(String(name)), command: words,
          suggestion: Suggestion.nearest(to: String(name), among: Self.usual.map(\.name)))
      }
      columns.append(column)
    }
    return columns
  }
}

/// Writes every row it is shown. Rows come in order of arrival, one batch after another.
struct RowExport: TrafficFold {
  let columns: [ScanColumn]
  let tableColumns: [Column]
  let traffic: any TrafficSource
  let isJSON: Bool
  let sink: any TextSink
  private(set) var failure: (any Error)?
  private var texts: [Int64: String] = [:]

  init(columns: [ScanColumn], traffic: any TrafficSource, isJSON: Bool, sink: any TextSink) {
    self.columns = columns
    self.traffic = traffic
    self.isJSON = isJSON
    self.sink = sink
    tableColumns = columns.map { Column($0.name, $0.name, Self.kind($0)) }
  }

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    guard failure == nil else { return }
    var text = ""
    for row in 0..<batch.rows {
      var cells: [Cell] = []
      for index in columns.indices { cells.append(cell(unsafe batch[index][row], columns[index])) }
      text += isJSON ? JSONText.object(tableColumns, cells) + "\n" : CSVText.line(tableColumns, cells)
    }
    do { try sink.write(text) } catch { failure = error }
  }

  /// Order by arrival uses one fold.
  mutating func merge(_ later: Self) {
    if failure == nil { failure = later.failure }
  }

  private static func kind(_ column: ScanColumn) -> Column.Kind {
    guard case .stored(let stored) = column else { return column == .source ? .integer : .text }
    return switch stored.kind {
    case .time: .timestamp
    case .duration: .duration
    case .integer: stored == .bytesIn || stored == .bytesOut ? .bytes : .integer
    case .symbol, .address, .code, .word: .text
    }
  }

  private mutating func cell(_ value: Int64, _ column: ScanColumn) -> Cell {
    guard value != .absent else { return .absent }
    guard case .stored(let stored) = column else {
      return column == .source ? .integer(value) : .text(symbol(value))
    }
    switch stored.kind {
    case .time: return .timestamp(Timestamp(microseconds: value))
    case .duration: return .duration(Microseconds(value))
    case .integer: return stored == .bytesIn || stored == .bytesOut ? .bytes(value) : .integer(value)
    case .symbol: return .text(symbol(value))
    case .address where value < ClientAddress.symbolBase: return .text(ClientAddress.ipv4Text(value))
    case .address: return .text(symbol(value - ClientAddress.symbolBase))
    case .code:
      return .words(
        Int(exactly: value).flatMap { stored.codeNames.indices.contains($0) ? stored.codeNames[$0] : nil })
    case .word:
      let digits = String(UInt64(bitPattern: value), radix: 16)
      return .text(String(repeating: "0", count: 16 - digits.count) + digits)
    }
  }

  private mutating func symbol(_ number: Int64) -> String {
    if let known = texts[number] { return known }
    if texts.count > 100_000 { texts.removeAll() }
    let text = traffic.symbolText(number) ?? ""
    texts[number] = text
    return text
  }
}
