import Reporting

/// `store info`: size, rows, time span and schema of the store.
struct StoreInfo: Command {
  let words = ["store", "info"]
  let summary = "size, rows, time span and version of the store"
  let examples = [Example("headroom store info", "how big is it, and from when to when?")]
  let options = CommonOptions.storeOutput

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let facts = try await invocation.openStore().information()
    try invocation.print(Document(name: "store", title: "Store " + invocation.storePath, blocks: [.facts(facts)]))
    return .done
  }
}
