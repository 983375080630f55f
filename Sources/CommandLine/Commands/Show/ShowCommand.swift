import Analysis
import Reporting
import Traffic

/// `headroom show WHAT`: opens the store, asks one question, prints its document.
protocol ShowCommand: Command {
  var what: String { get }
  /// Options beyond those of every table.
  var moreOptions: [Option] { get }
  /// Reads single requests, so that old ones which live on in rollups are not in the table.
  var readsSingleRequests: Bool { get }
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
  var readsSingleRequests: Bool { false }
  var options: [Option] { moreOptions + CommonOptions.query }

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let store = try await invocation.openStore()
    let ledger = try await store.ledger()
    let view = StoreView(
      traffic: store.traffic, ledger: ledger, scope: try invocation.scope(ledger), invocation: invocation)
    var document = try await document(view)
    let rolledUp = ledger.reduce(0) { $0 + $1.requests - $1.keptSingly }
    if readsSingleRequests, rolledUp > 0 { document.blocks.append(.note(Self.rollupNote(rolledUp))) }
    try invocation.print(document)
    return .done
  }

  private static func rollupNote(_ rolledUp: Int64) -> String {
    "\(UnitText.integer(rolledUp)) older requests of the store are kept as totals per minute, hour or day and are not"
      + " in this table; 'headroom show hours' counts them."
  }
}
