import Testing
import Traffic

@testable import Store

/// Collects rows of some columns.
struct CollectingFold: TrafficFold {
  var rows: [[Int64]] = []
  let columns: Int
  mutating func absorb(_ batch: borrowing ColumnBatch) {
    for row in 0..<batch.rows { rows.append((0..<columns).map { batch[$0][row] }) }
  }
  mutating func merge(_ later: CollectingFold) { rows += later.rows }
}

@Suite("A scan") struct ScanTests {
  @Test("gives the same rows for any number of threads", arguments: [ScanRequest.Order.stored, .arrival])
  func threads(order: ScanRequest.Order) async throws {
    let temporary = try TemporaryStore()
    try await temporary.fill((0..<3).map { SampleRow.random(2500, seed: UInt64($0)) }, perSegment: 100)
    let store = try TrafficStore(file: temporary.file)
    let columns: [ScanColumn] = [.stored(.arrival), .source, .stored(.line), .stored(.consumer), .route]
    var results: [[[Int64]]] = []
    for threads in 1...4 {
      let request = ScanRequest(columns: columns, order: order, threads: threads)
      results.append(try await store.scan(request, CollectingFold(columns: 5)).rows)
    }
    #expect(results[0].count == 7500)
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test("by arrival is sorted, rows of one microsecond in stored order")
  func arrivalOrder() async throws {
    let temporary = try TemporaryStore()
    try await temporary.fill((0..<4).map { SampleRow.random(1500, seed: UInt64($0)) }, perSegment: 128)
    let store = try TrafficStore(file: temporary.file)
    let request = ScanRequest(columns: [.stored(.arrival), .source, .stored(.line)], order: .arrival)
    let rows = try await store.scan(request, CollectingFold(columns: 3)).rows
    #expect(rows.count == 6000)
    #expect(rows == rows.sorted { $0.lexicographicallyPrecedes($1) })
  }

  @Test("by arrival survives segments that all span the whole time")
  func shuffled() async throws {
    let temporary = try TemporaryStore()
    var rows = SampleRow.random(3000, seed: 8)
    var random = SeededNumbers(seed: 1)
    for index in rows.indices { rows.swapAt(index, random.below(rows.count)) }
    rows[17].arrival = 0
    rows[18].arrival = Int64.max
    rows[19].arrival = Int64.min + 1
    try await temporary.fill([rows], perSegment: 200)
    let store = try TrafficStore(file: temporary.file)
    let request = ScanRequest(columns: [.stored(.arrival)], order: .arrival)
    let found = try await store.scan(request, CollectingFold(columns: 1)).rows.map { $0[0] }
    #expect(found == rows.map(\.arrival).sorted())
  }

  @Test("slices adjoin and cover every segment", arguments: [UInt64(1), 2, 3, 4])
  func slices(seed: UInt64) {
    var random = SeededNumbers(seed: seed)
    let segments = (0..<50).map { index in
      let first = Int64(random.below(1_000_000))
      return SegmentEntry(
        id: Int64(index), source: 1, rows: 1 + random.below(1000), firstArrival: first,
        lastArrival: first + Int64(random.below(100_000)), columns: [])
    }
    let slices = ArrivalSlices.cut(segments, rows: 2000)
    #expect(slices.count > 5)
    #expect(slices.first!.lowerBound <= segments.map(\.firstArrival).min()!)
    #expect(slices.last!.upperBound >= segments.map(\.lastArrival).max()!)
    #expect(zip(slices, slices.dropFirst()).allSatisfy { $0.upperBound + 1 == $1.lowerBound })
  }

  @Test("keeps exactly the rows that a filter describes", arguments: FilterCase.all)
  func filters(filter: FilterCase) async throws {
    let temporary = try TemporaryStore()
    let sources = (0..<2).map { SampleRow.random(1200, seed: 20 + UInt64($0)) }
    try await temporary.fill(sources, perSegment: 150)
    let store = try TrafficStore(file: temporary.file)
    let expected = sources.flatMap { $0 }.filter(filter.holds)
    #expect(try SampleRow.read(store, filter.filter) == expected)
    let request = ScanRequest(columns: [.stored(.line)], filter: filter.filter)
    let lines = try await store.scan(request, CollectingFold(columns: 1)).rows.map { $0[0] }
    #expect(lines == expected.map(\.line))
  }

  @Test("derives routes from templates, else from the gateway's own name")
  func routes() async throws {
    let temporary = try TemporaryStore()
    let rows = SampleRow.random(900, seed: 3)
    let writer = try StoreWriter(file: temporary.file)
    try await temporary.add(rows, perSegment: 200, to: writer)
    let templates = try await writer.templates()
    #expect(templates.map(\.requests).reduce(0, +) == Int64(rows.count { $0.path != nil }))
    let users = try #require(templates.first { $0.text.hasPrefix("/users") })
    try await writer.setRoutes([users.symbol: RouteAssignment(route: "/users/*", reason: "test")])
    let store = try TrafficStore(file: temporary.file)
    let request = ScanRequest(columns: [.route])
    let found = try await store.scan(request, CollectingFold(columns: 1)).rows.map { store.text(of: $0[0], .route) }
    #expect(found == rows.map { $0.path?.hasPrefix("/users/") == true ? "/users/*" : $0.routeName })
    let filter = TrafficFilter(conditions: [.init(.route, .matches(["/users/*", "route-1"]))])
    let expected = rows.filter { $0.path?.hasPrefix("/users/") == true || $0.routeName == "route-1" }
    #expect(try SampleRow.read(store, filter) == expected)
  }
}

/// A filter, and what it means said in Swift.
struct FilterCase: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let filter: TrafficFilter
  let holds: @Sendable (SampleRow) -> Bool

  private static func one(
    _ name: String, _ column: RequestColumn, _ test: TrafficFilter.Condition.Test,
    _ holds: @escaping @Sendable (SampleRow) -> Bool
  ) -> FilterCase {
    FilterCase(
      testDescription: name, filter: TrafficFilter(conditions: [.init(.stored(column), test)]), holds: holds)
  }

  private static let start: Int64 = 1_700_000_000_000_000
  private static let window = TrafficFilter(
    since: Timestamp(microseconds: start + 3_000_000), until: Timestamp(microseconds: start + 9_000_000))

  static let all: [FilterCase] = [
    FilterCase(testDescription: "window", filter: window) {
      $0.arrival >= start + 3_000_000 && $0.arrival < start + 9_000_000
    },
    FilterCase(testDescription: "empty window", filter: TrafficFilter(until: Timestamp(microseconds: .min))) { _ in false },
    one("status >= 400", .status, .number(.greaterOrEqual, 400)) { $0.status! >= 400 },
    one("duration < 100", .duration, .number(.less, 100)) { $0.duration.map { $0 < 100 } ?? false },
    one("duration <> 7", .duration, .number(.notEqual, 7)) { $0.duration.map { $0 != 7 } ?? false },
    one("method = GET", .method, .matches(["GET"])) { $0.method == "GET" },
    one("method <> GET", .method, .matchesNone(["GET"])) { $0.method != nil && $0.method != "GET" },
    one("consumer unknown", .consumer, .matches(["nobody"])) { _ in false },
    one("consumer glob", .consumer, .matches(["*r 1?", "consumer 3"])) {
      ["consumer 10", "consumer 11", "consumer 3"].contains($0.consumer ?? "")
    },
    one("client glob", .client, .matches(["10.0.2.*", "2001:*"])) {
      $0.client!.hasPrefix("10.0.2.") || $0.client!.hasPrefix("2001:")
    },
    one("client none", .client, .matchesNone(["10.*"])) { !$0.client!.hasPrefix("10.") },
    one("cache by name", .cache, .matches(["hit", "by*"])) { $0.cache == .hit || $0.cache == .bypass },
    one("column that no row has", .queueWait, .number(.greater, 0)) { _ in false },
  ]
}
