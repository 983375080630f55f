/// `routes set FILE`: maps templates to routes by declared patterns, without importing again.
struct RoutesSet: Command {
  let words = ["routes", "set"]
  let summary = "map templates to the routes of a file, without importing again"
  let examples = [Example("headroom routes set openapi.json", "routes from an OpenAPI file or a list of patterns")]
  let arguments = [Argument(name: "FILE", summary: "an OpenAPI file, or one route pattern per line")]
  let options = [CommonOptions.store, CommonOptions.quiet]

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let store = try await invocation.session.services.changeStore(invocation.storePath)
    let changed = try await store.setRoutes(file: invocation.arguments.positional[0])
    try invocation.say("\(changed) templates changed their route; 'headroom routes list' shows them")
    return .done
  }
}
