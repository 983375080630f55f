import Analysis
import Gateways
import Statistics
import Traffic

/// How the numbers were made, so that somebody else gets the same.
struct MethodPage: ReportPage {
  let id = "method"
  let title = "Method and definitions"

  func blocks(of report: Report) async throws -> [Document.Block]? {
    var blocks: [Document.Block] = [.table(Self.definitions), .table(Self.thresholds)]
    let formats = Set(report.night.ledger.map(\.format)).sorted()
    if !formats.isEmpty { blocks.append(.paragraph("Log formats read: \(formats.joined(separator: ", ")).")) }
    if !report.configurations.isEmpty { blocks.append(.table(Self.configurations(report))) }
    if !FindingRules.all.isEmpty { blocks.append(.table(Self.rules)) }
    return blocks + Self.notes.map(Document.Block.note)
  }

  private static let definitions = Table(
    key: "definitions", title: "Definitions",
    columns: [Column("term", "Term", .text), Column("meaning", "Meaning", .text)],
    rows: [
      ("percentile", "The value of nearest rank: the k-th smallest of n, k = ⌈p · n⌉ in whole numbers. Never averaged."),
      (
        "exact", "Percentiles by route are values of the data; those over time, by class and of rollups are the middle of"
          + " their bucket, 128 to a power of two, at most 0.4 % off."
      ),
      ("latency", "First byte of the request to last byte of the answer, of requests that tell of the gateway."),
      ("busy time", "The sum of durations: the work that came, not the work of one instant."),
      ("limited", "Refused by a limiter: its verdict in the log, or status 429 where the log has none."),
      ("error", "An answer with status 5xx. Clients that left are no errors."),
      ("cache hit", "An answer that waited for no upstream, of the requests for which the cache was asked."),
      ("rate", "Requests per second of the clock, by arrival; the mean is over all seconds of the window."),
      ("window", "From and until are arrivals, the end excluded. Steps are multiples of their length since 1970 UTC."),
    ].map { [.text($0.0), .text($0.1)] }, noun: "terms")

  private static let thresholds = Table(
    key: "samples_needed", title: "Samples needed to show a percentile: ten beyond it",
    columns: [Column("percentile", "Percentile", .text), Column("samples", "Samples", .integer)],
    rows: ReportedQuantile.all.map { [.text($0.label), .integer($0.samplesNeeded)] }, noun: "percentiles",
    derivation: .query(
      "SELECT column1 AS percentile, CAST(round(10 / (1 - column2)) AS INTEGER) AS samples FROM (VALUES"
        + " ('p50', 0.5), ('p90', 0.9), ('p95', 0.95), ('p99', 0.99), ('p99.9', 0.999))"))

  private static func configurations(_ report: Report) -> Table {
    Table(
      key: "configurations", title: "Configurations",
      columns: [
        Column("file", "File", .text), Column("product", "Product", .text), Column("role", "Role", .text),
      ],
      rows: report.configurations.enumerated().map { index, configuration in
        [
          .text(configuration.name), .text(configuration.reading.model.product.rawValue),
          .text(index == 0 ? "in force" : "candidate"),
        ]
      }, noun: "configurations")
  }

  private static let rules = Table(
    key: "rules", title: "Rules behind the findings",
    columns: [Column("rule", "Rule", .text), Column("summary", "Looks for", .text)],
    rows: FindingRules.all.map { [.text($0.kind), .text($0.summary)] }, noun: "rules")

  private static let notes = [
    "Times are shown in the clock the report was asked for (--tz); steps, hours and weekdays are UTC.",
    "Every number can be had again: the query beside a table is answered by 'headroom sql' on the same store, what SQL"
      + " cannot work out by the command beside it. Queries count requests as the reports do: see 'headroom sql --help'.",
    "Read the verdict and the findings first; then whether the data can be trusted; the other sections are evidence.",
    "Access logs are written when a request ends: arrival is the logged end less the duration where the format says so.",
    "A log holds only requests that were sent. A client that waits for an answer sends less while the gateway is slow, so"
      + " slow times are under-represented.",
  ]
}
