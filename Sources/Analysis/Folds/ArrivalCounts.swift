import Traffic

/// Requests, and how many of them arrived in each second of the clock, from the arrivals alone.
struct ArrivalCounts: TrafficFold {
  static let columns: [ScanColumn] = [.stored(.arrival)]

  var requests: Int64 = 0
  var seconds = PeriodCounts(period: .second)

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    requests += Int64(batch.rows)
    seconds.record(batch[0])
  }

  mutating func merge(_ later: Self) {
    requests += later.requests
    seconds.merge(later.seconds)
  }
}
