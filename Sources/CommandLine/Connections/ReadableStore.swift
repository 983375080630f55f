import Analysis
import Reporting
import Store
import Traffic

/// A store file opened for reading, as commands see it.
struct ReadableStore: OpenStore {
  let store: TrafficStore

  init(_ store: TrafficStore) { self.store = store }

  var traffic: any TrafficSource { store }

  func ledger() async throws -> [LedgerEntry] {
    try store.sources().map { record in
      let counts = try store.rejections(record.id).counts
      return LedgerEntry(
        number: record.id.rawValue, path: record.description.path, node: record.description.node,
        format: record.description.format, basis: record.description.basis, resolution: record.description.resolution,
        lines: record.lines, requests: record.requests, blank: record.progress.blank, rejected: record.rejected,
        rejections: RejectReason.allCases.compactMap { reason in
          counts[reason].map { LedgerEntry.RejectionCount(reason: reason, lines: $0) }
        },
        firstArrival: record.progress.firstArrival, lastArrival: record.progress.lastArrival,
        isComplete: record.isComplete, aliases: record.aliases, importedAt: record.description.importedAt,
        storedBytes: record.storedBytes, keptSingly: record.rawRows)
    }
  }

  func information() async throws -> [Fact] {
    let information = try store.information()
    return [
      Fact("file_bytes", "Size", .bytes(information.fileBytes)),
      Fact("requests", "Requests kept singly", .integer(information.rows)),
      Fact("bytes_per_request", "Bytes per request", perRow(information)),
      Fact("sources", "Sources", .integer(information.sources)),
      Fact("segments", "Segments", .integer(information.segments)),
      Fact("rollups", "Rollups", .integer(information.rollups)),
      Fact("symbols", "Distinct texts", .integer(information.symbols)),
      Fact("symbol_bytes", "Bytes of texts", .bytes(information.symbolBytes)),
      Fact("symbol_overflow", "Texts beyond the limit", .integer(information.symbolOverflow)),
      Fact("first", "First arrival", .time(information.firstArrival)),
      Fact("last", "Last arrival", .time(information.lastArrival)),
      Fact("schema_version", "Schema version", .integer(information.schemaVersion)),
    ]
  }

  private func perRow(_ information: StoreInformation) -> Cell {
    guard information.rows > 0 else { return .absent }
    return .real((Double(information.fileBytes) / Double(information.rows) * 10).rounded() / 10)
  }

  func verify() async throws -> [String] { try store.verify().map(\.description) }

  func routes() async throws -> [RouteEntry] {
    let assignments = try store.routes()
    return try await store.templates().map { template in
      let assignment = assignments[template.symbol]
      return RouteEntry(
        template: template.text, route: assignment?.route ?? template.text,
        reason: assignment?.reason ?? "the template itself", requests: template.requests)
    }.sorted { ($1.requests, $0.template) < ($0.requests, $1.template) }
  }

  func note(_ name: String) async throws -> String? { try store.note(name) }

  func forEachBatch(
    _ columns: [ScanColumn], _ filter: TrafficFilter, withPaths: Bool,
    _ body: (borrowing ColumnBatch, ExactPaths) throws -> Void
  ) throws {
    var cursor = try RowCursor(store, columns, filter: filter, withPaths: withPaths)
    while try cursor.nextBatch({ batch, paths in
      try body(batch, ExactPaths { row, path in paths.appendPath(row, to: &path) })
    }) {}
  }

  func query(_ sql: String, into receiver: inout some SQLReceiver) throws {
    let session = try SQLSession(store)
    var rows = try session.run(sql)
    try receiver.begin(columns: rows.names)
    while let row = try rows.next() { try receiver.take(row.map(value)) }
  }

  private func value(_ value: SQLValue) -> SQLAnswer.Value {
    switch value {
    case .null: .null
    case .integer(let number): .integer(number)
    case .real(let number): .real(number)
    case .text(let text): .text(text)
    case .blob(let bytes): .blob(bytes)
    }
  }
}
