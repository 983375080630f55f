import Testing
import Traffic

@testable import Statistics

/// Rows in memory, handed out in batches of 100, each batch a fold of its own.
private struct ArrayTraffic: TrafficSource {
  let columns: [ScanColumn: [Int64]]

  func scan<Fold: TrafficFold>(_ request: ScanRequest, _ fold: Fold) async throws -> Fold {
    var whole = fold
    let values = request.columns.map { columns[$0] ?? [] }
    for start in stride(from: 0, to: values[0].count, by: 100) {
      let rows = min(100, values[0].count - start)
      let cells = UnsafeMutablePointer<Int64>.allocate(capacity: rows * values.count)
      defer { cells.deallocate() }
      for (column, values) in values.enumerated() {
        for row in 0..<rows { cells[column * rows + row] = values[start + row] }
      }
      var piece = fold
      piece.absorb(ColumnBatch(rows: rows, columns: values.indices.map { UnsafePointer(cells + $0 * rows) }))
      whole.merge(piece)
    }
    return whole
  }

  func cube(_ request: CubeRequest) async throws -> Cube { Cube(cells: []) }
  func symbolText(_ symbol: Int64) -> String? { nil }
}

@Suite("Exact quantiles of a source") struct TwoPassTests {
  @Test("equal sorting and picking, per group and over all")
  func perGroup() async throws {
    let durations = (0..<2500).map { Int64($0 * 7919 % 2500) * 1000 }
    let routes = durations.map { $0 / 1000 % 3 }
    let source = ArrayTraffic(columns: [.stored(.duration): durations, .route: routes])
    let all = try await ExactQuantiles.of(.stored(.duration), [.p50, .p99], in: source)
    #expect(all == [GroupQuantiles(key: 0, count: 2500, values: [1_249_000, 2_474_000])])
    let byRoute = try await ExactQuantiles.of(.stored(.duration), by: .route, [.minimum, .maximum], in: source)
    #expect(byRoute.map(\.key) == [0, 1, 2])
    #expect(byRoute.map(\.count) == [834, 833, 833])
    #expect(byRoute.map(\.values) == [[0, 2_499_000], [1000, 2_497_000], [2000, 2_498_000]])
  }
}
