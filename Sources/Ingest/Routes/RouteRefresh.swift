public import Gateways
public import Store
import Traffic

/// Maps the templates of a store to routes: declared routes first, learned ones for the rest.
public enum RouteRefresh {
  /// Statuses of requests that no route took.
  private static let unroutedStatuses: Set<Int64> = [400, 404, 405, 414]

  /// Learns the routes of all committed rows anew and writes them.
  ///
  /// - Parameter declared: nil keeps what was declared before.
  public static func run(_ writer: StoreWriter, declared: RouteTable? = nil) async throws {
    let table: RouteTable
    if let declared {
      try await writer.setNote(declaredNote, declared.encoded())
      table = declared
    } else {
      table = RouteTable(encoded: try await writer.note(declaredNote) ?? "")
    }
    let store = try TrafficStore(file: writer.file)
    let templates = try await evidence(store)
    var routes: [Int64: RouteAssignment] = [:]
    var undeclared: [RouteLearner.Evidence] = []
    for (symbol, evidence) in templates {
      if let rule = table.rule(forTemplate: evidence.template) {
        routes[symbol] = RouteAssignment(route: rule.label, reason: "declared in \(rule.origin)")
      } else {
        undeclared.append(evidence)
      }
    }
    let learned = RouteLearner().learn(undeclared)
    for (symbol, evidence) in templates where routes[symbol] == nil {
      routes[symbol] = learned[evidence.template]
    }
    if try store.routes() != routes { try await writer.setRoutes(routes) }
    try await writer.markRoutesFresh()
  }

  /// The route that requests of a template not seen yet would get: a declared one, else the template's own path.
  public static func expectedRoute(of template: String, in store: TrafficStore?) throws -> RouteAssignment {
    let table = RouteTable(encoded: try store?.note(declaredNote) ?? "")
    if let rule = table.rule(forTemplate: template) {
      return RouteAssignment(route: rule.label, reason: "declared in \(rule.origin)")
    }
    let route = RouteLearner.numbered(RouteLearner.segments(of: template))
    return RouteAssignment(route: route, reason: "the template's own path; no request of it is stored")
  }

  private static let declaredNote = "declared_routes"

  /// Every template with its requests, by symbol.
  private static func evidence(
    _ store: TrafficStore
  ) async throws -> [(symbol: Int64, evidence: RouteLearner.Evidence)] {
    let cube = try await store.cube(
      CubeRequest(dimensions: [.column(.stored(.path)), .column(.stored(.status))]))
    var counts: [Int64: (requests: Int64, unmatched: Int64)] = [:]
    for cell in cube.cells where cell.key[0] != .absent {
      counts[cell.key[0], default: (0, 0)].requests += cell.requests
      if unroutedStatuses.contains(cell.key[1]) { counts[cell.key[0], default: (0, 0)].unmatched += cell.requests }
    }
    let symbols = counts.keys.sorted()
    let texts = try store.symbolTexts(symbols)
    return zip(symbols, texts).map { symbol, text in
      let count = counts[symbol]!
      return (
        symbol, RouteLearner.Evidence(template: text ?? "", requests: count.requests, unmatched: count.unmatched)
      )
    }
  }
}
