import Testing
import Traffic

@testable import Store

@Suite("Questions that are asked together") struct SharedPassesTests {
  @Test("get the rows that they get alone, whatever the others ask", arguments: [1, 2, 4])
  func scans(threads: Int) async throws {
    let temporary = try TemporaryStore()
    try await temporary.fill((0..<3).map { SampleRow.random(2500, seed: 60 + UInt64($0)) }, perSegment: 100)
    let store = try TrafficStore(file: temporary.file)
    let shared = SharedPasses(store)
    let requests = Self.filters(try await Self.middle(of: store)).flatMap { filter in
      Self.columns.map { ScanRequest(columns: $0, filter: filter, threads: threads) }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for request in requests {
        group.addTask {
          let empty = CollectingFold(columns: request.columns.count)
          let together = try await shared.scan(request, empty).rows
          #expect(try await store.scan(request, empty).rows == together)
        }
      }
      try await group.waitForAll()
    }
  }

  @Test("get the groups that they get alone", arguments: CubeCase.all)
  func cubes(cubeCase: CubeCase) async throws {
    let temporary = try TemporaryStore()
    try await temporary.fill((0..<3).map { SampleRow.random(2000, seed: 30 + UInt64($0)) }, perSegment: 170)
    let store = try TrafficStore(file: temporary.file)
    let shared = SharedPasses(store)
    let request = CubeRequest(dimensions: cubeCase.dimensions, measures: cubeCase.measures, filter: cubeCase.filter)
    async let others: Void = withThrowingTaskGroup(of: Void.self) { group in
      for other in CubeCase.all {
        group.addTask { _ = try await shared.cube(CubeRequest(dimensions: other.dimensions, measures: other.measures)) }
      }
      try await group.waitForAll()
    }
    #expect(try await shared.cube(request) == store.cube(request))
    try await others
  }

  @Test("fail together when a segment is damaged, and leave nobody waiting")
  func damaged() async throws {
    let temporary = try TemporaryStore()
    try await temporary.fill([SampleRow.random(500, seed: 5)], perSegment: 100)
    try Connection(file: temporary.file, mode: .readWrite).execute("UPDATE segment_data SET data = x'00'")
    let shared = SharedPasses(try TrafficStore(file: temporary.file))
    await withTaskGroup(of: Void.self) { group in
      for columns in Self.columns {
        group.addTask {
          await #expect(throws: StoreError.self) {
            try await shared.scan(ScanRequest(columns: columns), CollectingFold(columns: columns.count))
          }
        }
      }
    }
  }

  @Test("find the group of values that come from below, above, far away and not at all")
  func ranges() {
    let values: [Int64] = [5, 9, .absent, 4, 5, 200_000, .max, .absent + 1, 9, 0, .absent, 5, -1]
    var table = GroupTable(dimensions: 2)
    for cut in 1..<values.count {
      for part in [values[..<cut], values[cut...]] {
        var ids = [UInt32](repeating: 0, count: part.count)
        for level in 0..<2 {
          Array(part).withUnsafeBufferPointer { part in
            ids.withUnsafeMutableBufferPointer { table.group(part.count, $0.baseAddress!, by: part.baseAddress!, level: level) }
          }
        }
        #expect(table.keys(of: ids) == part.flatMap { [$0, $0] })
      }
    }
    #expect(table.count == Set(values).count)
  }

  private static let columns: [[ScanColumn]] = [
    [.stored(.arrival), .source, .stored(.line)], [.stored(.consumer), .route, .stored(.client)],
    [.stored(.duration), .stored(.upstreamDuration), .stored(.line)],
  ]

  private static func middle(of store: TrafficStore) async throws -> Timestamp {
    let rows = try await store.scan(ScanRequest(columns: [.stored(.arrival)]), CollectingFold(columns: 1)).rows
    return Timestamp(microseconds: rows.map { $0[0] }.sorted()[rows.count / 2])
  }

  private static func filters(_ middle: Timestamp) -> [TrafficFilter] {
    let conditions: [TrafficFilter.Condition] = [
      .init(.stored(.status), .number(.greaterOrEqual, 400)), .init(.stored(.client), .matches(["10.0.2.*", "2001:*"])),
      .init(.stored(.client), .matchesNone(["10.0.2.*"])), .init(.stored(.consumer), .matches(["*r 1?"])),
      .init(.route, .matches(["/users/*"])), .init(.source, .number(.greater, 1)),
      .init(.stored(.consumer), .matches(["nobody"])),
    ]
    return [TrafficFilter(), TrafficFilter(since: middle), TrafficFilter(until: middle), TrafficFilter(since: middle, until: middle)]
      + conditions.map { TrafficFilter(conditions: [$0]) } + [TrafficFilter(since: middle, conditions: conditions)]
  }
}
