public import Traffic

/// How many requests lack the columns that limits count by. A limit by a key that the log does not have may limit
/// nobody, which must not read as "nobody would be limited".
public struct ColumnGaps: TrafficFold {
  public private(set) var requests: Int64 = 0
  private let columns: [ScanColumn]
  /// By column.
  private var absent: [Int64]

  init(_ columns: [ScanColumn]) {
    self.columns = columns
    absent = Array(repeating: 0, count: columns.count)
  }

  /// One scan of these columns alone; of none where there are none.
  public static func of(
    _ columns: Set<ScanColumn>, in traffic: any TrafficSource, filter: TrafficFilter, threads: Int?
  ) async throws -> ColumnGaps {
    let columns = columns.sorted { $0.name < $1.name }
    guard !columns.isEmpty else { return ColumnGaps([]) }
    return try await traffic.scan(
      ScanRequest(columns: columns, filter: filter, threads: threads), ColumnGaps(columns))
  }

  /// Requests without this column; 0 where it was not asked for.
  public func requests(without column: ScanColumn) -> Int64 {
    columns.firstIndex(of: column).map { absent[$0] } ?? 0
  }

  public mutating func absorb(_ batch: borrowing ColumnBatch) {
    requests += Int64(batch.rows)
    for index in columns.indices {
      let values = batch[index]
      var count: Int64 = 0
      for row in 0..<batch.rows where values[row] == .absent { count += 1 }
      absent[index] += count
    }
  }

  public mutating func merge(_ later: Self) {
    requests += later.requests
    for index in absent.indices { absent[index] += later.absent[index] }
  }
}
