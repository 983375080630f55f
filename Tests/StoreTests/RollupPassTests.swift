import Testing
import Traffic

@testable import Store

@Suite("Rollups, read by column") struct RollupPassTests {
  private static let start: Int64 = 1_700_000_000_000_000

  /// A store of three sources over some hours, with a route of a template.
  private func fill(_ temporary: TemporaryStore, seed: UInt64) async throws {
    let sources = (0..<3).map { number in
      SampleRow.random(1500, seed: seed &* 8 + UInt64(number)).map { row in
        var row = row
        row.arrival = Self.start + (row.arrival - Self.start) * 200
        return row
      }
    }
    try await temporary.fill(sources, perSegment: 170)
    let health = try #require(try TrafficStore(file: temporary.file).symbol(for: "/health"))
    try await StoreWriter(file: temporary.file).setRoutes([health: RouteAssignment(route: "checks", reason: "test")])
  }

  private func rollUp(_ temporary: TemporaryStore, before: Timestamp = Timestamp(microseconds: .max)) async throws {
    try await StoreWriter(file: temporary.file).retain(Retention(raw: before))
  }

  @Test("give what the rows gave, whatever is asked at the same time", arguments: [UInt64(1), 2, 3, 4])
  func random(seed: UInt64) async throws {
    let temporary = try TemporaryStore()
    try await fill(temporary, seed: seed)
    let store = try TrafficStore(file: temporary.file)
    var random = SeededNumbers(seed: seed)
    let requests = (0..<24).map { _ in RandomCube.request(&random, from: Self.start) }
    var expected: [Cube] = []
    for request in requests { expected.append(try await CubeOracle.cube(request, store)) }
    let last = try #require(try store.information().lastArrival).microseconds
    try await rollUp(temporary, before: Timestamp(microseconds: (Self.start + last) / 2))
    let information = try store.information()
    #expect(information.rollups > 0 && information.rows > 0)
    for (request, cube) in zip(requests, expected) { #expect(try await store.cube(request) == cube) }
    let shared = SharedPasses(store)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (request, cube) in zip(requests, expected) {
        group.addTask {
          let together = try await shared.cube(request)
          #expect(together == cube)
        }
      }
      try await group.waitForAll()
    }
  }

  @Test("know a status by its class alone", arguments: [0...99, 100...199, 200...499, 150...399, 201...299, 300...10_000])
  func statusClasses(range: ClosedRange<Int64>) async throws {
    let temporary = try TemporaryStore()
    try await fill(temporary, seed: 9)
    try await rollUp(temporary)
    let store = try TrafficStore(file: temporary.file)
    let all = try await store.cube(CubeRequest(dimensions: [.statusClass]))
    let filter = TrafficFilter(conditions: [
      .init(.stored(.status), .number(.greaterOrEqual, range.lowerBound)),
      .init(.stored(.status), .number(.lessOrEqual, range.upperBound)),
    ])
    let some = try await store.cube(CubeRequest(dimensions: [.statusClass], filter: filter))
    let whole = all.cells.filter { cell in
      cell.key[0] > 0 && range.contains(cell.key[0] * 100) && range.contains(cell.key[0] * 100 + 99)
    }
    #expect(some.cells == whole)
  }

  @Test("leave out what they do not keep")
  func unknown() async throws {
    let temporary = try TemporaryStore()
    try await fill(temporary, seed: 10)
    let store = try TrafficStore(file: temporary.file)
    let requests = try store.information().rows
    try await rollUp(temporary)
    let byClient = try await store.cube(
      CubeRequest(dimensions: [.column(.stored(.client))], measures: [.histogram(.upstreamDuration), .sum(.duration)]))
    #expect(byClient.cells.map(\.key) == [[.absent]] && byClient.cells.map(\.requests) == [requests])
    #expect(byClient.cells[0].values[0] == .histogram(LatencyHistogram()))
    let lines = TrafficFilter(conditions: [.init(.stored(.line), .number(.greaterOrEqual, 0))])
    #expect(try await store.cube(CubeRequest(dimensions: [], filter: lines)).cells.isEmpty)
  }

  @Test("that are damaged end in an error for every cube, also those that need no durations")
  func damaged() async throws {
    var random = SeededNumbers(seed: 3)
    for damage in ["sketch = x'00'", "checksum = checksum + 1", "requests = requests + 1", "sketch = sketch || x'01'"] {
      let temporary = try TemporaryStore()
      try await fill(temporary, seed: 11)
      try await rollUp(temporary)
      let victim = random.below(500)
      try Connection(file: temporary.file, mode: .readWrite).execute(
        "UPDATE rollup SET \(damage) WHERE start = (SELECT start FROM rollup LIMIT 1 OFFSET \(victim))")
      let store = try TrafficStore(file: temporary.file)
      for measures in [[], [CubeRequest.Measure.histogram(.duration)]] {
        await #expect(throws: StoreError.self) { try await store.cube(CubeRequest(dimensions: [], measures: measures)) }
        await #expect(throws: StoreError.self) {
          try await SharedPasses(store).cube(CubeRequest(dimensions: [], measures: measures))
        }
      }
    }
  }

  @Test("with a fitting checksum but no sketch inside end in an error")
  func forged() async throws {
    let temporary = try TemporaryStore()
    try await fill(temporary, seed: 12)
    try await rollUp(temporary)
    let connection = try Connection(file: temporary.file, mode: .readWrite)
    let store = try TrafficStore(file: temporary.file)
    var random = SeededNumbers(seed: 4)
    for _ in 0..<50 {
      let bytes = [1, 7] + (0..<random.below(30)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      guard bytes.withUnsafeBytes({ SketchBytes.decode($0) }) == nil else { continue }
      let requests = try #require(try connection.integer("SELECT requests FROM rollup"))
      let checksum = bytes.withUnsafeBytes { Checksum.of($0, seed: UInt64(requests)) }
      var update = try connection.prepare("UPDATE rollup SET requests = ?, checksum = ?, sketch = ?")
      update.bind(1, requests)
      update.bind(2, bits: checksum)
      update.bind(3, bytes)
      try update.run()
      await #expect(throws: StoreError.self) {
        try await store.cube(CubeRequest(dimensions: [.statusClass], measures: [.histogram(.duration)]))
      }
    }
  }

  @Test("of the strangest numbers are counted without a trap")
  func extremes() async throws {
    let temporary = try TemporaryStore()
    try await temporary.fill([])
    let strange: [Int64] = [.min, .min + 1, -1, 0, 1, 1 << 40, .max - 1, .max]
    var durations = LatencyHistogram()
    durations.buckets = [(0, 1 << 47), (4351, 1 << 47)]
    (durations.count, durations.sum, durations.minimum, durations.maximum) = (1 << 48, .max, 0, (1 << 40) - 1)
    let cells = strange.flatMap { a in
      strange.map { b in
        let key = RollupCell.Key(
          source: a, start: b, grain: Rollup.minute, template: b, routeName: a, method: b, outcome: a, statusClass: b,
          cache: a)
        let sum = RollupCell.Sum(total: b, count: a)
        return RollupCell(
          key: key, requests: .max, bytesIn: sum, bytesOut: sum, upstreamDuration: sum, durations: durations)
      }
    }
    try RollupTable.add(cells, Connection(file: temporary.file, mode: .readWrite))
    let store = try TrafficStore(file: temporary.file)
    let measures: [CubeRequest.Measure] = [.histogram(.duration), .sum(.bytesIn), .sum(.duration)]
    for dimensions in [[], RandomCube.dimensions, [.time(.day), .column(.stored(.status))]] {
      _ = try await store.cube(CubeRequest(dimensions: dimensions, measures: measures))
    }
    for condition in RandomCube.conditions {
      _ = try await store.cube(CubeRequest(dimensions: [.statusClass], filter: TrafficFilter(conditions: [condition])))
    }
  }

  @Test("are divided into stretches without a gap or an overlap", arguments: [1, 2, 7, 16])
  func stretches(parts: Int) {
    let ranges: [ClosedRange<Int64>] = [0...0, 0...5, -100...1_000_003, .min...(.max), (.max - 40)...(.max)]
    for starts in ranges {
      let divided = RollupStretch(source: 1, starts: starts).divided(into: parts)
      #expect(divided.first?.starts.lowerBound == starts.lowerBound && divided.last?.starts.upperBound == starts.upperBound)
      for (part, next) in zip(divided, divided.dropFirst()) {
        #expect(part.starts.upperBound + 1 == next.starts.lowerBound)
      }
    }
  }

  @Test("are added to histograms of any size as their values would be", arguments: [3, 300, 9000, 30_000])
  func sketches(count: Int) {
    var random = SeededNumbers(seed: UInt64(count))
    let values = (0..<count).map { _ in Int64(random.next() >> UInt64(20 + random.below(43))) }
    var room = BucketCounts()
    var accumulator = HistogramAccumulator()
    var next = 0
    while next < count {
      let part = values[next..<min(count, next + 1 + random.below(count > 5000 ? 9000 : 40))]
      next = part.endIndex
      var buckets: [SketchBytes.Bucket] = []
      let bytes = SketchBytes.encode(CubeOracle.histogram(Array(part)))
      let totals = bytes.withUnsafeBytes { SketchBytes.decode($0, appendingTo: &buckets) }
      buckets.withUnsafeBufferPointer { buckets in
        if let totals { accumulator.absorb(StoredSketch(totals: totals, buckets: buckets), &room) }
      }
    }
    #expect(accumulator.histogram(&room) == CubeOracle.histogram(values))
  }

  @Test("are read by all workers as of one moment, while others write")
  func moment() async throws {
    let temporary = try TemporaryStore()
    try await temporary.fill([])
    try Connection(file: temporary.file, mode: .readWrite).execute("INSERT INTO meta VALUES('count', 0)")
    let store = try TrafficStore(file: temporary.file)
    let file = temporary.file
    let writing = Task {
      let connection = try Connection(file: file, mode: .readWrite)
      while !Task.isCancelled { try connection.execute("UPDATE meta SET value = value + 1 WHERE name = 'count'") }
    }
    let count = "SELECT value FROM meta WHERE name = 'count'"
    for _ in 0..<50 {
      let seen = try store.withSnapshot(readers: { _ in 2 }) { connection, readers throws(StoreError) in
        var seen = [try connection.integer(count)]
        for reader in readers {
          seen.append(try reader.withConnection { connection throws(StoreError) in try connection.integer(count) })
        }
        return seen
      }
      #expect(seen.count == 3 && Set(seen).count == 1)
    }
    writing.cancel()
    _ = await writing.result
  }
}

/// Cubes that rollups can answer exactly, by chance.
enum RandomCube {
  static let dimensions: [CubeRequest.Dimension] = [
    .column(.source), .column(.route), .column(.stored(.path)), .column(.stored(.method)), .column(.stored(.outcome)),
    .column(.stored(.cache)), .statusClass, .time(.minute), .time(.hour),
  ]

  static let conditions: [TrafficFilter.Condition] = [
    .init(.source, .number(.notEqual, 2)), .init(.stored(.method), .matches(["G*", "PUT"])),
    .init(.stored(.method), .matchesNone(["GET"])), .init(.stored(.cache), .number(.greaterOrEqual, 1)),
    .init(.stored(.outcome), .number(.equal, 0)), .init(.stored(.status), .number(.greaterOrEqual, 200)),
    .init(.stored(.status), .number(.greaterOrEqual, 300)), .init(.route, .matches(["check*", "route-1"])),
  ]

  static func request(_ random: inout SeededNumbers, from start: Int64) -> CubeRequest {
    let measures: [CubeRequest.Measure] = [
      .histogram(.duration), .sum(.bytesOut), .sum(.upstreamDuration), .sum(.duration), .sum(.bytesIn),
    ]
    var filter = TrafficFilter(conditions: conditions.filter { _ in random.below(5) == 0 })
    // Whole minutes: a rollup counts for the window that holds its start.
    let minute = start.flooredMultiple(of: Rollup.minute)
    if random.below(3) == 0 { filter.since = Timestamp(microseconds: minute + Int64(random.below(60)) * Rollup.minute) }
    if random.below(3) == 0 { filter.until = Timestamp(microseconds: minute + Int64(random.below(200)) * Rollup.minute) }
    return CubeRequest(
      dimensions: dimensions.filter { _ in random.below(3) == 0 }, measures: measures.filter { _ in random.below(2) == 0 },
      filter: filter, threads: 1 + random.below(4))
  }
}
