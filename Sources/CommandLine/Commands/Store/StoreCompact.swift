import Reporting

/// `store compact`: gives freed space back.
struct StoreCompact: Command {
  let words = ["store", "compact"]
  let summary = "give freed space back to the file system"
  let examples = [Example("headroom store compact", "after 'store forget' or 'store retain'")]
  let options = [CommonOptions.store, CommonOptions.quiet]

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let sizes = try await invocation.session.services.changeStore(invocation.storePath).compact()
    try invocation.say("\(UnitText.bytes(sizes.before)) before, \(UnitText.bytes(sizes.after)) after")
    return .done
  }
}
