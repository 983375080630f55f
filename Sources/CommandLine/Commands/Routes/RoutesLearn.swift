/// `routes learn`: merges sibling segments of high cardinality into variables, by what the traffic shows.
struct RoutesLearn: Command {
  let words = ["routes", "learn"]
  let summary = "find routes in the traffic: merge sibling segments that are values of one variable"
  let examples = [Example("headroom routes learn", "after importing new kinds of traffic")]
  let options = [CommonOptions.store, CommonOptions.quiet]

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let changed = try await invocation.session.services.changeStore(invocation.storePath).learnRoutes()
    try invocation.say("\(changed) templates changed their route; 'headroom routes list' shows them")
    return .done
  }
}
