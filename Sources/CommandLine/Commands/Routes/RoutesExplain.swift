import Reporting
import Traffic

/// `routes explain PATH`: how a request target comes to its route.
struct RoutesExplain: Command {
  let words = ["routes", "explain"]
  let summary = "how a path comes to its template and route, segment by segment"
  let examples = [
    Example("headroom routes explain /users/812/orders?x=1", "which segments are variables, and by which rule")
  ]
  let arguments = [Argument(name: "PATH", summary: "a request target as logged")]
  let options = CommonOptions.storeOutput

  func run(_ invocation: Invocation) async throws -> ExitCode {
    // A named store must exist; the default one only adds the route when it does.
    let isNamed = invocation.has("store") || invocation.session.environment["HEADROOM_STORE"] != nil
    let store: (any OpenStore)?
    do { store = try await invocation.openStore() } catch {
      if isNamed { throw error }
      store = nil
    }
    let target = invocation.arguments.positional[0]
    try invocation.print(Self.document(try await invocation.session.services.explainRoute(target, store: store)))
    return .done
  }

  static func document(_ explanation: RouteExplanation) -> Document {
    let facts = [
      Fact("target", "Target", .text(explanation.target)),
      Fact("template", "Template", .text(explanation.template)),
      Fact("route", "Route", .words(explanation.route)), Fact("reason", "Reason", .words(explanation.reason)),
    ]
    let table = Table(
      key: "segments",
      columns: [
        Column("segment", "Segment", .text), Column("becomes", "Becomes", .text), Column("rule", "Rule", .text),
      ],
      rows: explanation.steps.map { [.text($0.segment), .text($0.becomes), .text($0.rule)] })
    return Document(name: "route", title: "Route of a path", blocks: [.facts(facts), .table(table)])
  }
}
