public import Traffic

/// Which programs call, how much, and what are they answered?
public struct AgentUse: Question, Hashable {
  public struct Row: Hashable, Sendable {
    /// nil: requests without a user agent.
    public var agent: String?
    public var kind: ClientKind
    public var answers: AnswerCounts
  }

  public struct Kind: Hashable, Sendable {
    public var kind: ClientKind
    /// Different user agents of the kind.
    public var agents: Int64
    public var answers: AnswerCounts
  }

  public struct Answer: Hashable, Sendable {
    /// By falling number of requests, then by text.
    public var rows: [Row]
    /// By falling number of requests, then by name.
    public var kinds: [Kind]

    public var knowsAgents: Bool { rows.contains { $0.agent != nil } }
  }

  public var scope: Scope
  public init(scope: Scope = Scope()) { self.scope = scope }

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let agent = CubeRequest.Dimension.column(.stored(.userAgent))
    let layout = CubeLayout([agent, .column(.stored(.status)), .column(.stored(.limit))])
    var answers: [Int64: AnswerCounts] = [:]
    for cell in try await traffic.cube(layout.request(scope)).cells {
      answers[layout.key(agent, of: cell), default: AnswerCounts()].add(
        status: layout.key(.status, of: cell), limit: layout.key(.limit, of: cell), count: cell.requests)
    }
    let rows = answers.map { key, answers in
      let text = traffic.text(key)
      return Row(agent: text, kind: ClientKind(agent: text), answers: answers)
    }.sorted { ($1.answers.requests, $0.agent ?? "") < ($0.answers.requests, $1.agent ?? "") }
    return Answer(rows: rows, kinds: Self.kinds(rows))
  }

  private static func kinds(_ rows: [Row]) -> [Kind] {
    var kinds: [ClientKind: Kind] = [:]
    for row in rows {
      kinds[row.kind, default: Kind(kind: row.kind, agents: 0, answers: AnswerCounts())].answers.add(row.answers)
      if row.agent != nil { kinds[row.kind]?.agents += 1 }
    }
    return kinds.values.sorted {
      ($1.answers.requests, $0.kind.name) < ($0.answers.requests, $1.kind.name)
    }
  }
}
