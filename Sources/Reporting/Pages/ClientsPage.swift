import Analysis
import Traffic

/// What clients speak, what they are, and what of their traffic says nothing about latency.
struct ClientsPage: ReportPage {
  let id = "clients"
  let title = "Clients and protocols"

  static let shownAgents = 20

  func blocks(of report: Report) async throws -> [Document.Block]? {
    async let protocols = report.night.answer(ProtocolUse(scope: report.night.scope))
    async let agents = report.night.answer(AgentUse(scope: report.night.scope))
    let blocks = ProtocolTables(answer: try await protocols, report: report).blocks
      + self.agents(try await agents, report)
    return blocks.isEmpty ? nil : blocks
  }

  private func agents(_ answer: AgentUse.Answer, _ report: Report) -> [Document.Block] {
    guard answer.knowsAgents else { return [] }
    return [.table(kinds(answer)), .table(table(answer, report)), .note(Self.note)]
  }

  private static let note =
    "What a client is comes from what it says of itself, which nobody checks. Limited are refusals by a rate limiter."

  private func kinds(_ answer: AgentUse.Answer) -> Table {
    let all = answer.rows.reduce(0) { $0 + $1.answers.requests }
    return Table(
      key: "client_kinds", title: "Kinds of client",
      columns: [
        Column("kind", "Kind", .text), Column("agents", "Agents", .integer), Column("requests", "Requests", .integer),
        Column("share", "Share", .ratio),
      ] + Self.answerColumns,
      rows: answer.kinds.map { kind in
        [
          .text(kind.kind.name), .integer(kind.agents), .integer(kind.answers.requests),
          .ratio(kind.answers.requests, of: all),
        ] + Self.cells(kind.answers)
      }, noun: "kinds", derivation: .command("headroom show clients"))
  }

  private func table(_ answer: AgentUse.Answer, _ report: Report) -> Table {
    let all = answer.rows.reduce(0) { $0 + $1.answers.requests }
    return Table(
      key: "user_agents", title: "User agents",
      columns: [
        Column("user_agent", "User agent", .text), Column("requests", "Requests", .integer),
        Column("share", "Share", .ratio),
      ] + Self.answerColumns,
      rows: answer.rows.map { row in
        [.words(row.agent), .integer(row.answers.requests), .ratio(row.answers.requests, of: all)]
          + Self.cells(row.answers)
      }, noun: "user agents",
      derivation: report.follow(
        "user_agent, count(*) AS requests, count(*) AS share_part, sum(count(*)) OVER () AS share_of, "
          + Self.answerSelect, where: [],
        "GROUP BY user_agent ORDER BY count(*) DESC, coalesce(user_agent, '') LIMIT \(Self.shownAgents)",
        or: "headroom show clients")
    ).cut(to: Self.shownAgents)
  }

  /// Shares of refusals and failures, with their cells and what SQL says for them.
  static let answerColumns = [
    Column("limited", "Limited", .ratio), Column("client_errors", "4xx", .ratio), Column("errors", "5xx", .ratio),
  ]

  static func cells(_ answers: AnswerCounts) -> [Cell] {
    [
      .ratio(answers.limited, of: answers.requests), .ratio(answers.clientErrors, of: answers.withStatus),
      .ratio(answers.serverErrors, of: answers.withStatus),
    ]
  }

  static let answerSelect = """
    sum(limited) AS limited_part, count(*) AS limited_of, \
    count(CASE WHEN status BETWEEN 400 AND 499 THEN 1 END) AS client_errors_part, count(status) AS client_errors_of, \
    count(CASE WHEN status BETWEEN 500 AND 599 THEN 1 END) AS errors_part, count(status) AS errors_of
    """
}
