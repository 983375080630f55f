internal import Traffic

/// Rollups of one source that start in a stretch of time: what one worker reads at a time.
struct RollupStretch: Sendable {
  let source: Int64
  let starts: ClosedRange<Int64>

  /// Into so many stretches, at least, all rollups are divided where they can be, so that no worker waits long for another.
  private static let wanted = 16

  /// Stretches that together hold every rollup of a window.
  /// - Complexity: a few look-ups per source.
  static func all(
    in window: ClosedRange<Int64>, _ connection: borrowing Connection
  ) throws(StoreError) -> [RollupStretch] {
    var whole: [RollupStretch] = []
    var source = try connection.integer("SELECT min(source) FROM rollup")
    while let found = source {
      if let starts = try Self.starts(of: found, in: window, connection) {
        whole.append(RollupStretch(source: found, starts: starts))
      }
      source = try connection.integer("SELECT min(source) FROM rollup WHERE source > \(found)")
    }
    guard !whole.isEmpty else { return [] }
    let parts = (wanted + whole.count - 1) / whole.count
    return whole.flatMap { $0.divided(into: parts) }
  }

  private static func starts(
    of source: Int64, in window: ClosedRange<Int64>, _ connection: borrowing Connection
  ) throws(StoreError) -> ClosedRange<Int64>? {
    let rows = "FROM rollup WHERE source = \(source) AND start BETWEEN \(window.lowerBound) AND \(window.upperBound)"
    guard let first = try connection.integer("SELECT min(start) \(rows)"),
      let last = try connection.integer("SELECT max(start) \(rows)"), first <= last
    else { return nil }
    return first...last
  }

  /// Equally long parts; a stretch without length stays whole.
  func divided(into parts: Int) -> [RollupStretch] {
    let (span, isTooLong) = starts.upperBound.subtractingReportingOverflow(starts.lowerBound)
    guard parts > 1, !isTooLong, span >= Int64(parts) else { return [self] }
    let length = span / Int64(parts)
    return (0..<parts).map { part in
      let first = starts.lowerBound + Int64(part) * length
      return RollupStretch(source: source, starts: first...(part == parts - 1 ? starts.upperBound : first + length - 1))
    }
  }
}
