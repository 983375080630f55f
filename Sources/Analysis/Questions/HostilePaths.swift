public import Traffic

/// Which paths that only scanners ask for were asked for, and were any answered?
///
/// Looks at templates, a few hundred texts: what hides in the values of a query is not seen.
public struct HostilePaths: Question, Hashable {
  public struct Row: Hashable, Sendable {
    public var template: String
    public var requests: Int64
    /// Status 2xx or 3xx.
    public var answered: Int64
  }

  public var scope: Scope
  public init(scope: Scope = Scope()) { self.scope = scope }

  /// By falling number of requests, then by text.
  public func answer(from traffic: any TrafficSource) async throws -> [Row] {
    let layout = CubeLayout([.column(.stored(.path)), .statusClass])
    var rows: [Int64: Row] = [:]
    var harmless: Set<Int64> = []
    for cell in try await traffic.cube(layout.request(scope)).cells {
      let path = layout.key(.path, of: cell)
      guard !harmless.contains(path), let text = traffic.text(path) else { continue }
      guard rows[path] != nil || HostilePath.isOne(text) else {
        harmless.insert(path)
        continue
      }
      let isAnswered = (2...3).contains(layout.key(.statusClass, of: cell))
      rows[path, default: Row(template: text, requests: 0, answered: 0)].requests += cell.requests
      if isAnswered { rows[path]?.answered += cell.requests }
    }
    return rows.values.sorted { ($1.requests, $0.template) < ($0.requests, $1.template) }
  }
}
