public import Traffic

/// What `retain` keeps in which detail: rows before `raw` become minutes, minutes before `minutes` hours, hours
/// before `hours` days.
public struct Retention: Hashable, Sendable {
  public var raw: Timestamp
  public var minutes: Timestamp?
  public var hours: Timestamp?

  public init(raw: Timestamp, minutes: Timestamp? = nil, hours: Timestamp? = nil) {
    self.raw = raw
    self.minutes = minutes
    self.hours = hours
  }
}

extension StoreWriter {
  /// Replaces old rows by rollups, exactly: a request is counted in rows or in rollups, never in both or neither.
  ///
  /// Rows go by whole segments, when their last arrival is before `retention.raw`; provisional ones stay.
  /// - Returns: how many rows were dropped.
  /// - Precondition: nothing is pending.
  @discardableResult
  public func retain(_ retention: Retention) throws -> Int64 {
    precondition(!connection.isInTransaction, "what is pending is committed or abandoned before old rows are dropped")
    var dropped: Int64 = 0
    let shape = Rollup.shape
    let plan = try ScanPlan(shape.columns, TrafficFilter(), connection)
    let tails = try tailSegments()
    let old = plan.segments.filter { $0.lastArrival < retention.raw.microseconds && !tails.contains($0.id) }
    for group in Self.groups(of: old) {
      let cells = try Rollup.cells(group, source: group[0].source, plan, shape)
      let ids = group.map { String($0.id) }.joined(separator: ",")
      dropped += try atOnce { () throws(StoreError) in
        try RollupTable.add(cells, connection)
        return try SegmentRemoval.remove("id IN (\(ids))", connection)
      }
    }
    try coarsen(from: Rollup.minute, to: Rollup.hour, before: retention.minutes)
    try coarsen(from: Rollup.hour, to: Rollup.day, before: retention.hours)
    return dropped
  }

  private func tailSegments() throws(StoreError) -> Set<Int64> {
    var rows = try connection.prepare("SELECT id FROM segment WHERE is_tail")
    var ids: Set<Int64> = []
    while try rows.step() { ids.insert(rows.integer(0)) }
    return ids
  }

  /// Segments of one source, a bounded number at a time.
  private static func groups(of segments: [SegmentEntry]) -> [[SegmentEntry]] {
    var groups: [[SegmentEntry]] = []
    for segment in segments {
      if let last = groups.last, last[0].source == segment.source, last.count < 16 {
        groups[groups.count - 1].append(segment)
      } else {
        groups.append([segment])
      }
    }
    return groups
  }

  /// Merges cells of one grain into a coarser one, for stretches that end by `limit`.
  private func coarsen(from fine: Int64, to coarse: Int64, before limit: Timestamp?) throws(StoreError) {
    guard let limit else { return }
    let end = limit.microseconds.flooredMultiple(of: coarse)
    let condition = "grain = \(fine) AND start < \(end)"
    try atOnce { () throws(StoreError) in
      var merged: [RollupCell.Key: RollupCell] = [:]
      try RollupTable.forEach(condition, connection) { cell in
        var cell = cell
        cell.key.grain = coarse
        cell.key.start = cell.key.start.flooredMultiple(of: coarse)
        if merged[cell.key]?.merge(cell) == nil { merged[cell.key] = cell }
      }
      try connection.execute("DELETE FROM rollup WHERE \(condition)")
      try RollupTable.add(Array(merged.values), connection)
    }
  }
}
