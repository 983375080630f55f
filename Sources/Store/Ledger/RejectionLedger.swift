internal import Traffic

/// Reads and writes the tables `rejection` and `rejected_line`.
enum RejectionLedger {
  static func add(
    _ counts: [RejectReason: Int], kept: [Rejection], to id: SourceID, isTail: Bool,
    _ connection: borrowing Connection
  ) throws(StoreError) {
    var count = try connection.prepare(
      """
      INSERT INTO rejection(source, reason, is_tail, lines) VALUES(?, ?, ?, ?)
      ON CONFLICT(source, reason, is_tail) DO UPDATE SET lines = lines + excluded.lines
      """)
    for (reason, lines) in counts where lines > 0 {
      count.bind(1, id.rawValue)
      count.bind(2, Int64(reason.rawValue))
      count.bind(3, isTail)
      count.bind(4, lines)
      try count.run()
    }
    try keep(kept, of: id, isTail: isTail, connection)
  }

  private static func keep(
    _ rejections: [Rejection], of id: SourceID, isTail: Bool, _ connection: borrowing Connection
  ) throws(StoreError) {
    var room: [RejectReason: Int] = [:]
    for rejection in rejections {
      let reason = rejection.reason
      if room[reason] == nil {
        room[reason] = Limits.rejectedTexts - (try stored(reason, of: id, connection))
      }
      guard let left = room[reason], left > 0 else { continue }
      room[reason] = left - 1
      try insert(rejection, of: id, isTail: isTail, connection)
    }
  }

  private static func stored(
    _ reason: RejectReason, of id: SourceID, _ connection: borrowing Connection
  ) throws(StoreError) -> Int {
    let count = try connection.integer(
      "SELECT count(*) FROM rejected_line WHERE source = \(id.rawValue) AND reason = \(reason.rawValue)")
    return Int(count ?? 0)
  }

  private static func insert(
    _ rejection: Rejection, of id: SourceID, isTail: Bool, _ connection: borrowing Connection
  ) throws(StoreError) {
    var insert = try connection.prepare("INSERT OR IGNORE INTO rejected_line VALUES(?, ?, ?, ?, ?, ?, ?, ?)")
    insert.bind(1, id.rawValue)
    insert.bind(2, Int64(rejection.reason.rawValue))
    insert.bind(3, rejection.line)
    insert.bind(4, rejection.byteOffset)
    insert.bind(5, optional: rejection.field.map { Int64($0.rawValue) })
    insert.bind(6, rejection.position)
    insert.bind(7, isTail)
    insert.bind(8, Array(rejection.text.prefix(Limits.rejectedTextBytes)))
    try insert.run()
  }

  /// Rejected lines of a source by reason, provisional ones included.
  static func counts(
    of id: SourceID, _ connection: borrowing Connection
  ) throws(StoreError) -> [RejectReason: Int64] {
    var rows = try connection.prepare("SELECT reason, sum(lines) FROM rejection WHERE source = ? GROUP BY reason")
    rows.bind(1, id.rawValue)
    var counts: [RejectReason: Int64] = [:]
    while try rows.step() {
      if let reason = RejectReason(rawValue: UInt8(clamping: rows.integer(0))) { counts[reason] = rows.integer(1) }
    }
    return counts
  }

  /// The lines kept of a source, by line.
  static func lines(of id: SourceID, _ connection: borrowing Connection) throws(StoreError) -> [Rejection] {
    var rows = try connection.prepare(
      "SELECT reason, field, line, byte_offset, position, text FROM rejected_line WHERE source = ? ORDER BY line")
    rows.bind(1, id.rawValue)
    var lines: [Rejection] = []
    while try rows.step() {
      guard let reason = RejectReason(rawValue: UInt8(clamping: rows.integer(0))) else { continue }
      let field = rows.optionalInteger(1).flatMap { RequestColumn(rawValue: UInt8(clamping: $0)) }
      lines.append(
        Rejection(
          reason: reason, field: field, line: rows.integer(2), byteOffset: rows.integer(3),
          position: rows.integer(4), text: rows.bytes(5)))
    }
    return lines
  }
}
