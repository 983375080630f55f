import Analysis
import Reporting
import Traffic

/// `show clients`: which programs call, and what they are answered.
struct ShowClients: ShowCommand {
  let what = "clients"
  let rollups = RollupUse.missing
  let summary = "kinds of client and user agents: requests, refusals and errors"
  let examples = [
    Example("headroom show clients", "browsers, apps, libraries, bots"),
    Example("headroom show clients --where 'status=5xx' --all", "who met failures"),
  ]
  let remarks = ["What a client is comes from its user agent, which nobody checks."]

  func document(_ view: StoreView) async throws -> Document {
    Self.document(try await AgentUse(scope: view.scope).answer(from: view.traffic))
  }

  static func document(_ answer: AgentUse.Answer) -> Document {
    let all = answer.rows.reduce(0) { $0 + $1.answers.requests }
    let counts = [
      Column("requests", "Requests", .integer), Column("share", "Share", .ratio), Column("limited", "Limited", .ratio),
      Column("client_errors", "4xx", .ratio), Column("errors", "5xx", .ratio),
    ]
    let kinds = Table(
      key: "client_kinds", title: "Kinds of client",
      columns: [Column("kind", "Kind", .text), Column("agents", "Agents", .integer)] + counts,
      rows: answer.kinds.map { [.text($0.kind.name), .integer($0.agents)] + cells($0.answers, of: all) }, noun: "kinds")
    let agents = Table(
      key: "user_agents", title: "User agents",
      columns: [Column("user_agent", "User agent", .text), Column("kind", "Kind", .text)] + counts,
      rows: answer.rows.map { [.words($0.agent), .text($0.kind.name)] + cells($0.answers, of: all) },
      noun: "user agents")
    return Document(name: "clients", title: "Clients", blocks: [.table(kinds), .table(agents)])
  }

  private static func cells(_ answers: AnswerCounts, of all: Int64) -> [Cell] {
    [
      .integer(answers.requests), .ratio(answers.requests, of: all), .ratio(answers.limited, of: answers.requests),
      .ratio(answers.clientErrors, of: answers.withStatus), .ratio(answers.serverErrors, of: answers.withStatus),
    ]
  }
}
