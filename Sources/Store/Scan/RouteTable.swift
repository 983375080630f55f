internal import Traffic

/// Which route each template belongs to.
struct RouteTable: Sendable {
  private var routes: [Int64: Int64] = [:]

  init() {}

  init(_ connection: borrowing Connection) throws(StoreError) {
    var rows = try connection.prepare("SELECT template, route FROM template_route")
    while try rows.step() { routes[rows.integer(0)] = rows.integer(1) }
  }

  /// The route's symbol, `absent` for a template without one.
  func route(ofTemplate template: Int64) -> Int64 { routes[template] ?? .absent }
}
