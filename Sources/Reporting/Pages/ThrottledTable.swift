import Analysis
import Traffic

/// Who is rejected already, and whether trying again at once makes it worse.
struct ThrottledTable {
  let report: Report
  let kind: CallerKind
  let callers: Callers.Answer
  let spells: [RejectionSpells.Row]

  private static let shown = 20
  private var reach: Microseconds { RejectionSpells.usualReach }

  var blocks: [Document.Block] {
    [
      .table(table),
      .note(
        "Tried again: rejections that follow another of the same caller, method and route within"
          + " \(UnitText.duration(reach)). Rejections per call: how many one refused call became; more where retries were"
          + " let through, which are not seen here ('headroom show quotas' sees them)."),
    ]
  }

  private var table: Table {
    let name = kind.column.name
    let traffic = report.night.traffic
    let requests = Dictionary(kind.rows(callers).map { ($0.caller, $0.answers.requests) }) { first, _ in first }
    let top = NamedTop.rows(spells, Self.shown, by: \.rejected) {
      traffic.text(of: $0.caller, in: kind.column) ?? ""
    }
    var table = Table(
      key: "throttled", title: "Already throttled",
      columns: [
        Column(name, kind.label, .text), Column("rejected", "Rejected", .integer),
        Column("rejected_share", "Of its requests", .ratio), Column("tried_again", "Tried again", .ratio),
        Column("per_call", "Rejections per call", .integer),
      ],
      rows: top.map { row, _ in
        [
          .words(traffic.text(of: row.caller, in: kind.column)), .integer(row.rejected),
          .ratio(row.rejected, of: requests[row.caller] ?? row.rejected), .ratio(row.repeated, of: row.rejected),
          UpstreamsPage.hundredths(Double(row.rejected) / Double(row.rejected - row.repeated)),
        ]
      }, noun: "callers", derivation: .query(query(name)))
    table.rowsInAll = spells.count
    return table
  }

  private func query(_ name: String) -> String {
    let filter = report.night.scope.filter
    return """
      WITH rejections AS (SELECT \(name), arrival - lag(arrival) OVER \
      (PARTITION BY \(name), method, route ORDER BY arrival) AS gap FROM requests\
      \(SQLWhere.clause(filter, and: ["limited = 1"]))), \
      counts AS (SELECT \(name), count(*) AS n, count(CASE WHEN gap <= \(reach.count) THEN 1 END) AS again \
      FROM rejections GROUP BY 1), \
      callers AS (SELECT \(name), count(*) AS requests FROM requests\(SQLWhere.clause(filter)) GROUP BY 1) \
      SELECT counts.\(name), n AS rejected, n AS rejected_share_part, requests AS rejected_share_of, \
      again AS tried_again_part, n AS tried_again_of, round(1.0 * n / (n - again) * 100) / 100 AS per_call \
      FROM counts JOIN callers ON counts.\(name) IS callers.\(name) \
      ORDER BY n DESC, coalesce(counts.\(name), '') LIMIT \(Self.shown)
      """
  }
}
