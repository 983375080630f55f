import Foundation
import Testing
import Traffic

@testable import Store

@Suite("SQL over a store") struct SQLTests {
  private static func rows(_ store: TrafficStore, _ sql: String) throws -> [[SQLValue]] {
    let session = try SQLSession(store)
    var result = try session.run(sql)
    var rows: [[SQLValue]] = []
    while let row = try result.next() { rows.append(row) }
    return rows
  }

  private static let sample = SampleRow.random(2000, seed: 77)

  private func filled(_ temporary: TemporaryStore) async throws -> TrafficStore {
    try await temporary.fill([Array(Self.sample[..<900]), Array(Self.sample[900...])], perSegment: 250)
    return try TrafficStore(file: temporary.file)
  }

  @Test("shows every request with its exact path")
  func requests() async throws {
    let temporary = try TemporaryStore()
    let store = try await filled(temporary)
    let rows = try Self.rows(store, "SELECT arrival, path, method, client, cache, duration, time FROM requests")
    #expect(rows.count == Self.sample.count)
    for (row, sample) in zip(rows, Self.sample) {
      func text(_ value: String?) -> SQLValue { value.map { .text($0) } ?? .null }
      #expect(row[0] == .integer(sample.arrival))
      #expect(row[1] == text(sample.path))
      #expect(row[2] == text(sample.method))
      #expect(row[3] == text(sample.client))
      #expect(row[4] == text(sample.cache?.name))
      #expect(row[5] == (sample.duration.map { .integer($0) } ?? .null))
    }
    #expect(rows[0][6] == .text(String(decoding: TimeText.text(Self.sample[0].arrival)!, as: UTF8.self)))
    #expect(try Self.rows(store, "SELECT * FROM requests LIMIT 1")[0].count == RequestsColumn.all.count)
  }

  @Test("counts what a condition says, pushed down or not", arguments: SQLCase.all)
  func conditions(sqlCase: SQLCase) async throws {
    let temporary = try TemporaryStore()
    let store = try await filled(temporary)
    let expected = Int64(Self.sample.count(where: sqlCase.holds))
    let counted = try Self.rows(store, "SELECT count(*) FROM requests WHERE \(sqlCase.testDescription)")
    #expect(counted == [[.integer(expected)]])
  }

  @Test("gives exact percentiles and rates")
  func aggregates() async throws {
    let temporary = try TemporaryStore()
    let store = try await filled(temporary)
    let durations = Self.sample.compactMap(\.duration).sorted()
    func nearest(_ millionths: Int) -> SQLValue {
      .integer(durations[max(1, (millionths * durations.count + 999_999) / 1_000_000) - 1])
    }
    let rows = try Self.rows(
      store,
      """
      SELECT p50(duration), p90(duration), p95(duration), p99(duration), p999(duration), percentile(duration, 99.9),
        percentile(duration, 0), percentile(duration, 100), rate(arrival), p50(duration * 1.0) FROM requests
      """)
    let quantiles = [500_000, 900_000, 950_000, 990_000, 999_000, 999_000, 0, 1_000_000]
    #expect(Array(rows[0][..<8]) == quantiles.map(nearest))
    let arrivals = Self.sample.map(\.arrival)
    let span = Double(arrivals.max()! - arrivals.min()!) / 1_000_000
    #expect(rows[0][8] == .real(Double(arrivals.count - 1) / span))
    guard case .integer(let median) = rows[0][0] else { return }
    #expect(rows[0][9] == .real(Double(median)))
    #expect(try Self.rows(store, "SELECT p50(duration), rate(arrival) FROM requests WHERE 1 = 0") == [[.null, .null]])
    #expect(throws: StoreError.self) { try Self.rows(store, "SELECT percentile(duration, 101) FROM requests") }
    let grouped = try Self.rows(store, "SELECT method, p99(duration) FROM requests GROUP BY method ORDER BY method")
    #expect(grouped.map { $0[0] } == [.null, .text("DELETE"), .text("GET"), .text("POST")])
  }

  @Test("groups and orders by any column as SQLite's own sort does")
  func groupedLikeSorted() async throws {
    let temporary = try TemporaryStore()
    let store = try await filled(temporary)
    let names = try SQLSession(store).run("SELECT * FROM requests LIMIT 1").names
    for name in names {
      // Behind a LIMIT the table cannot see what its rows are wanted for.
      let hidden = "(SELECT * FROM requests LIMIT -1)"
      for question in [
        "SELECT \"\(name)\", count(*), max(line) FROM @ GROUP BY \"\(name)\"",
        "SELECT \"\(name)\", count(*) FROM @ GROUP BY \"\(name)\" ORDER BY \"\(name)\" DESC",
        "SELECT \"\(name)\" FROM @ ORDER BY \"\(name)\"", "SELECT \"\(name)\" FROM @ ORDER BY \"\(name)\" DESC",
        "SELECT DISTINCT \"\(name)\" FROM @ ORDER BY 1",
        "SELECT \"\(name)\", count(*) FROM @ WHERE status >= 500 GROUP BY \"\(name)\" HAVING count(*) > 1",
      ] {
        let direct = try Self.rows(store, question.replacing("@", with: "requests"))
        #expect(try Self.rows(store, question.replacing("@", with: hidden)) == direct, "\(question)")
      }
    }
  }

  @Test("joins requests with themselves and with sources")
  func joins() async throws {
    let temporary = try TemporaryStore()
    let store = try await filled(temporary)
    let sql = "SELECT s.path, count(*) FROM requests r JOIN sources s ON s.path = r.source GROUP BY 1 ORDER BY 1"
    #expect(
      try Self.rows(store, sql) == [[.text("node0.log"), .integer(900)], [.text("node1.log"), .integer(1100)]])
  }

  @Test(
    "refuses everything but one reading statement",
    arguments: [
      "DELETE FROM source", "INSERT INTO meta VALUES('a', 1)", "CREATE TABLE t(x)", "DROP TABLE segment",
      "ATTACH 'other.db' AS o", "PRAGMA user_version = 3", "VACUUM", "BEGIN", "SELECT 1; SELECT 2", "", "SELEKT",
      "UPDATE requests SET status = 1", "SELECT load_extension('x')", "VACUUM INTO 'copy.db'",
      "CREATE TEMP TABLE t(x)",
    ])
  func refuses(sql: String) async throws {
    let temporary = try TemporaryStore()
    let store = try await filled(temporary)
    #expect(throws: StoreError.self) { try Self.rows(store, sql) }
    #expect(try store.verify() == [])
  }

  @Test("writes times that sort as text", arguments: [
    (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
    (1_700_000_000_123_456, "2023-11-14T22:13:20.123456Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
    (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"), (-62_167_219_200_000_000, "0000-01-01T00:00:00.000000Z"),
  ])
  func times(time: Int64, text: String) throws {
    #expect(String(decoding: try #require(TimeText.text(time)), as: UTF8.self) == text)
    let day = time.flooredMultiple(of: 86_400_000_000)
    #expect(TimeText.startOfDay(text) == day)
    #expect(TimeText.text(.max) == nil)
  }

  @Test("outlives its session while rows are read")
  func lifetime() async throws {
    let temporary = try TemporaryStore()
    let store = try await filled(temporary)
    var rows = try Self.start(store)
    var count = 0
    while try rows.next() != nil { count += 1 }
    #expect(count == Self.sample.count)
  }

  private static func start(_ store: TrafficStore) throws -> SQLRows {
    try SQLSession(store).run("SELECT status FROM requests")
  }
}

/// A condition in SQL, and the same in Swift.
struct SQLCase: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let holds: @Sendable (SampleRow) -> Bool

  init(_ sql: String, _ holds: @escaping @Sendable (SampleRow) -> Bool) {
    testDescription = sql
    self.holds = holds
  }

  static let all: [SQLCase] = [
    SQLCase("status >= 400") { $0.status! >= 400 },
    SQLCase("status > 399.5 AND status < 500.5") { (400...500).contains($0.status!) },
    SQLCase("status = '404'") { $0.status == 404 },
    SQLCase("method = 'GET'") { $0.method == "GET" },
    SQLCase("method = 'get' COLLATE NOCASE") { $0.method == "GET" },
    SQLCase("method IS NULL") { $0.method == nil },
    SQLCase("consumer = 'consumer 3' AND duration < 1000") { $0.consumer == "consumer 3" && ($0.duration ?? .max) < 1000 },
    SQLCase("consumer LIKE '%er 1%'") { $0.consumer?.contains("er 1") ?? false },
    SQLCase("client = '2001:db8::7'") { $0.client == "2001:db8::7" },
    SQLCase("cache = 'hit'") { $0.cache == .hit },
    SQLCase("duration IN (1, 2, 3, 4, 5)") { (1...5).contains($0.duration ?? 0) },
    SQLCase("method = '*'") { _ in false },
    SQLCase("time >= '2023-11-14' AND time < '2023-11-15'") { $0.arrival < 1_700_006_400_000_000 },
    SQLCase("time > '2024-01-01T00:00'") { _ in false },
    SQLCase("duration BETWEEN 10 AND 20") { (10...20).contains($0.duration ?? 0) },
    SQLCase("path = '/health'") { $0.path == "/health" },
    SQLCase("1 = 0") { _ in false },
  ]
}
