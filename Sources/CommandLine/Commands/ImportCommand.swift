import Reporting
import Traffic

/// `headroom import`: reads access logs into the store.
struct ImportCommand: Command {
  let words = ["import"]
  let summary = "read access logs into the store"
  let examples = [
    Example("headroom import /var/log/nginx/access.log*", "plain and gzipped; what is known already adds nothing"),
    Example("zcat day.gz | headroom import - --node gw-2", "from standard input, named after its node"),
    Example("headroom import access.log --log-format-from /etc/nginx/nginx.conf", "a log_format of your own"),
    Example("headroom import access.log --dry-run", "what would be read, and what would be rejected"),
  ]
  let arguments = [
    Argument(name: "FILE", summary: "files, folders, patterns, or - for standard input", count: .oneOrMore)
  ]
  let options =
    [
      CommonOptions.store,
      Option(
        name: "log-format", value: "NAME", summary: "auto (default), a name of 'formats list', or a format string"),
      Option(name: "log-format-from", value: "FILE", summary: "take formats from a gateway's configuration"),
      Option(name: "mapping", value: "FILE", summary: "which fields of JSON or logfmt lines are which columns"),
      Option(name: "node", value: "NAME", summary: "the gateway node that wrote the logs"),
      Option(name: "routes", value: "FILE", summary: "declared routes, before learned ones"),
      Option(name: "log-tz", value: "ZONE", summary: "zone of time stamps that carry none (default UTC)"),
      Option(name: "keep-secrets", summary: "keep values of query keys such as token and password"),
      Option(name: "strict", summary: "stop at the first line that cannot be read"),
      Option(name: "dry-run", letter: "n", summary: "read everything, store nothing"),
      Option(name: "progress", summary: "show progress also when standard error is no terminal"),
      CommonOptions.threads, CommonOptions.quiet,
    ] + CommonOptions.rows + CommonOptions.output
  let remarks = [
    "Interrupt it at any time: run it again and it goes on. A line that cannot be read is counted and kept;"
      + " 'headroom show coverage' lists them by reason."
  ]

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let progress = progressLine(invocation)
    let report: ImportReport
    do {
      report = try await invocation.session.services.importLogs(try request(invocation)) { progress?.show($0) }
    } catch {
      progress?.clear()
      throw error
    }
    progress?.clear()
    try invocation.print(Self.document(report, isDryRun: invocation.has("dry-run")))
    for problem in report.problems { try invocation.session.errors.write(DiagnosticText.text(problem)) }
    return report.problems.isEmpty && !report.sources.contains(where: \.isFailure) ? .done : .badInput
  }

  private func progressLine(_ invocation: Invocation) -> ProgressLine? {
    guard invocation.has("progress") || (invocation.session.terminal.isErrors && !invocation.isQuiet) else {
      return nil
    }
    return ProgressLine(sink: invocation.session.errors)
  }

  private func request(_ invocation: Invocation) throws -> ImportRequest {
    var request = ImportRequest(store: invocation.storePath, inputs: invocation.arguments.positional)
    request.logFormat = invocation.value("log-format") ?? "auto"
    request.logFormatFrom = invocation.value("log-format-from")
    request.mapping = invocation.value("mapping")
    request.node = invocation.value("node")
    request.routes = invocation.value("routes")
    request.keepsSecrets = invocation.has("keep-secrets")
    request.isStrict = invocation.has("strict")
    request.isDryRun = invocation.has("dry-run")
    request.threads = try invocation.count("threads")
    request.timeZone = invocation.value("log-tz")
    if let zone = request.timeZone { _ = try ZoneArgument.clock(zone) }
    return request
  }

  static func document(_ report: ImportReport, isDryRun: Bool) -> Document {
    let lines = report.sources.reduce(0) { $0 + $1.lines }
    let rejected = report.sources.flatMap(\.rejected)
    let table = Table(
      key: "sources",
      columns: [
        Column("path", "Path", .text), Column("format", "Format", .text), Column("result", "Result", .text),
        Column("lines", "Lines", .integer), Column("requests", "Requests", .integer),
        Column("blank", "Blank", .integer),
        Column("rejected", "Rejected", .integer),
      ],
      rows: report.sources.map { source in
        [
          .text(source.path), .words(source.format), .text(source.result), .integer(source.lines),
          .integer(source.requests), .integer(source.blank), .integer(source.rejected.reduce(0) { $0 + $1.lines }),
        ]
      },
      total: [
        .text("all"), .absent, .absent, .integer(lines), .integer(report.sources.reduce(0) { $0 + $1.requests }),
        .integer(report.sources.reduce(0) { $0 + $1.blank }), .integer(rejected.reduce(0) { $0 + $1.lines }),
      ])
    var blocks: [Document.Block] = [.table(table)]
    if !rejected.isEmpty { blocks.append(.table(rejections(rejected, lines: lines))) }
    if isDryRun { blocks.append(.note("A dry run: nothing was stored.")) }
    return Document(name: "import", title: isDryRun ? "Import (dry run)" : "Import", blocks: blocks)
  }

  private static func rejections(_ rejected: [(reason: RejectReason, lines: Int64)], lines: Int64) -> Table {
    let counts = Dictionary(rejected.map { ($0.reason, $0.lines) }, uniquingKeysWith: +)
    return Table(
      key: "rejections", title: "Rejected lines",
      columns: [
        Column("reason", "Reason", .text), Column("lines", "Lines", .integer), Column("share", "Share", .ratio),
      ],
      rows: RejectReason.allCases.compactMap { reason in
        counts[reason].map { [.text(reason.name), .integer($0), .ratio($0, of: lines)] }
      })
  }
}
