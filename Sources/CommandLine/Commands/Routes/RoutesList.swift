import Reporting
import Traffic

/// `routes list`: which template belongs to which route, and why.
struct RoutesList: Command {
  let words = ["routes", "list"]
  let summary = "every path template with its route and the reason"
  let examples = [Example("headroom routes list --sort requests", "the busiest templates first")]
  let options = CommonOptions.storeOutput

  func run(_ invocation: Invocation) async throws -> ExitCode {
    try invocation.print(Self.document(try await invocation.openStore().routes()))
    return .done
  }

  static func document(_ routes: [RouteEntry]) -> Document {
    let table = Table(
      key: "templates",
      columns: [
        Column("template", "Template", .text), Column("route", "Route", .text),
        Column("requests", "Requests", .integer),
        Column("reason", "Reason", .text),
      ],
      rows: routes.map { [.text($0.template), .text($0.route), .integer($0.requests), .text($0.reason)] },
      total: [.text("all"), .absent, .integer(routes.reduce(0) { $0 + $1.requests }), .absent])
    return Document(name: "templates", title: "Templates and routes", blocks: [.table(table)])
  }
}
