import Analysis
import Reporting
import Traffic

/// `headroom show WHAT`: opens the store, asks one question, prints its document.
protocol ShowCommand: Command {
  var what: String { get }
  /// Options beyond those of every table.
  var moreOptions: [Option] { get }
  func document(_ view: StoreView) async throws -> Document
}

/// An open store and the part of it that was asked for.
struct StoreView: Sendable {
  let traffic: any TrafficSource
  let ledger: [LedgerEntry]
  let scope: Scope
  let invocation: Invocation
}

extension ShowCommand {
  var words: [String] { ["show", what] }
  var moreOptions: [Option] { [] }
  var options: [Option] { moreOptions + CommonOptions.query }

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let store = try await invocation.openStore()
    let ledger = try await store.ledger()
    let view = StoreView(
      traffic: store.traffic, ledger: ledger, scope: try invocation.scope(ledger), invocation: invocation)
    try invocation.print(try await document(view))
    return .done
  }
}
