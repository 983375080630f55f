extension StoreWriter {
  /// Takes the contribution of a source out again: rows, rollups, rejections and its place in the ledger.
  /// - Throws: `noSuchSource`.
  public func forget(_ id: SourceID) throws(StoreError) {
    try atOnce { () throws(StoreError) in
      guard try Ledger.record(id, connection) != nil else { throw StoreError(.noSuchSource(id.rawValue), file: file) }
      try SegmentRemoval.remove("source = \(id.rawValue)", connection)
      for table in ["rollup", "rejection", "rejected_line", "source_alias"] {
        try connection.execute("DELETE FROM \(table) WHERE source = \(id.rawValue)")
      }
      try connection.execute("DELETE FROM source WHERE id = \(id.rawValue)")
      segments.forgetSequences()
      try setNote(StoredNotes.staleRoutes, "1")
    }
  }

  /// Gives back space: texts that no row uses any more, and free pages.
  /// - Throws: `busy` while readers are at work.
  public func compact() throws(StoreError) {
    precondition(!connection.isInTransaction, "what is pending is committed or abandoned before compacting")
    try atOnce { () throws(StoreError) in
      try UnusedSymbols.remove(connection)
      try symbols.forgetAll(connection)
    }
    try connection.execute("VACUUM")
    try checkpoint()
  }
}

/// Finds the symbols that nothing refers to.
enum UnusedSymbols {
  static func remove(_ connection: borrowing Connection) throws(StoreError) {
    var used = SymbolSet()
    try collectFromSegments(into: &used, connection)
    try collect("SELECT template FROM template_route UNION SELECT route FROM template_route", into: &used, connection)
    try collect(
      "SELECT template FROM rollup UNION SELECT method FROM rollup UNION SELECT route_name FROM rollup", into: &used,
      connection)
    // The highest number stays: the next one is counted from it.
    var rows = try connection.prepare("SELECT id FROM symbol WHERE id < (SELECT max(id) FROM symbol)")
    var unused: [Int64] = []
    while try rows.step() {
      if !used.contains(rows.integer(0)) { unused.append(rows.integer(0)) }
    }
    var drop = try connection.prepare("DELETE FROM symbol WHERE id = ?")
    for symbol in unused {
      drop.bind(1, symbol)
      try drop.run()
    }
  }

  private static func collectFromSegments(
    into used: inout SymbolSet, _ connection: borrowing Connection
  ) throws(StoreError) {
    var rows = try connection.prepare("SELECT id, symbols FROM segment_data")
    while try rows.step() {
      guard let numbers = rows.withBlob(1, { SymbolNumbers.decode($0) }) else {
        throw StoreError(.corrupt("symbol list of segment \(rows.integer(0) >> 8)"), file: connection.file)
      }
      for number in numbers { used.insert(number) }
    }
  }

  private static func collect(
    _ sql: String, into used: inout SymbolSet, _ connection: borrowing Connection
  ) throws(StoreError) {
    var rows = try connection.prepare(sql)
    while try rows.step() { used.insert(rows.integer(0)) }
  }
}
