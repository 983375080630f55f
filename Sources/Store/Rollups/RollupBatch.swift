internal import Traffic

/// Some rollups, column by column. Valid only as long as the room it lies in is left alone.
@safe
struct RollupBatch: ~Copyable {
  /// In the order of `RollupColumn`; only those that were asked for are filled.
  let columns: ColumnBatch
  /// Buckets of all sketches, each rollup's in one piece.
  let buckets: UnsafeBufferPointer<SketchBytes.Bucket>

  var rows: Int { columns.rows }

  subscript(column: RollupColumn) -> UnsafePointer<Int64> { columns[column.rawValue].baseAddress! }

  /// Calls `body` with each rollup's place and its durations.
  @inline(__always)
  func forEachSketch(_ body: (Int, StoredSketch) -> Void) {
    let (counts, sums, overflow) = (self[.durationCount], self[.durationSum], self[.overflow])
    let (shortest, longest) = (self[.shortest], self[.longest])
    let (first, end) = (self[.firstBucket], self[.endOfBuckets])
    for row in 0..<rows {
      let totals = SketchBytes.Totals(
        count: UInt64(bitPattern: counts[row]), sum: UInt64(bitPattern: sums[row]), minimum: shortest[row],
        maximum: longest[row], overflow: UInt64(bitPattern: overflow[row]))
      let own = UnsafeBufferPointer(rebasing: buckets[Int(first[row])..<Int(end[row])])
      body(row, StoredSketch(totals: totals, buckets: own))
    }
  }
}

/// The durations of one rollup. Valid as long as its batch.
struct StoredSketch {
  let totals: SketchBytes.Totals
  let buckets: UnsafeBufferPointer<SketchBytes.Bucket>
}
