import Analysis
import Reporting

/// `store forget SOURCE`: takes a source's contribution out again.
struct StoreForget: Command {
  let words = ["store", "forget"]
  let summary = "take a source's contribution out again"
  let examples = [
    Example("headroom show sources", "the numbers of the sources"),
    Example("headroom store forget 7", "as if source 7 had never been read"),
  ]
  let arguments = [Argument(name: "SOURCE", summary: "number or path as 'show sources' lists it")]
  let options = [CommonOptions.store, CommonOptions.quiet]

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let source = try await number(invocation.arguments.positional[0], invocation)
    let path = try await invocation.session.services.changeStore(invocation.storePath).forget(source: source)
    try invocation.say("forgot source \(source), \(path)")
    return .done
  }

  private func number(_ text: String, _ invocation: Invocation) async throws -> Int64 {
    if let number = Int64(text), number > 0 { return number }
    let ledger = try await invocation.openStore().ledger()
    let matches = ledger.filter { $0.path == text || $0.aliases.contains(text) }
    guard matches.count == 1 else {
      throw Diagnostic(
        matches.isEmpty ? "no source is called '\(text)'" : "\(matches.count) sources are called '\(text)'",
        place: invocation.storePath, help: "'headroom show sources' lists them; give the number.")
    }
    return matches[0].number
  }
}
