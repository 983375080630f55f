extension RollupTable {
  /// Reads rollups into columns.
  struct Reading: Sendable {
    /// Columns of the table, in the order of the statement.
    let stored: [RollupColumn]
    let needsRoutes: Bool
    /// Otherwise they are checked but not decoded.
    let needsSketches: Bool

    /// - Parameter columns: what is wanted; the rest need not be read.
    init(_ columns: Set<RollupColumn>) {
      // The checksum covers the requests.
      let wanted = columns.reduce(into: Set([RollupColumn.requests])) { $0.formUnion($1.sources) }
      stored = RollupColumn.allCases.filter { wanted.contains($0) && $0.storedName != nil }
      needsRoutes = columns.contains(.route)
      needsSketches = !columns.isDisjoint(with: RollupColumn.ofSketch)
    }

    /// Calls `body` with batch after batch of a stretch.
    /// - Throws: `corrupt` for a damaged rollup.
    func read(
      _ stretch: RollupStretch, _ connection: borrowing Connection, into room: inout RollupRoom,
      _ body: (borrowing RollupRoom) -> Void
    ) throws(StoreError) {
      var rows = try connection.prepare(
        """
        SELECT \(stored.compactMap(\.storedName).joined(separator: ", ")), checksum, sketch FROM rollup
        WHERE source = \(stretch.source) AND start BETWEEN \(stretch.starts.lowerBound) AND \(stretch.starts.upperBound)
        """)
      room.clear()
      while try rows.step() {
        guard room.append(rows, self) else {
          throw StoreError(.corrupt("rollup of source \(stretch.source) in \(stretch.starts)"), file: connection.file)
        }
        if room.isFull {
          body(room)
          room.clear()
        }
      }
      body(room)
    }
  }
}
