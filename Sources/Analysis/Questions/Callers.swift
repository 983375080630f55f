public import Traffic

/// Who called, from how many addresses, and what were they answered?
///
/// One cube answers for consumers, addresses and what they share; it sees single requests only, as rollups name no
/// caller. Peaks are another question.
public struct Callers: Question, Hashable {
  public struct Row: Hashable, Sendable {
    /// Symbol of the consumer, or address code of the client; absent for requests without one.
    public var caller: Int64
    public var answers: AnswerCounts
    /// Of a consumer: distinct client addresses. Of an address: distinct consumers. Absent ones are not counted.
    public var partners: Int64
  }

  public struct Answer: Hashable, Sendable {
    /// By falling number of requests, then by number of the caller. Those without a name are one row.
    public var consumers: [Row]
    public var clients: [Row]
    public var total: AnswerCounts

    /// Whether the log names consumers, and addresses.
    public var knowsConsumers: Bool { consumers.contains { $0.caller != .absent } }
    public var knowsClients: Bool { clients.contains { $0.caller != .absent } }
  }

  public var scope: Scope
  public init(scope: Scope = Scope()) { self.scope = scope }

  private static let layout = CubeLayout([.consumer, .client, .status, .limit].map { .column(.stored($0)) })

  private typealias Pair = (consumer: Int64, client: Int64, answers: AnswerCounts)

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    var pairs: [Pair] = []
    // Cells of one pair follow one another.
    for cell in try await traffic.cube(Self.layout.request(scope.ofSingleRows)).cells {
      let (consumer, client) = (Self.layout.key(.consumer, of: cell), Self.layout.key(.client, of: cell))
      if pairs.last?.consumer != consumer || pairs.last?.client != client {
        pairs.append((consumer, client, AnswerCounts()))
      }
      pairs[pairs.count - 1].answers.add(
        status: Self.layout.key(.status, of: cell), limit: Self.layout.key(.limit, of: cell), count: cell.requests)
    }
    return Answer(
      consumers: Self.rows(pairs) { ($0.consumer, $0.client) }, clients: Self.rows(pairs) { ($0.client, $0.consumer) },
      total: pairs.reduce(into: AnswerCounts()) { $0.add($1.answers) })
  }

  /// Adds up the pairs by one of their sides.
  private static func rows(_ pairs: [Pair], _ sides: (Pair) -> (own: Int64, other: Int64)) -> [Row] {
    var table = KeyTable()
    var rows: [Row] = []
    for pair in pairs {
      let (own, other) = sides(pair)
      let index = table.index(of: GroupKey(first: own))
      if index == rows.count { rows.append(Row(caller: own, answers: AnswerCounts(), partners: 0)) }
      rows[index].answers.add(pair.answers)
      if other != .absent { rows[index].partners += 1 }
    }
    return rows.sorted {
      ($1.answers.requests, $0.caller) < ($0.answers.requests, $1.caller)
    }
  }
}

/// The first of many named rows, without asking for the names of all.
public enum NamedTop {
  /// The `count` largest by `size`, equal ones by name.
  public static func rows<Row>(
    _ rows: [Row], _ count: Int, by size: (Row) -> Int64, name: (Row) -> String
  ) -> [(row: Row, name: String)] {
    guard count > 0, !rows.isEmpty else { return [] }
    let sizes = rows.map(size).sorted(by: >)
    let smallest = sizes[min(count, sizes.count) - 1]
    return rows.filter { size($0) >= smallest }.map { (row: $0, name: name($0)) }
      .sorted { (size($1.row), $0.name) < (size($0.row), $1.name) }.prefix(count).map { $0 }
  }
}
