import Testing
import Traffic

@testable import Store

@Suite("A cube") struct CubeTests {
  @Test("equals counting row by row, for any number of threads", arguments: CubeCase.all)
  func oracle(cubeCase: CubeCase) async throws {
    let temporary = try TemporaryStore()
    let sources = (0..<3).map { SampleRow.random(2000, seed: 30 + UInt64($0)) }
    try await temporary.fill(sources, perSegment: 170)
    let store = try TrafficStore(file: temporary.file)
    var request = CubeRequest(dimensions: cubeCase.dimensions, measures: cubeCase.measures, filter: cubeCase.filter)
    let expected = try await CubeOracle.cube(request, store)
    #expect(!expected.cells.isEmpty)
    for threads in 1...4 {
      request.threads = threads
      #expect(try await store.cube(request) == expected)
    }
  }

  @Test("without rows has no cells")
  func empty() async throws {
    let temporary = try TemporaryStore()
    try await temporary.fill([])
    let store = try TrafficStore(file: temporary.file)
    let cube = try await store.cube(CubeRequest(dimensions: [], measures: [.sum(.bytesOut)]))
    #expect(cube.cells.isEmpty)
  }

  @Test("counts the same in few, paired and dense histograms", arguments: [10, 1000, 1025, 5000, 9000, 30_000])
  func accumulators(count: Int) {
    var random = SeededNumbers(seed: UInt64(count))
    let values = (0..<count).map { index in
      index % 50 == 0 ? Int64.absent : Int64(bitPattern: random.next() >> UInt64(20 + random.below(44)))
    }
    var room = BucketCounts()
    var whole = HistogramAccumulator()
    values.withUnsafeBufferPointer { whole.absorb($0, &room) }
    #expect(whole.histogram(&room) == CubeOracle.histogram(values))
    var merged = HistogramAccumulator()
    for start in stride(from: 0, to: count, by: 700) {
      var part = HistogramAccumulator()
      values[start..<min(count, start + 700)].withUnsafeBufferPointer { part.absorb($0, &room) }
      merged.merge(part, &room)
    }
    #expect(merged.histogram(&room) == whole.histogram(&room))
  }
}

struct CubeCase: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let dimensions: [CubeRequest.Dimension]
  var measures: [CubeRequest.Measure] = []
  var filter = TrafficFilter()

  static let all: [CubeCase] = [
    CubeCase(testDescription: "total", dimensions: [], measures: [.sum(.bytesOut), .histogram(.duration)]),
    CubeCase(
      testDescription: "method, class", dimensions: [.column(.stored(.method)), .statusClass],
      measures: [.histogram(.duration), .histogram(.upstreamDuration), .sum(.duration)]),
    CubeCase(
      testDescription: "second, source", dimensions: [.time(.second), .column(.source)], measures: [.histogram(.duration)]),
    CubeCase(testDescription: "client", dimensions: [.column(.stored(.client)), .column(.route)]),
    CubeCase(
      testDescription: "filtered", dimensions: [.column(.stored(.consumer))], measures: [.sum(.bytesIn), .sum(.bytesOut)],
      filter: TrafficFilter(conditions: [.init(.stored(.status), .number(.equal, 200))])),
  ]
}

/// Cubes by collecting every row and counting it: slow and obvious.
enum CubeOracle {
  static func cube(_ request: CubeRequest, _ store: TrafficStore) async throws -> Cube {
    let shape = CubeShape(request)
    let scan = ScanRequest(columns: shape.columns, filter: request.filter, threads: 1)
    let rows = try await store.scan(scan, CollectingFold(columns: shape.columns.count)).rows
    let groups = Dictionary(grouping: rows) { row in shape.keys.map { key($0, row) } }
    let cells = groups.map { key, rows in
      Cube.Cell(key: key, requests: Int64(rows.count), values: shape.measures.map { value($0, rows) })
    }
    return Cube(cells: cells.sorted { $0.key.lexicographicallyPrecedes($1.key) })
  }

  private static func key(_ key: CubeFold.Key, _ row: [Int64]) -> Int64 {
    switch key {
    case .value(let column): row[column]
    case .time(let column, let bucket): row[column] / bucket * bucket
    case .statusClass(let column): (100..<600).contains(row[column]) ? row[column] / 100 : 0
    }
  }

  private static func value(_ measure: CubeFold.Measure, _ rows: [[Int64]]) -> Cube.Value {
    switch measure {
    case .sum(let column):
      let values = rows.map { $0[column] }.filter { $0 != .absent }
      return .sum(total: values.reduce(0, +), count: Int64(values.count))
    case .histogram(let column): return .histogram(histogram(rows.map { $0[column] }))
    }
  }

  static func histogram(_ values: [Int64]) -> LatencyHistogram {
    var result = LatencyHistogram()
    var buckets: [UInt16: UInt64] = [:]
    for value in values where value != .absent {
      result.count += 1
      result.sum &+= UInt64(value)
      result.minimum = min(result.minimum, value)
      result.maximum = max(result.maximum, value)
      if value >= LatencyBuckets.overflowThreshold {
        result.overflow += 1
      } else {
        buckets[UInt16(LatencyBuckets.index(of: value)), default: 0] += 1
      }
    }
    result.buckets = buckets.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    return result
  }
}
