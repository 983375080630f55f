internal import Traffic

/// A segment as the catalogue lists it: all that is known without reading its rows.
struct SegmentEntry: Sendable {
  let id: Int64
  let source: Int64
  let rows: Int
  let firstArrival: Int64
  let lastArrival: Int64
  /// One per slot of the plan; nil where the segment does not have the column.
  var columns: [ColumnEntry?]
}

/// What the store knows of one column of one segment.
struct ColumnEntry: Sendable {
  let reference: RequestColumn?
  /// Extremes over the values that are not absent.
  let minimum: Int64
  let maximum: Int64
  let absentCount: Int
  let checksum: UInt64
  let symbolsChecksum: UInt64
}

/// Reads which segments there are and what their columns hold.
enum SegmentCatalogue {
  /// All segments in stored order: by source, then by place in it.
  /// - Throws: `corrupt` for a row count that no segment has.
  static func entries(
    overlapping window: ClosedRange<Int64>, slots: Int, _ connection: borrowing Connection
  ) throws(StoreError) -> [SegmentEntry] {
    var rows = try connection.prepare(
      """
      SELECT id, source, rows, first_arrival, last_arrival FROM segment
      WHERE last_arrival >= ? AND first_arrival <= ? ORDER BY source, sequence
      """)
    rows.bind(1, window.lowerBound)
    rows.bind(2, window.upperBound)
    let none = [ColumnEntry?](repeating: nil, count: slots)
    var entries: [SegmentEntry] = []
    while try rows.step() {
      let count = rows.int(2)
      guard count > 0, count <= Limits.batchRows else {
        throw StoreError(.corrupt("segment \(rows.integer(0)) claims \(count) rows"), file: connection.file)
      }
      entries.append(
        SegmentEntry(
          id: rows.integer(0), source: rows.integer(1), rows: count, firstArrival: rows.integer(3),
          lastArrival: rows.integer(4), columns: none))
    }
    return entries
  }

  /// What the segments hold of one column, by segment number.
  static func columns(
    _ number: UInt8, _ connection: borrowing Connection
  ) throws(StoreError) -> [Int64: ColumnEntry] {
    var rows = try connection.prepare(
      """
      SELECT segment, reference, minimum, maximum, absent, checksum, symbols_checksum FROM segment_column
      WHERE "column" = ?
      """)
    rows.bind(1, Int64(number))
    var entries: [Int64: ColumnEntry] = [:]
    while try rows.step() {
      entries[rows.integer(0)] = ColumnEntry(
        reference: rows.optionalInteger(1).flatMap { RequestColumn(rawValue: UInt8(clamping: $0)) },
        minimum: rows.integer(2), maximum: rows.integer(3), absentCount: rows.int(4), checksum: rows.bits(5),
        symbolsChecksum: rows.bits(6))
    }
    return entries
  }
}
