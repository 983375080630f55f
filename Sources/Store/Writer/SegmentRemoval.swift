/// Takes segments out of the store, with everything that belongs to them.
enum SegmentRemoval {
  /// Removes the segments that a condition on the table `segment` selects.
  /// - Returns: how many rows went away.
  @discardableResult
  static func remove(_ condition: String, _ connection: borrowing Connection) throws(StoreError) -> Int64 {
    let segments = try list(condition, connection)
    guard !segments.isEmpty else { return 0 }
    let columns = try columnNumbers(connection)
    var dropColumn = try connection.prepare("DELETE FROM segment_column WHERE \"column\" = ? AND segment = ?")
    var dropData = try connection.prepare("DELETE FROM segment_data WHERE id BETWEEN ? AND ?")
    var dropSegment = try connection.prepare("DELETE FROM segment WHERE id = ?")
    for (id, _) in segments {
      for column in columns {
        dropColumn.bind(1, column)
        dropColumn.bind(2, id)
        try dropColumn.run()
      }
      dropData.bind(1, SegmentData.key(segment: id, column: 0))
      dropData.bind(2, SegmentData.key(segment: id, column: .max))
      try dropData.run()
      dropSegment.bind(1, id)
      try dropSegment.run()
    }
    return segments.reduce(0) { $0 + $1.rows }
  }

  private static func list(
    _ condition: String, _ connection: borrowing Connection
  ) throws(StoreError) -> [(id: Int64, rows: Int64)] {
    var select = try connection.prepare("SELECT id, rows FROM segment WHERE \(condition)")
    var segments: [(id: Int64, rows: Int64)] = []
    while try select.step() { segments.append((select.integer(0), select.integer(1))) }
    return segments
  }

  /// The column numbers in use, found by skipping along the primary key.
  private static func columnNumbers(_ connection: borrowing Connection) throws(StoreError) -> [Int64] {
    var next = try connection.prepare("SELECT min(\"column\") FROM segment_column WHERE \"column\" > ?")
    var numbers: [Int64] = []
    while true {
      next.bind(1, numbers.last ?? -1)
      guard try next.step(), let number = next.optionalInteger(0) else { return numbers }
      numbers.append(number)
      next.reset()
    }
  }
}
