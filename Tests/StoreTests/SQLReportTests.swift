import Statistics
import Testing
import Traffic

@testable import Store

/// What reports count, in SQL.
@Suite("SQL as reports count") struct SQLReportTests {
  private static let sample = SampleRow.random(2000, seed: 78)

  private static func rows(_ store: TrafficStore, _ sql: String) throws -> [[SQLValue]] {
    let session = try SQLSession(store)
    var result = try session.run(sql)
    var rows: [[SQLValue]] = []
    while let row = try result.next() { rows.append(row) }
    return rows
  }

  private func filled(_ temporary: TemporaryStore) async throws -> TrafficStore {
    try await temporary.fill([Array(Self.sample[..<900]), Array(Self.sample[900...])], perSegment: 250)
    return try TrafficStore(file: temporary.file)
  }

  private static func counts(_ row: SampleRow) -> Bool {
    StatusRule.countsForLatency(status: row.status ?? .absent, outcome: row.outcome?.rawValue ?? .absent)
  }

  @Test("says for every request what it counts as")
  func derived() async throws {
    let temporary = try TemporaryStore()
    let rows = try Self.rows(
      try await filled(temporary), "SELECT latency, busy, class, limited, lookup, served, node FROM requests")
    #expect(rows.count == Self.sample.count)
    for (row, sample) in zip(rows, Self.sample) {
      let (status, cache) = (sample.status ?? .absent, sample.cache?.rawValue ?? .absent)
      let duration = sample.duration.map { SQLValue.integer($0) } ?? .null
      #expect(row[0] == (Self.counts(sample) ? duration : .null))
      #expect(row[1] == (status == 101 ? .null : duration))
      #expect(row[2] == .text(RequestClass.of(status: status, limit: .absent, cache: cache).name))
      #expect(row[3] == .integer(status == 429 ? 1 : 0))
      #expect(row[4] == .integer(sample.cache?.isLookup == true ? 1 : 0))
      #expect(row[5] == .integer(sample.cache?.isServedFromCache == true ? 1 : 0))
      #expect(row[6] == .null)
    }
  }

  @Test("names the node of a source where the log does not")
  func node() async throws {
    let temporary = try TemporaryStore()
    let writer = try StoreWriter(file: temporary.file)
    var description = SourceDescription.sample("a.log")
    description.node = "gw1"
    let source = try await writer.beginSource(description)
    for segment in SampleRow.segments(Self.sample, perSegment: 700) { try await writer.append(segment, to: source) }
    try await writer.commit(.sample(Self.sample), of: source, isComplete: true)
    let store = try TrafficStore(file: temporary.file)
    let answer = try Self.rows(store, "SELECT node, count(*) FROM requests GROUP BY node")
    #expect(answer == [[.text("gw1"), .integer(2000)]])
    #expect(
      try Self.rows(store, "SELECT node, sum(requests) FROM history GROUP BY node") == answer)
  }

  @Test("gives the sketch's own percentiles")
  func approximate() async throws {
    let temporary = try TemporaryStore()
    let store = try await filled(temporary)
    var sketch = LatencySketch()
    for row in Self.sample where Self.counts(row) { if let duration = row.duration { sketch.add(duration) } }
    for (percentile, quantile) in [
      ("0", Quantile.minimum), ("50", .p50), ("90", .p90), ("99", .p99), ("99.9", .p999), ("100", .maximum),
    ] {
      let sql = "SELECT approximate_percentile(latency, \(percentile)) FROM requests"
      #expect(try Self.rows(store, sql) == [[.integer(try #require(sketch.quantile(quantile)))]])
    }
    #expect(
      try Self.rows(store, "SELECT sample_count(latency), sample_sum(latency) FROM requests")
        == [[.integer(Int64(sketch.count)), .integer(Int64(sketch.sum))]])
    #expect(
      try Self.rows(store, "SELECT approximate_percentile(latency, 50), sample_count(latency) FROM requests WHERE 1 = 0")
        == [[.null, .integer(0)]])
    #expect(throws: StoreError.self) { try Self.rows(store, "SELECT approximate_percentile(latency, 101) FROM requests") }
    #expect(throws: StoreError.self) { try Self.rows(store, "SELECT sample_count(x'00')") }
  }

  @Test("knows the bounds of every bucket, fine and coarse", arguments: [1, 2, 4, 32, 128] as [Int64])
  func buckets(divisions: Int64) async throws {
    let temporary = try TemporaryStore()
    let store = try await filled(temporary)
    var random = SeededNumbers(seed: UInt64(divisions))
    for _ in 0..<100 {
      let value = Int64(random.next() >> UInt64(1 + random.below(63)))
      let answer = try Self.rows(
        store,
        """
        SELECT bucket_from(\(value), \(divisions)), bucket_until(\(value), \(divisions)), bucket_from(\(value)),
          bucket_until(\(value))
        """)[0]
      let (low, width) = LatencyBuckets.bounds(of: LatencyBuckets.index(of: value))
      #expect(answer[2] == .integer(low))
      #expect(answer[3] == .integer(low &+ width < low ? .max : low + width))
      guard case .integer(let from) = answer[0], case .integer(let until) = answer[1] else {
        Issue.record("a bucket has bounds")
        continue
      }
      #expect(from <= low && low + (width - 1) <= (until == .max ? .max : until - 1))
      // Keeping the leading bits: n buckets from one power of two to the next.
      let power = Int64(1) << Int64(63 - max(1, value).leadingZeroBitCount)
      let step = max(1, power / divisions)
      #expect(from == value / step * step)
      #expect(until == .max || until == from &+ step)
    }
    #expect(try Self.rows(store, "SELECT bucket_from(NULL), bucket_until(NULL, 4)") == [[.null, .null]])
    #expect(throws: StoreError.self) { try Self.rows(store, "SELECT bucket_from(1, 3)") }
  }

  @Test("gives the same of history whether requests are kept singly or in rollups", arguments: [0.4, 2.0])
  func history(share: Double) async throws {
    let temporary = try TemporaryStore()
    let store = try await filled(temporary)
    // A rollup does not tell 429 from other client errors, nor 0 from no status.
    let sql = """
      SELECT route, template, method, outcome, cache, status / 100 AS statuses, lookup, served,
        CASE class WHEN 'limited' THEN 'client error' ELSE class END AS kind, sum(requests),
        sample_count(duration), sample_sum(duration), sample_sum(busy), sum(bytes_out), sum(upstream_duration),
        approximate_percentile(duration, 90), approximate_percentile(latency, 100)
      FROM history WHERE status > 0 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9
      """
    let before = try Self.rows(store, sql)
    let arrivals = Self.sample.map(\.arrival)
    let (first, last) = (arrivals.min()!, arrivals.max()!)
    let cutoff = Timestamp(microseconds: first + Int64(Double(last - first) * share) + 1)
    let dropped = try await StoreWriter(file: temporary.file).retain(Retention(raw: cutoff))
    #expect(dropped > 0)
    #expect(try Self.rows(store, sql) == before)
    #expect(
      try Self.rows(store, "SELECT sum(requests) FROM rollups WHERE arrival < \(cutoff.microseconds)")
        == [[.integer(dropped)]])
    #expect(try Self.rows(store, "SELECT sum(requests) FROM history") == [[.integer(2000)]])
  }

  @Test("lists rejected lines by reason")
  func rejections() async throws {
    let temporary = try TemporaryStore()
    let store = try await filled(temporary)
    #expect(try Self.rows(store, "SELECT source, path, reason, lines FROM rejections") == [])
    #expect(try Self.rows(store, "SELECT DISTINCT resolution FROM sources") == [[.integer(1000)]])
  }
}
