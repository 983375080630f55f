public import Traffic

/// Who called, from how many addresses, and what were they answered?
///
/// One reading of four columns answers for consumers, addresses and what they share. Peaks are another question.
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

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let tally = try await traffic.scan(
      ScanRequest(columns: CallerTally.columns, filter: scope.filter, threads: scope.threads), CallerTally())
    return Answer(
      consumers: Self.rows(tally) { ($0.first, $0.second) }, clients: Self.rows(tally) { ($0.second, $0.first) },
      total: tally.answers.reduce(into: AnswerCounts()) { $0.add($1) })
  }

  /// Adds up the pairs by one of their sides.
  private static func rows(_ tally: CallerTally, _ sides: (GroupKey) -> (own: Int64, other: Int64)) -> [Row] {
    var table = KeyTable()
    var rows: [Row] = []
    for (pair, key) in tally.table.keys.enumerated() {
      let (own, other) = sides(key)
      let index = table.index(of: GroupKey(first: own))
      if index == rows.count { rows.append(Row(caller: own, answers: AnswerCounts(), partners: 0)) }
      rows[index].answers.add(tally.answers[pair])
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
