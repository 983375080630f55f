import Analysis
import Traffic

/// What the numbers rest on: which logs, how complete, how fine, and how wrong a what-if may be.
struct TrustPage: ReportPage {
  let id = "trust"
  let title = "Can you trust this"

  /// A map with more hours than this shows days.
  static let mostHours = 168
  static let shownSources = 20

  func blocks(of report: Report) async throws -> [Document.Block]? {
    let night = report.night
    let coverage = try await night.answer(Coverage(scope: night.scope, ledger: night.ledger))
    guard coverage.sources > 0 || !coverage.hours.isEmpty else { return nil }
    var blocks: [Document.Block] = [.facts(facts(coverage, night))]
    if let figure = map(coverage, night) { blocks.append(.figure(figure)) }
    if !coverage.rejections.isEmpty { blocks.append(.table(rejections(coverage))) }
    if !night.ledger.isEmpty { blocks.append(.table(sources(night.ledger))) }
    blocks.append(
      .paragraph(report.trust ?? "What-ifs are not calibrated: 'headroom calibrate' says how far they may be off."))
    return blocks + notes(coverage, night).map(Document.Block.note)
  }

  // MARK: Ledger

  private func facts(_ coverage: Coverage.Answer, _ night: Night) -> [Fact] {
    func fact(_ key: String, _ label: String, _ value: Cell, _ sql: String) -> Fact {
      Fact(key, label, value, .query("SELECT \(sql) FROM sources"))
    }
    let incomplete = Int64(coverage.incomplete.count)
    return [
      fact("sources", "Files", .integer(coverage.sources), "count(*) AS sources"),
      fact("lines", "Lines", .integer(coverage.lines), "coalesce(sum(lines), 0) AS lines"),
      fact("read", "Requests read", .integer(coverage.requests), "coalesce(sum(requests), 0) AS read"),
      fact(
        "rejected", "Lines rejected", .ratio(coverage.rejected, of: coverage.lines),
        "coalesce(sum(rejected), 0) AS rejected_part, coalesce(sum(lines), 0) AS rejected_of"),
      fact("blank", "Blank lines", .integer(coverage.blank), "coalesce(sum(blank), 0) AS blank"),
      fact("incomplete", "Files not read to their end", .integer(incomplete), "count(*) FILTER (WHERE NOT complete) AS incomplete"),
      Fact(
        "duplicates", "Files ignored as seen before", .integer(coverage.duplicates), .command("headroom show sources")),
      fact("coarsest", "Coarsest time stamps", .length(coverage.coarsest), "max(resolution) AS coarsest_us"),
      fact("finest", "Finest time stamps", .length(coverage.finest), "min(resolution) AS finest_us"),
      Fact(
        "rolled_up", "Requests known by rollups only", .ratio(night.rolledUp, of: coverage.requests),
        .query(
          "SELECT coalesce((SELECT sum(requests) FROM rollups), 0) AS rolled_up_part,"
            + " coalesce(sum(requests), 0) AS rolled_up_of FROM sources")),
    ]
  }

  private func rejections(_ coverage: Coverage.Answer) -> Table {
    let rows = coverage.rejections.sorted { ($1.lines, $0.reason.name) < ($0.lines, $1.reason.name) }
    return Table(
      key: "rejections", title: "Lines that could not be read",
      columns: [Column("reason", "Reason", .text), Column("lines", "Lines", .integer), Column("share", "Share of all", .ratio)],
      rows: rows.map { [.text($0.reason.name), .integer($0.lines), .ratio($0.lines, of: coverage.lines)] },
      noun: "reasons",
      derivation: .query(
        "SELECT reason, sum(lines) AS lines, sum(lines) AS share_part, (SELECT sum(lines) FROM sources) AS share_of"
          + " FROM rejections GROUP BY reason ORDER BY sum(lines) DESC, reason"))
  }

  private func sources(_ ledger: [LedgerEntry]) -> Table {
    Table(
      key: "files", title: "Files",
      columns: [
        Column("path", "Path", .text), Column("node", "Node", .text), Column("format", "Format", .text),
        Column("lines", "Lines", .integer), Column("requests", "Requests", .integer),
        Column("rejected", "Rejected", .integer), Column("first", "First", .timestamp), Column("last", "Last", .timestamp),
        Column("complete", "Complete", .flag),
      ],
      rows: ledger.map { entry in
        [
          .text(entry.path), .words(entry.node), .text(entry.format), .integer(entry.lines), .integer(entry.requests),
          .integer(entry.rejected), .time(entry.firstArrival), .time(entry.lastArrival), .flag(entry.isComplete),
        ]
      }, noun: "files",
      derivation: .query(
        "SELECT path, node, format, lines, requests, rejected, first_arrival AS first, last_arrival AS last, complete"
          + " FROM sources ORDER BY id LIMIT \(Self.shownSources)")
    ).cut(to: Self.shownSources)
  }

  // MARK: Map

  /// Requests of every node in every hour, or every day of longer windows.
  private func map(_ coverage: Coverage.Answer, _ night: Night) -> Figure? {
    guard let first = coverage.hours.first?.microseconds, let last = coverage.hours.last?.microseconds,
      Int64(coverage.hours.count - 1) * Microseconds.hour.count == last &- first
    else { return nil }
    let step: Microseconds = coverage.hours.count > Self.mostHours ? .day : .hour
    let start = first.flooredMultiple(of: step.count)
    let starts = Array(stride(from: start, through: last, by: Int64.Stride(step.count)))
    var rows: [[Cell]] = []
    for node in coverage.nodes {
      var requests = starts.map { _ in Int64(0) }
      for (hour, count) in zip(coverage.hours, node.requests) {
        requests[Int((hour.microseconds - start) / step.count)] += count
      }
      rows += zip(starts, requests).map { [.words(node.name), .timestamp(Timestamp(microseconds: $0)), .integer($1)] }
    }
    let table = Table(
      key: "coverage",
      columns: [
        Column("node", "Node", .text), Column("from", "From", .timestamp), Column("requests", "Requests", .integer),
      ], rows: rows, noun: "cells",
      derivation: .query(Self.mapSQL(ReportQuery(night), step, start, starts.last ?? start)))
    return Figure(
      id: "coverage", title: step == .hour ? "Requests by node and hour (UTC)" : "Requests by node and day (UTC)",
      chart: .heatMap(x: "from", y: "node", value: "requests"), unit: "requests",
      first: coverage.hours.first, last: Timestamp(microseconds: last) + .hour,
      samples: coverage.nodes.reduce(0) { $0 + $1.requests.reduce(0, +) }, table: table)
  }

  private static func mapSQL(_ query: ReportQuery, _ step: Microseconds, _ first: Int64, _ last: Int64) -> String {
    let counted = query.select(
      ["node", "arrival / \(step.count) * \(step.count) AS at", query.count + " AS requests"], where: [], "GROUP BY 1, 2")
    return "WITH RECURSIVE steps(at) AS (SELECT \(first) UNION ALL SELECT at + \(step.count) FROM steps WHERE at <"
      + " \(last)), counted AS (\(counted)), nodes AS (SELECT DISTINCT node FROM counted)"
      + " SELECT nodes.node AS node, steps.at AS \"from\", coalesce(counted.requests, 0) AS requests"
      + " FROM nodes CROSS JOIN steps LEFT JOIN counted ON counted.node IS nodes.node AND counted.at = steps.at"
      + " ORDER BY coalesce(nodes.node, ''), steps.at"
  }

  // MARK: Notes

  private func notes(_ coverage: Coverage.Answer, _ night: Night) -> [String] {
    var notes = [
      "Files, lines and rejections are those of the whole store; the map and all other sections show the report's window.",
      "Clock skew between nodes cannot be told from access logs alone and is not corrected.",
    ]
    if let coarsest = coverage.coarsest, coarsest >= .second {
      notes.append(
        "Some time stamps are whole seconds: requests within a second were spread in the order of their lines, so what"
          + " depends on less than a second is uncertain.")
    }
    if night.rolledUp > 0 {
      notes.append(
        "A part of the requests lives on in rollups: counts and percentiles hold them, what needs single requests (the"
          + " busiest second, promises kept, sample lines) is of the others or left out.")
    }
    return notes
  }
}
