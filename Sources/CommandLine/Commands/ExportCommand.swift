import Scanning
import Analysis
import Reporting
import Traffic

/// `headroom export`: requests as CSV or JSON lines, as they are stored.
struct ExportCommand: Command {
  let words = ["export"]
  let summary = "requests as CSV or JSON lines, with their exact paths"
  let examples = [
    Example("headroom export --since 1h --format csv -o last-hour.csv", "the last hour"),
    Example(
      "headroom export --columns arrival,route,status,duration --where 'status=5xx'", "failures, four columns"),
  ]
  let options =
    [CommonOptions.store] + CommonOptions.window + [
      Option(
        name: "columns", value: "LIST", summary: "columns by name, with commas (default: all, see below)"),
      Option(
        name: "format", value: "NAME", summary: "csv (default) or json: one object per line (JSON Lines)",
        choices: ["csv", "json"]),
      Option(name: "output", letter: "o", value: "FILE", summary: "write to a file instead of standard output"),
      Option(name: "tz", value: "ZONE", summary: "zone of --since and --until; what is written is UTC"),
      CommonOptions.quiet,
    ]
  let remarks = [
    "Columns: " + ExportColumn.all.map(\.name).joined(separator: ", ") + ". All but template, trace_high and"
      + " trace_low are written unless --columns says otherwise.",
    "Requests come in stored order: log by log as imported, then line by line. path is the target as logged, with its"
      + " query (values of secrets as ***); template is its form for the route; source is the log's path; times are"
      + " UTC, durations µs.",
    "CSV shows control characters as \\x1b and puts an apostrophe before a formula sign; JSON escapes them. Bytes that"
      + " are no UTF-8 read as U+FFFD in both.",
  ]

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let columns = try columns(invocation)
    let store = try await invocation.openStore()
    let ledger = try await store.ledger()
    let filter = try invocation.scope(ledger).filter
    var writer = RowWriter(
      columns, invocation.value("format") == "json" ? .json : .csv, traffic: store.traffic,
      sources: ledger.reduce(into: [:]) { $0[$1.number] = $1.path })
    try invocation.withOutput { sink in
      try store.forEachBatch(writer.scanColumns, filter, withPaths: writer.needsPaths) { batch, paths in
        var row = 0
        while row < batch.rows {
          row = writer.write(batch, from: row, paths: paths)
          if row < batch.rows { try Self.pass(&writer, to: sink) }
        }
      }
      try Self.pass(&writer, to: sink)
    }
    return .done
  }

  private static func pass(_ writer: inout RowWriter, to sink: any TextSink) throws {
    try sink.write(bytes: writer.pending)
    writer.removePending()
  }

  private func columns(_ invocation: Invocation) throws(UsageError) -> [ExportColumn] {
    guard let list = invocation.value("columns") else { return ExportColumn.usual }
    var columns: [ExportColumn] = []
    for part in list.split(separator: ",", omittingEmptySubsequences: false) {
      let name = part.drop { $0 == " " }
      guard let column = ExportColumn.all.first(where: { $0.name == name }) else {
        throw UsageError(
          .unknownColumn(String(name)), command: words,
          suggestion: NearestWord.nearest(to: String(name), among: ExportColumn.all.map(\.name)))
      }
      if !columns.contains(column) { columns.append(column) }
    }
    return columns
  }
}
