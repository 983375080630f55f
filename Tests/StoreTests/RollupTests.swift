import Testing
import Traffic

@testable import Store

@Suite("Rollups") struct RollupTests {
  private static let start: Int64 = 1_700_000_000_000_000
  private static let kept: [CubeRequest.Dimension] = [
    .time(.hour), .column(.route), .column(.stored(.path)), .column(.stored(.method)), .column(.stored(.outcome)),
    .column(.stored(.cache)), .statusClass, .column(.source),
  ]

  private static func request(_ dimensions: [CubeRequest.Dimension], _ filter: TrafficFilter = .init()) -> CubeRequest {
    CubeRequest(
      dimensions: dimensions, measures: [.histogram(.duration), .sum(.bytesOut), .sum(.upstreamDuration), .sum(.duration)],
      filter: filter)
  }

  /// A store of two sources over some hours.
  private func fill(_ temporary: TemporaryStore) async throws {
    let sources = (0..<2).map { number in
      SampleRow.random(3000, seed: UInt64(number)).map { row in
        var row = row
        row.arrival = Self.start + (row.arrival - Self.start) * 300
        return row
      }
    }
    try await temporary.fill(sources, perSegment: 250)
  }

  @Test("answer as the rows did, to the last bucket", arguments: [0.3, 0.7, 2.0])
  func exact(share: Double) async throws {
    let temporary = try TemporaryStore()
    try await fill(temporary)
    let store = try TrafficStore(file: temporary.file)
    let information = try store.information()
    let span = try #require(information.lastArrival).microseconds - Self.start
    let requests = [
      Self.request(Self.kept), Self.request([.time(.minute)]), Self.request([]),
      Self.request(
        [.column(.stored(.method))],
        TrafficFilter(conditions: [
          .init(.stored(.status), .number(.greaterOrEqual, 400)), .init(.stored(.method), .matches(["G*", "POST"])),
        ])),
    ]
    var before: [Cube] = []
    for request in requests { before.append(try await store.cube(request)) }
    let cutoff = Timestamp(microseconds: Self.start + Int64(Double(span) * share) + 1)
    let dropped = try await StoreWriter(file: temporary.file).retain(Retention(raw: cutoff))
    #expect(dropped > 0)
    #expect(try store.information().rows == information.rows - dropped)
    for (request, cube) in zip(requests, before) { #expect(try await store.cube(request) == cube) }
    #expect(try store.verify() == [])
  }

  @Test("merge from minutes to hours to days without loss")
  func coarser() async throws {
    let temporary = try TemporaryStore()
    try await fill(temporary)
    let store = try TrafficStore(file: temporary.file)
    let daily = Self.request([.time(.day), .column(.stored(.method)), .statusClass])
    let before = try await store.cube(daily)
    let end = Timestamp(microseconds: Self.start + 10 * Rollup.day)
    let writer = try StoreWriter(file: temporary.file)
    try await writer.retain(Retention(raw: end))
    let minutes = try store.information().rollups
    try await writer.retain(Retention(raw: end, minutes: end))
    let hours = try store.information().rollups
    try await writer.retain(Retention(raw: end, minutes: end, hours: end))
    let days = try store.information().rollups
    #expect(minutes > hours && hours > days)
    #expect(try await store.cube(daily) == before)
    #expect(try store.verify() == [])
  }

  @Test("of a forgotten source go with it")
  func forget() async throws {
    let temporary = try TemporaryStore()
    try await fill(temporary)
    let writer = try StoreWriter(file: temporary.file)
    try await writer.retain(Retention(raw: Timestamp(microseconds: .max)))
    let store = try TrafficStore(file: temporary.file)
    #expect(try store.information().rows == 0)
    for source in try store.sources() { try await writer.forget(source.id) }
    #expect(try store.information().rollups == 0)
    #expect(try await store.cube(Self.request([])).cells.isEmpty)
  }

  @Test("take late rows of the same minutes in")
  func late() async throws {
    let temporary = try TemporaryStore()
    let rows = SampleRow.random(2000, seed: 5)
    let writer = try StoreWriter(file: temporary.file)
    let whole = try TemporaryStore()
    try await whole.fill([rows])
    for part in [rows[..<900], rows[900...]] {
      try await temporary.add(Array(part), to: writer)
      try await writer.retain(Retention(raw: Timestamp(microseconds: .max)))
    }
    let request = Self.request([.time(.minute), .statusClass])
    let expected = try await TrafficStore(file: whole.file).cube(request)
    #expect(try await TrafficStore(file: temporary.file).cube(request) == expected)
  }
}

@Suite("Sketch bytes") struct SketchBytesTests {
  @Test("equal the published vector, merged or at once")
  func vector() {
    let values: [Int64] = [120, 340, 980, 1500, 2200, 2300, 4100, 8800, 15000, 73000]
    let hex = "01070ab4ce0678a8ba040a7801b20101cb010146014e01060171018901016101a40201"
    let bytes = SketchBytes.encode(CubeOracle.histogram(values))
    #expect(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == hex)
    var merged = CubeOracle.histogram(Array(values[5...]))
    merged.merge(CubeOracle.histogram(Array(values[..<5])))
    #expect(SketchBytes.encode(merged) == bytes)
  }

  @Test("give back any histogram, and nothing for damaged bytes", arguments: [UInt64(1), 2, 3])
  func roundTrip(seed: UInt64) {
    var random = SeededNumbers(seed: seed)
    let values = (0..<random.below(500)).map { _ in Int64(random.next() >> UInt64(20 + random.below(43))) }
    let histogram = CubeOracle.histogram(values)
    let bytes = SketchBytes.encode(histogram)
    #expect(bytes.withUnsafeBytes { SketchBytes.decode($0) } == histogram)
    for count in 0..<bytes.count {  // no prefix is a sketch
      #expect(bytes[..<count].withUnsafeBytes { SketchBytes.decode($0) } == nil)
    }
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= UInt8(1 << random.below(8))
      _ = damaged.withUnsafeBytes { SketchBytes.decode($0) }
    }
  }
}
