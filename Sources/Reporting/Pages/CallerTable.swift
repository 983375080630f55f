import Analysis
import Traffic

/// The busiest callers with their worst second, minute and day.
struct CallerTable {
  let report: Report
  let kind: CallerKind
  let callers: Callers.Answer
  let busiest: [(row: Callers.Row, name: String)]
  /// With the usual lengths first.
  let peaks: [CallerPeaks.Row]

  var note: String {
    "The \(UnitText.integer(Int64(busiest.count))) busiest of \(UnitText.integer(Int64(kind.rows(callers).count)))"
      + " \(kind.noun), with their most requests in one second, minute and day (UTC) of the clock. Limited are refusals"
      + " by a rate limiter: a logged verdict, or status 429."
  }

  var peaksOf: [Int64: [CallerPeaks.Peak]] {
    Dictionary(peaks.map { ($0.caller, $0.peaks) }) { first, _ in first }
  }

  var table: Table {
    let name = kind.column.name
    let peaksOf = peaksOf
    var table = Table(
      key: "callers", title: "Busiest \(kind.noun)",
      columns: [
        Column(name, kind.label, .text), Column("requests", "Requests", .integer), Column("share", "Share", .ratio),
        Column("peak_second", "Peak/s", .integer), Column("peak_minute", "Peak/min", .integer),
        Column("peak_day", "Peak/day", .integer),
      ] + ClientsPage.answerColumns,
      rows: busiest.map { cells($0.row.answers, name: nameCell($0.row.caller), peaksOf[$0.row.caller]) },
      total: cells(callers.total, name: .text("all"), nil), noun: kind.noun,
      derivation: .query(query(name)))
    table.rowsInAll = kind.rows(callers).count
    return table
  }

  func nameCell(_ caller: Int64) -> Cell { .words(report.night.traffic.text(of: caller, in: kind.column)) }

  private func cells(_ answers: AnswerCounts, name: Cell, _ peaks: [CallerPeaks.Peak]?) -> [Cell] {
    let peaks = peaks?.prefix(3).map { Cell.integer($0.requests) } ?? [.absent, .absent, .absent]
    return [name, .integer(answers.requests), .ratio(answers.requests, of: callers.total.requests)] + peaks
      + ClientsPage.cells(answers)
  }

  /// Seconds first; minutes and days are their sums.
  private func query(_ name: String) -> String {
    let conditions = SQLWhere.clause(report.night.scope.filter)
    return """
      WITH seconds AS (SELECT \(name), arrival / 1000000 AS second, count(*) AS n FROM requests\(conditions) \
      GROUP BY 1, 2), \
      minutes AS (SELECT \(name), second / 60 AS minute, sum(n) AS n FROM seconds GROUP BY 1, 2), \
      days AS (SELECT \(name), minute / 1440 AS day, sum(n) AS n FROM minutes GROUP BY 1, 2), \
      peaks AS (SELECT \(name), max(n) AS second, 0 AS minute, 0 AS day FROM seconds GROUP BY 1 \
      UNION ALL SELECT \(name), 0, max(n), 0 FROM minutes GROUP BY 1 \
      UNION ALL SELECT \(name), 0, 0, max(n) FROM days GROUP BY 1), \
      peak AS (SELECT \(name), max(second) AS second, max(minute) AS minute, max(day) AS day FROM peaks GROUP BY 1), \
      callers AS (SELECT \(name), count(*) AS requests, count(*) AS share_part, sum(count(*)) OVER () AS share_of, \
      \(ClientsPage.answerSelect) FROM requests\(conditions) GROUP BY 1) \
      SELECT callers.*, peak.second AS peak_second, peak.minute AS peak_minute, peak.day AS peak_day \
      FROM callers JOIN peak ON callers.\(name) IS peak.\(name) \
      ORDER BY requests DESC, coalesce(callers.\(name), '') LIMIT \(busiest.count)
      """
  }
}
