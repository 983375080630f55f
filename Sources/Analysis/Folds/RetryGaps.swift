import Statistics
import Traffic

/// How soon rejected callers come back, before anybody knows how soon is a retry. Needs order of arrival.
struct RetryGaps: TrafficFold {
  /// Gaps between a rejection and the next attempt of its group, up to the longest horizon there may be.
  private(set) var gaps = LatencySketch()
  private(set) var attempts: Int64 = 0
  private(set) var rejected: Int64 = 0
  private(set) var last = Int64.min
  /// Who was rejected at least once.
  private(set) var rejectedCallers: Set<Int64> = []
  private var links = AttemptLinks(horizon: RetryEvidence.longestHorizon.count)

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let columns = AttemptColumns(batch)
    for row in 0..<batch.rows {
      let attempt = columns[row]
      let link = links.link(attempt)
      if attempt.answer == .rejected {
        rejected += 1
        rejectedCallers.insert(attempt.caller)
      }
      if link.previous == .rejected { gaps.add(link.gap) }
    }
    attempts += Int64(batch.rows)
    if batch.rows > 0 { last = max(last, columns[batch.rows - 1].arrival) }
  }

  /// Order by arrival uses one fold for everything.
  mutating func merge(_ later: Self) { precondition(later.last == .min, "a scan in arrival order has one fold") }
}

/// The attempts of a batch whose first columns are `RecordedAttempt.columns`.
struct AttemptColumns {
  private let columns: [UnsafePointer<Int64>?]

  init(_ batch: borrowing ColumnBatch) {
    var columns: [UnsafePointer<Int64>?] = []
    for index in RecordedAttempt.columns.indices { columns.append(batch[index].baseAddress) }
    self.columns = columns
  }

  /// - Precondition: the batch has the row.
  subscript(row: Int) -> RecordedAttempt {
    RecordedAttempt(row: row) { index in
      guard let column = columns[index] else { preconditionFailure("a batch with rows has columns") }
      return column
    }
  }
}
