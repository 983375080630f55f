public import Traffic

/// Which values of a column have most requests?
public struct BusiestKeys: Question, Hashable {
  public struct Key: Hashable, Sendable {
    public var name: String
    public var requests: Int64
  }

  public struct Answer: Hashable, Sendable {
    /// By falling requests, then by name; requests without a value are left out.
    public var keys: [Key]
    public var requests: Int64
  }

  /// Values that are told.
  static let most = 20

  public var scope: Scope
  public var column: ScanColumn

  public init(scope: Scope, column: ScanColumn) {
    self.scope = scope
    self.column = column
  }

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let layout = CubeLayout([.column(column)])
    let cells = try await traffic.cube(layout.request(scope)).cells
    let busiest = cells.filter { $0.key[0] != .absent }
      .sorted { ($1.requests, $0.key[0]) < ($0.requests, $1.key[0]) }.prefix(Self.most)
    let keys = busiest.map { Key(name: traffic.text(of: $0.key[0], in: column) ?? "?", requests: $0.requests) }
    return Answer(
      keys: keys.sorted { ($1.requests, $0.name) < ($0.requests, $1.name) },
      requests: cells.reduce(0) { $0 + $1.requests })
  }
}
