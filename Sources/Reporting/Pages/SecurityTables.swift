import Analysis
import Traffic

/// The tables of the security section; none where there is nothing to show.
struct SecurityTables {
  let report: Report
  let signals: SecuritySignals

  private static let shown = 20
  private static let command = "headroom show clients"

  /// Suspects against everybody else: what a baseline without them looks like.
  var summary: [Document.Block] {
    let suspects = signals.suspects
    let total = signals.callers.total
    guard !suspects.isEmpty else {
      return [
        .paragraph("No address scans for paths or fails to log in as often as the limits of this section.")
      ]
    }
    let numbers = Set(suspects)
    var rest = total
    var answers = AnswerCounts()
    for row in signals.callers.clients where numbers.contains(row.caller) { answers.add(row.answers) }
    rest.remove(answers)
    let isSuspect = "coalesce(client, '') IN (\(list(suspects)))"
    // A list that is too long for a query is no use to a reader either.
    let isShort = suspects.count <= 100
    func follow(_ select: String, _ conditions: [String] = []) -> Derivation {
      isShort ? report.follow(select, where: conditions, or: Self.command) : .command(Self.command)
    }
    return [
      .facts([
        Fact(
          "suspects", "Suspect addresses", .integer(Int64(suspects.count)),
          follow("count(DISTINCT client) AS suspects", [isSuspect])),
        Fact(
          "suspect_requests", "Their requests", .ratio(answers.requests, of: total.requests),
          follow("count(CASE WHEN \(isSuspect) THEN 1 END) AS suspect_requests_part, count(*) AS suspect_requests_of")),
        Fact(
          "suspect_client_errors", "Their 4xx", .ratio(answers.clientErrors, of: answers.withStatus),
          follow(Self.errors("suspect_client_errors"), [isSuspect])),
        Fact(
          "other_client_errors", "4xx of everybody else", .ratio(rest.clientErrors, of: rest.withStatus),
          follow(Self.errors("other_client_errors"), ["NOT " + isSuspect])),
      ])
    ]
  }

  var tables: [Table] { [scanners, bursts, refused, hostile, outliers].compactMap { $0 } }

  private static func errors(_ key: String) -> String {
    "count(CASE WHEN status BETWEEN 400 AND 499 THEN 1 END) AS \(key)_part, count(status) AS \(key)_of"
  }

  private func text(_ client: Int64) -> String { report.night.traffic.text(of: client, in: .stored(.client)) ?? "" }

  private func list(_ clients: [Int64]) -> String { clients.map { SQLWhere.literal(text($0)) }.joined(separator: ", ") }

  private var scanners: Table? {
    let top = NamedTop.rows(signals.scanners, Self.shown, by: \.row.answers.requests) { text($0.row.caller) }
    guard !top.isEmpty else { return nil }
    var table = Table(
      key: "scanners", title: "Scanners",
      columns: [
        Column("client", "Address", .text), Column("requests", "Requests", .integer),
        Column("not_found", "404", .ratio), Column("templates", "Different templates", .integer),
        Column("sample", "Most asked for", .text),
      ],
      rows: top.map { scanner, name in
        [
          .text(name), .integer(scanner.row.answers.requests),
          .ratio(scanner.row.answers.notFound, of: scanner.row.answers.withStatus),
          .integer(scanner.unfound.templates), .words(scanner.unfound.sample),
        ]
      }, noun: "scanners",
      derivation: .query(scannersQuery(top.map(\.row.row.caller))))
    table.rowsInAll = signals.scanners.count
    return table
  }

  private func scannersQuery(_ clients: [Int64]) -> String {
    let filter = report.night.scope.filter
    let isShown = "client IN (\(list(clients)))"
    return """
      WITH asked AS (SELECT client, template, row_number() OVER (PARTITION BY client ORDER BY count(*) DESC, template) \
      AS place FROM requests\(SQLWhere.clause(filter, and: [isShown, "status = 404"])) GROUP BY 1, 2) \
      SELECT requests.client, count(*) AS requests, count(CASE WHEN status = 404 THEN 1 END) AS not_found_part, \
      count(status) AS not_found_of, count(DISTINCT CASE WHEN status = 404 THEN requests.template END) AS templates, \
      (SELECT template FROM asked WHERE asked.client = requests.client AND place = 1) AS sample \
      FROM requests\(SQLWhere.clause(filter, and: [isShown])) GROUP BY requests.client \
      ORDER BY count(*) DESC, requests.client
      """
  }

  private var bursts: Table? {
    let first = signals.bursts.map { ($0, text($0.client)) }.sorted {
      ($1.0.failures, $0.0.minute, $0.1) < ($0.0.failures, $1.0.minute, $1.1)
    }
    guard !first.isEmpty else { return nil }
    let minute = Microseconds.minute.count
    return Table(
      key: "auth_failure_bursts", title: "Bursts of refused credentials",
      columns: [
        Column("client", "Address", .text), Column("minute", "Minute", .timestamp),
        Column("failures", "401 and 403", .integer),
      ],
      rows: first.map { [.text($0.1), .timestamp($0.0.minute), .integer($0.0.failures)] }, noun: "bursts",
      derivation: report.follow(
        "client, arrival / \(minute) * \(minute) AS minute, count(*) AS failures",
        where: ["status IN (401, 403)", "client IS NOT NULL"],
        "GROUP BY 1, 2 HAVING count(*) >= \(AccessFailures.fewest) ORDER BY failures DESC, minute, client"
          + " LIMIT \(Self.shown)", or: Self.command)
    ).cut(to: Self.shown)
  }

  /// Refused credentials by caller.
  private var refused: Table? {
    guard let kind = CallerKind(signals.callers) else { return nil }
    let rows = kind.rows(signals.callers).filter { $0.answers.refused > 0 && $0.caller != .absent }
    let traffic = report.night.traffic
    let top = NamedTop.rows(rows, 10, by: \.answers.refused) { traffic.text(of: $0.caller, in: kind.column) ?? "" }
    guard !top.isEmpty else { return nil }
    let name = kind.column.name
    var table = Table(
      key: "refused_callers", title: "Refused most",
      columns: [
        Column(name, kind.label, .text), Column("requests", "Requests", .integer),
        Column("unauthorized", "401", .ratio), Column("forbidden", "403", .ratio),
      ],
      rows: top.map { row, name in
        [
          .text(name), .integer(row.answers.requests), .ratio(row.answers.unauthorized, of: row.answers.withStatus),
          .ratio(row.answers.forbidden, of: row.answers.withStatus),
        ]
      }, noun: kind.noun,
      derivation: report.follow(
        """
        \(name), count(*) AS requests, count(CASE WHEN status = 401 THEN 1 END) AS unauthorized_part, \
        count(status) AS unauthorized_of, count(CASE WHEN status = 403 THEN 1 END) AS forbidden_part, \
        count(status) AS forbidden_of
        """, where: ["\(name) IS NOT NULL"],
        "GROUP BY \(name) HAVING count(CASE WHEN status IN (401, 403) THEN 1 END) > 0"
          + " ORDER BY count(CASE WHEN status IN (401, 403) THEN 1 END) DESC, \(name) LIMIT 10", or: Self.command))
    table.rowsInAll = rows.count
    return table
  }

  private var hostile: Table? {
    guard !signals.hostile.isEmpty else { return nil }
    let shown = signals.hostile.prefix(Self.shown).map { SQLWhere.literal($0.template) }.joined(separator: ", ")
    return Table(
      key: "hostile_paths", title: "Paths that only scanners ask for",
      columns: [
        Column("template", "Path", .text), Column("requests", "Requests", .integer),
        Column("answered", "Answered 2xx or 3xx", .ratio),
      ],
      rows: signals.hostile.map {
        [.text($0.template), .integer($0.requests), .ratio($0.answered, of: $0.requests)]
      }, noun: "paths",
      derivation: report.follow(
        "template, count(*) AS requests, count(CASE WHEN status BETWEEN 200 AND 399 THEN 1 END) AS answered_part,"
          + " count(*) AS answered_of",
        where: ["template IN (\(shown))"], "GROUP BY template ORDER BY count(*) DESC, template", or: Self.command)
    ).cut(to: Self.shown)
  }

  private var outliers: Table? {
    guard let bound = signals.bound else { return nil }
    let top = NamedTop.rows(signals.outliers, Self.shown, by: \.answers.requests) { text($0.caller) }
    guard !top.isEmpty else { return nil }
    var table = Table(
      key: "rate_outliers", title: "Addresses with far more requests than others",
      columns: [
        Column("client", "Address", .text), Column("requests", "Requests", .integer), Column("share", "Share", .ratio),
        Column("consumers", "Consumers", .integer),
      ] + ClientsPage.answerColumns,
      rows: top.map { row, name in
        [
          .text(name), .integer(row.answers.requests),
          .ratio(row.answers.requests, of: signals.callers.total.requests), .integer(row.partners),
        ] + ClientsPage.cells(row.answers)
      }, noun: "addresses",
      derivation: report.follow(
        "client, count(*) AS requests, count(*) AS share_part, (SELECT count(*) FROM requests"
          + SQLWhere.clause(report.night.scope.filter) + ") AS share_of, count(DISTINCT consumer) AS consumers, "
          + ClientsPage.answerSelect,
        where: ["client IS NOT NULL"],
        "GROUP BY client HAVING count(*) > \(bound) ORDER BY count(*) DESC, client LIMIT \(Self.shown)",
        or: Self.command))
    table.rowsInAll = signals.outliers.count
    return table
  }
}

extension AnswerCounts {
  /// Status 401 and 403.
  fileprivate var refused: Int64 { unauthorized + forbidden }
}
