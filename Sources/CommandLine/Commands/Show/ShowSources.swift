import Analysis
import Reporting
import Traffic

/// `show sources`: the import ledger.
struct ShowSources: ShowCommand {
  let what = "sources"
  let rollups = RollupUse.told
  let summary = "the import ledger: every file that was read, and what it gave"
  let examples = [
    Example("headroom show sources", "which files are in the store"),
    Example("headroom store forget 7", "take source 7 out again"),
  ]
  var options: [Option] { CommonOptions.storeOutput }

  func document(_ view: StoreView) async throws -> Document { Self.document(view.ledger) }

  static func document(_ ledger: [LedgerEntry]) -> Document {
    let columns = [
      Column("source", "Source", .integer), Column("path", "Path", .text), Column("node", "Node", .text),
      Column("format", "Format", .text), Column("lines", "Lines", .integer),
      Column("requests", "Requests", .integer),
      Column("rejected", "Rejected", .integer), Column("first", "First", .timestamp),
      Column("last", "Last", .timestamp),
      Column("stored_bytes", "Stored", .bytes), Column("complete", "Complete", .flag),
      Column("also_seen_as", "Also seen as", .text),
    ]
    let table = Table(
      key: "sources", columns: columns, rows: ledger.sorted { $0.number < $1.number }.map(row),
      total: [
        .absent, .text("all"), .absent, .absent, sum(ledger, \.lines), sum(ledger, \.requests),
        sum(ledger, \.rejected),
        .time(ledger.compactMap(\.firstArrival).min()), .time(ledger.compactMap(\.lastArrival).max()),
        .bytes(ledger.reduce(0) { $0 + $1.storedBytes }), .absent, .absent,
      ])
    return Document(name: "sources", title: "Sources", blocks: [.table(table)])
  }

  private static func row(_ entry: LedgerEntry) -> [Cell] {
    [
      .integer(entry.number), .text(entry.path), .words(entry.node), .text(entry.format), .integer(entry.lines),
      .integer(entry.requests), .integer(entry.rejected), .time(entry.firstArrival), .time(entry.lastArrival),
      .bytes(entry.storedBytes), .flag(entry.isComplete),
      entry.aliases.isEmpty ? .absent : .text(entry.aliases.joined(separator: ", ")),
    ]
  }

  private static func sum(_ ledger: [LedgerEntry], _ count: KeyPath<LedgerEntry, Int64>) -> Cell {
    .integer(ledger.reduce(0) { $0 + $1[keyPath: count] })
  }
}
