import Analysis
import Traffic

/// The objective against what happened, and whose the time was.
struct PromiseTables {
  let query: ReportQuery
  let objective: Objective
  let kept: PromiseKept.Answer
  let step: Microseconds

  private var promised: Int64 { objective.latency.count }
  private var late: String { "count(*) FILTER (WHERE latency > \(promised))" }
  private static let failed = "count(*) FILTER (WHERE status BETWEEN 500 AND 599)"

  // MARK: Facts

  var facts: [Fact] {
    func fact(_ key: String, _ label: String, _ value: Cell, _ sql: String) -> Fact {
      Fact(key, label, value, .query(query.select([sql])))
    }
    let total = kept.total
    let lateBudget = Self.allowed(total.samples, objective.punctual)
    let errorBudget = Self.allowed(total.withStatus, objective.available)
    return [
      Fact("objective", "Latency objective", .duration(objective.latency), .command("headroom report")),
      Fact("punctual", "Share that must keep it", .ratio(objective.punctual, of: 1_000_000), .command("headroom report")),
      fact(
        "in_time", "Share that kept it", .ratio(total.samples - total.late, of: total.samples),
        "count(latency) - \(late) AS in_time_part, count(latency) AS in_time_of"),
      fact(
        "latency_budget", "Latency budget spent", .ratio(total.late, of: lateBudget),
        "\(late) AS latency_budget_part, count(latency) * \(1_000_000 - objective.punctual) / 1000000 AS latency_budget_of"),
      Fact("available", "Share that must not fail", .ratio(objective.available, of: 1_000_000), .command("headroom report")),
      fact(
        "availability", "Share that did not fail", .ratio(total.withStatus - total.failed, of: total.withStatus),
        "count(status) - \(Self.failed) AS availability_part, count(status) AS availability_of"),
      fact(
        "error_budget", "Error budget spent", .ratio(total.failed, of: errorBudget),
        "\(Self.failed) AS error_budget_part, count(status) * \(1_000_000 - objective.available) / 1000000 AS error_budget_of"),
      fact("apdex", "Apdex", total.apdex.map(Cell.real) ?? .absent, apdex),
    ]
  }

  /// In the order of operations of `PromiseKept.Counts.apdex`.
  private var apdex: String {
    let patience = promised > .max / 4 ? Int64.max : promised * 4
    return "(1.0 * (count(latency) - \(late)) + 1.0 * count(*) FILTER (WHERE latency > \(promised) AND latency <="
      + " \(patience)) / 2) / count(latency) AS apdex"
  }

  /// Requests that may break a promise of so many millionths.
  static func allowed(_ requests: Int64, _ millionths: Int64) -> Int64 {
    let (product, overflow) = requests.multipliedReportingOverflow(by: 1_000_000 - millionths)
    return overflow ? .max : product / 1_000_000
  }

  // MARK: Parts

  var parts: Table {
    let parts = [("request", kept.whole), ("upstream", kept.upstream), ("gateway", kept.gateway)]
    let expressions = ["latency", "upstream_duration", "max(0, latency - upstream_duration)"]
    let sql = zip(parts, expressions).map { part, expression in
      singly(
        ["'\(part.0)' AS part", "count(*) AS samples", "sum(\(expression)) AS time_part", "sum(latency) AS time_of"]
          + ReportQuery.percentiles.map { "approximate_percentile(\(expression), \($0.1)) AS \($0.0)_us" }
          + ["max(\(expression)) AS max_us"])
    }
    return Table(
      key: "latency_parts", title: "Gateway and upstream",
      columns: [
        Column("part", "Part", .text), Column("samples", "Samples", .integer), Column("time", "Share of the time", .ratio),
      ] + LatencySummary.columns,
      rows: parts.map { name, part in
        [.text(name), .integer(part.latency.samples), .ratio(part.sum, of: kept.whole.sum)] + part.latency.cells
      }, noun: "parts", derivation: .query(sql.joined(separator: " UNION ALL ")))
  }

  /// Of single requests, also where rollups stand beside them: these do not tell both times of a request.
  private func singly(_ columns: [String]) -> String {
    "SELECT \(columns.joined(separator: ", ")) FROM requests"
      + SQLWhere.clause(query.filter, and: ["latency IS NOT NULL", "upstream_duration IS NOT NULL"])
  }

  // MARK: Time

  var overTime: Figure {
    let sql = [
      "arrival / \(step.count) * \(step.count) AS \"from\"", "\(late) AS late_part", "count(latency) AS late_of",
      "\(Self.failed) AS failed_part", "count(status) AS failed_of",
    ]
    let table = Table(
      key: "promise_over_time",
      columns: [
        Column("from", "From", .timestamp), Column("late", "Late", .ratio), Column("failed", "Failed", .ratio),
      ],
      rows: kept.steps.map { start, counts in
        [.timestamp(start), .ratio(counts.late, of: counts.samples), .ratio(counts.failed, of: counts.withStatus)]
      }, noun: "steps", derivation: .query(query.select(sql, where: [], "GROUP BY 1 ORDER BY 1")))
    return Figure(
      id: "promise-over-time", title: "Budgets: share late and share failed per \(step.stepName)",
      chart: .line(x: "from", series: ["late", "failed"], band: nil), unit: "share of requests",
      first: kept.steps.first?.start, last: kept.steps.last.map { $0.start + step }, samples: kept.total.samples,
      table: table)
  }
}
