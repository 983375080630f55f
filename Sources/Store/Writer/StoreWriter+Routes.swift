internal import Traffic

/// A path template of the store and how often it was requested.
public struct StoredTemplate: Hashable, Sendable {
  public var symbol: Int64
  public var text: String
  public var requests: Int64
}

/// The route of a template, and why.
public struct RouteAssignment: Hashable, Sendable {
  public var route: String
  public var reason: String
  public init(route: String, reason: String) {
    self.route = route
    self.reason = reason
  }
}

extension StoreWriter {
  /// Maps templates to routes; templates not mentioned keep the route they have. At once, or with the pending commit.
  public func setRoutes(_ routes: [Int64: RouteAssignment]) throws(StoreError) {
    try atOnce { () throws(StoreError) in
      var insert = try connection.prepare(
        """
        INSERT INTO template_route(template, route, reason) VALUES(?, ?, ?)
        ON CONFLICT(template) DO UPDATE SET route = excluded.route, reason = excluded.reason
        """)
      for (template, assignment) in routes.sorted(by: { $0.key < $1.key }) {
        insert.bind(1, template)
        insert.bind(2, try symbols.number(of: assignment.route))
        insert.bind(3, assignment.reason)
        try insert.run()
      }
    }
  }

  /// Forgets all routes, so that they can be learnt or set anew.
  public func clearRoutes() throws(StoreError) {
    try atOnce { () throws(StoreError) in try connection.execute("DELETE FROM template_route") }
  }

  /// The templates of the committed rows with their requests, by text.
  public func templates() async throws -> [StoredTemplate] { try await TrafficStore(file: file).templates() }
}

extension TrafficStore {
  /// The templates of the store with their requests, by text. Reads one column of all segments.
  public func templates() async throws -> [StoredTemplate] {
    let cube = try await cube(CubeRequest(dimensions: [.column(.stored(.path))]))
    let cells = cube.cells.filter { $0.key[0] != .absent }
    let texts = try symbolTexts(cells.map { $0.key[0] })
    let templates = zip(cells, texts).map { cell, text in
      StoredTemplate(symbol: cell.key[0], text: text ?? "", requests: cell.requests)
    }
    return templates.sorted { ($0.text, $0.symbol) < ($1.text, $1.symbol) }
  }

  /// The route of every template that has one, by template symbol.
  public func routes() throws(StoreError) -> [Int64: RouteAssignment] {
    try withConnection { connection throws(StoreError) in
      var rows = try connection.prepare(
        """
        SELECT r.template, s.text, r.reason FROM template_route r JOIN symbol s ON s.id = r.route
        """)
      var routes: [Int64: RouteAssignment] = [:]
      while try rows.step() { routes[rows.integer(0)] = RouteAssignment(route: rows.text(1), reason: rows.text(2)) }
      return routes
    }
  }
}
