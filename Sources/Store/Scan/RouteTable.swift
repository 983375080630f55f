internal import Traffic

/// Which route each template belongs to.
struct RouteTable: Sendable {
  /// By template: their numbers are small in any store that we wrote.
  private var routes: [Int64] = []
  private var others: [Int64: Int64] = [:]

  private static let mostInOrder: Int64 = 1 << 20

  init() {}

  init(_ connection: borrowing Connection) throws(StoreError) {
    var rows = try connection.prepare("SELECT template, route FROM template_route ORDER BY template")
    while try rows.step() { put(rows.integer(1), ofTemplate: rows.integer(0)) }
  }

  private mutating func put(_ route: Int64, ofTemplate template: Int64) {
    guard template >= 0, template < Self.mostInOrder else { return others[template] = route }
    let missing = Int(template) + 1 - routes.count
    if missing > 0 { routes.append(contentsOf: repeatElement(.absent, count: missing)) }
    routes[Int(template)] = route
  }

  /// The route's symbol, `absent` for a template without one.
  func route(ofTemplate template: Int64) -> Int64 {
    if template >= 0, template < routes.count { return routes[Int(template)] }
    return others.isEmpty ? .absent : others[template] ?? .absent
  }
}
