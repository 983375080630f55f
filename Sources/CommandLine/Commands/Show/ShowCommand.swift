import Analysis
import Reporting
import Traffic

/// `headroom show WHAT`: opens the store, asks one question, prints its document.
protocol ShowCommand: Command {
  var what: String { get }
  /// Options beyond those of every table.
  var moreOptions: [Option] { get }
  /// How requests that live on in rollups only are in the table.
  var rollups: RollupUse { get }
  func document(_ view: StoreView) async throws -> Document
}

/// What becomes of requests that are kept as totals only.
enum RollupUse: Sendable {
  /// They are in the table, as far as rollups know the column.
  case counted
  /// They are not in the table, which needs single requests.
  case missing
  /// The command says itself, or its table is of something else.
  case told
}

/// An open store and the part of it that was asked for.
struct StoreView: Sendable {
  let traffic: any TrafficSource
  let ledger: [LedgerEntry]
  let scope: Scope
  let invocation: Invocation

  /// Requests of the store that live in rollups only.
  var rolledUp: Int64 { ledger.reduce(0) { $0 + $1.requests - $1.keptSingly } }
}

extension ShowCommand {
  var words: [String] { ["show", what] }
  var moreOptions: [Option] { [] }
  var rollups: RollupUse { .counted }
  var options: [Option] { moreOptions + CommonOptions.query }

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let store = try await invocation.openStore()
    let ledger = try await store.ledger()
    let view = StoreView(
      traffic: store.traffic, ledger: ledger, scope: try invocation.scope(ledger), invocation: invocation)
    var document = try await document(view)
    if view.rolledUp > 0, let note = rollupNote(view.rolledUp) { document.blocks.append(.note(note)) }
    try invocation.print(document)
    return .done
  }

  private func rollupNote(_ rolledUp: Int64) -> String? {
    let older = "\(UnitText.integer(rolledUp)) older requests of the store are kept as totals per minute, hour or day"
    return switch rollups {
    case .counted:
      older + ": counted by route, method, outcome, status class and cache; a condition on anything else leaves them out."
    case .missing: older + " and are not in this table; 'headroom show hours' counts them."
    case .told: nil
    }
  }
}
