import Testing
import Traffic

@testable import Store

@Suite("Cubes that are counted as one") struct CubeFamilyTests {
  private static let answers: [CubeRequest.Dimension] = [
    .column(.route), .column(.stored(.method)), .column(.stored(.status)), .column(.stored(.outcome)),
    .column(.stored(.cache)), .statusClass, .time(.hour), .time(Microseconds(600_000_000)),
  ]
  private static let callers: [CubeRequest.Dimension] = [
    .column(.stored(.client)), .column(.stored(.consumer)), .column(.stored(.userAgent)), .column(.stored(.status)),
    .statusClass,
  ]
  private static let measures: [CubeRequest.Measure] = [
    .histogram(.duration), .histogram(.upstreamDuration), .sum(.bytesOut), .sum(.attempts),
  ]

  /// A dozen cubes of some dimensions in any order, some twice, with and without rollups.
  private static func requests(_ dimensions: [CubeRequest.Dimension], _ random: inout SeededNumbers) -> [CubeRequest] {
    (0..<12).map { _ in
      var chosen: [CubeRequest.Dimension] = []
      for _ in 0..<random.below(5) {
        let dimension = dimensions[random.below(dimensions.count)]
        if !chosen.contains(dimension) { chosen.append(dimension) }
      }
      return CubeRequest(
        dimensions: chosen, measures: measures.filter { _ in random.below(3) == 0 }, onlyRows: random.below(3) == 0)
    }
  }

  @Test("have the cells that each has alone, over rows and rollups", arguments: 0..<6)
  func together(seed: Int) async throws {
    var random = SeededNumbers(seed: UInt64(seed))
    let temporary = try TemporaryStore()
    let sources = (0..<3).map { number in
      SampleRow.random(1500, seed: 10 * UInt64(seed) + UInt64(number)).map { row in
        var row = row
        row.arrival = 1_700_000_000_000_000 + (row.arrival - 1_700_000_000_000_000) * 500
        return row
      }
    }
    try await temporary.fill(sources, perSegment: 120)
    let store = try TrafficStore(file: temporary.file)
    let middle = try #require(sources[0].map(\.arrival).sorted().dropFirst(700).first)
    try await StoreWriter(file: temporary.file).retain(Retention(raw: Timestamp(microseconds: middle)))
    let shared = SharedPasses(store)
    for dimensions in [Self.answers, Self.callers] {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for request in Self.requests(dimensions, &random) {
          group.addTask {
            let together = try await shared.cube(request)
            #expect(try await store.cube(request) == together)
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test("are counted one by one where together they have nearly as many groups as rows")
  func tooFine() async throws {
    let temporary = try TemporaryStore()
    let rows = (0..<90_000).map { index in
      var row = SampleRow(arrival: 1_700_000_000_000_000 + Int64(index) * 1000, line: Int64(index + 1))
      row.consumer = "consumer \(index % 300)"
      row.client = "10.\(index % 301 / 200).\(index % 301 % 200).1"
      return row
    }
    try await temporary.fill([rows], perSegment: 30_000)
    let store = try TrafficStore(file: temporary.file)
    let shared = SharedPasses(store)
    let consumer = CubeRequest.Dimension.column(.stored(.consumer))
    let client = CubeRequest.Dimension.column(.stored(.client))
    let expected: [(dimensions: [CubeRequest.Dimension], cells: Int)] = [
      ([consumer], 300), ([client], 301), ([client, consumer], 90_000),
    ]
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (dimensions, cells) in expected {
        let request = CubeRequest(dimensions: dimensions)
        group.addTask {
          let together = try await shared.cube(request)
          #expect(together.cells.count == cells)
          #expect(try await store.cube(request) == together)
        }
      }
      try await group.waitForAll()
    }
  }

  @Test("are those of one subject, in steps that are long enough")
  func families() {
    func family(_ dimensions: [CubeRequest.Dimension]) -> CubeFamily { CubeFamily(of: CubeRequest(dimensions: dimensions)) }
    #expect(family([.time(.hour), .column(.route), .statusClass]) == .answers)
    #expect(family([.time(Microseconds(1_200_000_000))]) == .answers)
    #expect(family([.column(.stored(.client)), .statusClass]) == .callers)
    #expect(family([.column(.stored(.gateway)), .column(.source), .time(Microseconds(300_000_000))]) == .nodes)
    #expect(family([.time(.minute), .column(.route)]) == .alike([.time(.minute), .column(.route)]))
    #expect(family([.column(.route), .column(.stored(.client))]) != family([.column(.stored(.client)), .column(.route)]))
  }
}
