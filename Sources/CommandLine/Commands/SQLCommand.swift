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
  let remarks = [
    "requests has a row per request; its last columns say what it counts as in reports: latency and busy (the duration"
      + " where it tells of the gateway, and where it is no upgrade), class, limited, lookup, served (0 or 1), node.",
    "sources and rejections are the ledger. rollups holds what stays of requests that 'store retain' dropped; history is"
      + " both: count it by sum(requests), its durations are read by approximate_percentile, sample_count, sample_sum.",
    "p50 p90 p95 p99 p999(x), percentile(x, p): exact, nearest rank. approximate_percentile(x, p): within 0.4 %."
      + " bucket_from(x, n), bucket_until(x, n): n buckets per power of two, 128 unless told. rate(arrival).",
    "CSV and JSON are written row by row, however many there are. Text, markdown and --sort keep the rows they show in"
      + " memory, at most \(UnitText.integer(Int64(SQLTable.limit))).",
    "Large sorts use temporary files, which are gone when the program ends: in $SQLITE_TMPDIR, $TMPDIR or /var/tmp.",
  ]

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let statement = invocation.arguments.positional[0]
    let sql = statement == "-" ? StandardInput.text() : statement
    let renderer = try invocation.renderer()
    let limit = try invocation.rowLimit(renderer)
    let store = try await invocation.openStore()
    if !invocation.has("sort"), let encoding = Self.streamed(renderer) {
      try invocation.withOutput { sink in
        var stream = SQLStream(encoding: encoding, limit: limit, sink: sink)
        try store.query(sql, into: &stream)
        try stream.finish()
      }
      return .done
    }
    var table = SQLTable(shown: invocation.has("sort") ? nil : limit)
    try store.query(sql, into: &table)
    try invocation.print(table.document)
    return .done
  }

  private static func streamed(_ renderer: any Renderer) -> FieldEncoding? {
    switch renderer {
    case is CSVRenderer: .csv
    case is JSONRenderer: .json
    default: nil
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
