import Analysis
import Statistics
import Traffic

/// At most five sentences, one number each: what somebody must know who reads nothing else.
struct VerdictPage: ReportPage {
  let id = "verdict"
  let title = "Verdict"
  let needsFindings = true

  func blocks(of report: Report) async throws -> [Document.Block]? {
    let traffic = try await Self.traffic(of: report.night)
    guard traffic.totals.requests > 0 else { return nil }
    let statements = [
      errors(traffic, report), latency(traffic, report),
      try await limited(traffic, report),
      try await completeness(report), worst(report) ?? peak(traffic, report),
    ]
    return statements.compactMap { $0 }.map(Document.Block.statement)
  }

  /// By single rows where there are no others, else with what rollups still know.
  private static func traffic(of night: Night) async throws -> RouteLatency.Answer {
    night.rolledUp == 0
      ? try await night.answer(RouteLatency(scope: night.scope))
      : try await night.answer(RouteHistory(scope: night.scope))
  }

  // MARK: Errors

  private func errors(_ traffic: RouteLatency.Answer, _ report: Report) -> Statement? {
    let totals = traffic.totals
    guard totals.withStatus > 0 else { return nil }
    let derivation = report.follow(
      "sum(status BETWEEN 500 AND 599), count(status)", or: "headroom show hours")
    guard totals.serverErrors > 0 else {
      return Statement(
        "errors", .good, "Nothing failed: \(.integer(0)) of \(.integer(totals.withStatus)) requests got a server error.",
        derivation)
    }
    let allowed = Int128(1_000_000 - report.objective.available) * Int128(totals.withStatus)
    let isKept = Int128(totals.serverErrors) * 1_000_000 <= allowed
    let end: Sentence = isKept ? ", within the objective." : ", more than the objective allows."
    return Statement(
      "errors", isKept ? .good : .bad,
      "\(.integer(totals.serverErrors)) of \(.integer(totals.withStatus)) requests failed with a server error" + end,
      derivation)
  }

  // MARK: Latency

  private func latency(_ traffic: RouteLatency.Answer, _ report: Report) -> Statement? {
    // The reported quantile that the objective speaks of; p99 where it speaks of another.
    let promised = ReportedQuantile.all.firstIndex { Int64($0.quantile.millionths) == report.objective.punctual }
    let place = promised ?? 3
    let quantile = ReportedQuantile.all[place]
    guard let value = traffic.latency.quantiles[place] else { return nil }
    let share = Self.shares[quantile.key] ?? quantile.label
    let isKept = value <= report.objective.latency
    let (tone, end): (Statement.Tone, String) =
      promised == nil
      ? (.neutral, " or longer.")
      : isKept ? (.good, " or longer, which keeps the objective.") : (.bad, " or longer, past the objective.")
    return Statement(
      "latency", tone,
      Sentence([.words("The slowest \(share) requests took "), .value(.duration(value)), .words(end)]),
      report.follow("\(quantile.key)(latency)", or: "headroom show hours"))
  }

  private static let shares = [
    "p50": "half of all", "p90": "tenth of all", "p95": "twentieth of all", "p99": "hundredth of all",
    "p999": "thousandth of all",
  ]

  // MARK: Limits

  private func limited(_ traffic: RouteLatency.Answer, _ report: Report) async throws -> Statement? {
    let totals = traffic.totals
    let derivation = report.follow("sum(limited), count(*)", or: "headroom show hours")
    guard totals.limited > 0 else {
      return Statement(
        "limited", .good, "Nobody met a limit: \(.integer(0)) of \(.integer(totals.requests)) requests were rejected.",
        derivation)
    }
    let end: Sentence = try await Self.mostLimited(report).map { ", \(.text($0)) most of all." } ?? "."
    return Statement(
      "limited", .attention,
      "Callers lost \(.integer(totals.limited)) of \(.integer(totals.requests)) requests to a rate limit" + end,
      derivation)
  }

  /// The caller with most rejections, where the log names callers.
  private static func mostLimited(_ report: Report) async throws -> String? {
    guard report.night.rolledUp == 0 else { return nil }
    let callers = try await report.night.answer(Callers(scope: report.night.scope))
    guard let kind = CallerKind(callers) else { return nil }
    let traffic = report.night.traffic
    let rejected = kind.rows(callers).filter { $0.answers.limited > 0 && $0.caller != .absent }
    return NamedTop.rows(rejected, 1, by: \.answers.limited) { traffic.text(of: $0.caller, in: kind.column) ?? "" }
      .first?.name
  }

  // MARK: Data

  private func completeness(_ report: Report) async throws -> Statement? {
    let ledger = report.night.ledger
    guard !ledger.isEmpty else { return nil }
    let command = Derivation.command("headroom show coverage")
    let nodes = try await report.night.answer(NodeLoad(scope: report.night.scope, ledger: ledger))
    if let silent = nodes.rows.flatMap(\.gaps).map(\.length).max() {
      return Statement(
        "data", .bad, "Logs are missing: a node was silent for up to \(.duration(silent)), and every count is too low.",
        command)
    }
    let lines = ledger.reduce(0) { $0 + $1.lines }
    let rejected = ledger.reduce(0) { $0 + $1.rejected }
    if rejected > 0 {
      return Statement(
        "data", .attention, "Incomplete: \(.integer(rejected)) of \(.integer(lines)) lines could not be read.", command)
    }
    if let open = ledger.first(where: { !$0.isComplete }) {
      return Statement(
        "data", .attention, "Incomplete: a log was not read to its end after \(.integer(open.lines)) lines.", command)
    }
    // Rollups do not say which minutes a node was silent in.
    let end: Sentence = report.night.rolledUp == 0 ? ", and no node fell silent." : "."
    return Statement(
      "data", .good, "Nothing seems to be missing: all \(.integer(lines)) lines were read" + end, command)
  }

  // MARK: The rest

  private func worst(_ report: Report) -> Statement? {
    // A silent node is told already, by the sentence on the data.
    let worst = report.findings.first { $0.kind != MissingHours.kind }
    guard let worst, worst.severity >= .warning else { return nil }
    return Statement(
      "finding", worst.severity == .severe ? .bad : .attention, worst.headline, .command(worst.command))
  }

  private func peak(_ traffic: RouteLatency.Answer, _ report: Report) -> Statement? {
    guard let peak = traffic.window.peakPerSecond else { return nil }
    return Statement(
      "peak", .neutral, "The busiest second brought \(.integer(peak)) requests.",
      .query(
        "SELECT max(requests) FROM (SELECT count(*) AS requests FROM requests"
          + SQLWhere.clause(report.night.scope.filter) + " GROUP BY arrival / 1000000)"))
  }
}
