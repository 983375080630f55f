import Synchronization
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

  @Test("wait for somebody who is expected, and share the reading with it")
  func expected() async throws {
    let temporary = try TemporaryStore()
    try await temporary.fill([SampleRow.random(600, seed: 9)], perSegment: 100)
    let shared = SharedPasses(try TrafficStore(file: temporary.file), patience: .seconds(600))
    let log = ReadingLog()
    let asker = shared.expectAsker()
    async let first = shared.scan(Self.arrivals, LoggingFold(name: "first", log: log))
    // Longer than a reading waits for nobody.
    try await Task.sleep(for: .milliseconds(20))
    #expect(log.names.isEmpty)
    try await Asker.$current.withValue(asker) {
      _ = try await shared.scan(Self.arrivals, LoggingFold(name: "second", log: log))
    }
    _ = try await first
    // One reading hands each segment to both.
    let turns = stride(from: 0, to: log.names.count, by: 2).map { Set(log.names[$0..<min($0 + 2, log.names.count)]) }
    #expect(turns.count == 6 && turns.allSatisfy { $0 == ["first", "second"] })
  }

  @Test("do not wait for somebody who ended, is gone, or does not ask in the end")
  func unexpected() async throws {
    let temporary = try TemporaryStore()
    try await temporary.fill([SampleRow.random(100, seed: 10)], perSegment: 100)
    let store = try TrafficStore(file: temporary.file)
    let patient = SharedPasses(store, patience: .seconds(600))
    let ended = patient.expectAsker()
    ended.end()
    ended.end()
    _ = patient.expectAsker()
    #expect(try await patient.scan(Self.arrivals, CollectingFold(columns: 1)).rows.count == 100)
    let impatient = SharedPasses(store, patience: .milliseconds(5))
    let silent = impatient.expectAsker()
    #expect(try await impatient.scan(Self.arrivals, CollectingFold(columns: 1)).rows.count == 100)
    silent.end()
  }

  @Test("know who asked, whichever way the rows are wanted", arguments: [ScanRequest.Order.stored, .arrival])
  func asked(order: ScanRequest.Order) async throws {
    let temporary = try TemporaryStore()
    try await temporary.fill([SampleRow.random(100, seed: 11)], perSegment: 100)
    let shared = SharedPasses(try TrafficStore(file: temporary.file), patience: .seconds(600))
    let asker = shared.expectAsker()
    var request = Self.arrivals
    request.order = order
    try await Asker.$current.withValue(asker) { [request] in
      _ = try await shared.scan(request, CollectingFold(columns: 1))
    }
    _ = try await shared.cube(CubeRequest(dimensions: [], measures: []))
    withExtendedLifetime(asker) {}
  }

  private static let arrivals = ScanRequest(columns: [.stored(.arrival)], threads: 1)

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

/// The order in which folds were given batches.
private final class ReadingLog: Sendable {
  private let entries = Mutex<[String]>([])
  var names: [String] { entries.withLock { $0 } }
  func add(_ name: String) { entries.withLock { $0.append(name) } }
}

private struct LoggingFold: TrafficFold {
  let name: String
  let log: ReadingLog

  func absorb(_ batch: borrowing ColumnBatch) { log.add(name) }
  func merge(_ later: Self) {}
}
