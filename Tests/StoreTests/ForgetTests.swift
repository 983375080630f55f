import Testing
import Traffic

@testable import Store

@Suite("Forgetting a source") struct ForgetTests {
  @Test("gives a store like one that never had it")
  func equality() async throws {
    let (a, b, c) = (SampleRow.random(500, seed: 1), SampleRow.random(700, seed: 2), SampleRow.random(300, seed: 3))
    let with = try TemporaryStore()
    let ids = try await with.fill([a, b, c], perSegment: 120)
    let without = try TemporaryStore()
    try await without.fill([a, c], perSegment: 120)
    do {
      let writer = try StoreWriter(file: with.file)
      try await writer.addRejections([.badNumber: 2], kept: [], to: ids[1])
      try await writer.commit(.sample(b), of: ids[1], isComplete: true)
      try await writer.recordAlias("other.log", of: ids[1])
      try await writer.forget(ids[1])
      try await writer.compact()
    }
    let (left, right) = (try TrafficStore(file: with.file), try TrafficStore(file: without.file))
    #expect(try SampleRow.read(left) == SampleRow.read(right))
    #expect(try left.verify() == [])
    #expect(try await Self.cube(left) == Self.cube(right))
    let (mine, theirs) = (try left.information(), try right.information())
    #expect(mine.columns == theirs.columns && mine.rows == theirs.rows && mine.segments == theirs.segments)
    #expect(mine.symbols <= theirs.symbols + 1)
    #expect(try left.rejections(ids[1]).counts.isEmpty)
  }

  @Test("of a source that does not exist is an error")
  func missing() async throws {
    let temporary = try TemporaryStore()
    let writer = try StoreWriter(file: temporary.file)
    await #expect(throws: StoreError(.noSuchSource(7), file: temporary.file)) {
      try await writer.forget(SourceID(rawValue: 7))
    }
  }

  /// A cube by text, as symbols are numbered differently.
  private static func cube(_ store: TrafficStore) async throws -> [String: Cube.Cell] {
    let request = CubeRequest(dimensions: [.column(.stored(.consumer))], measures: [.histogram(.duration)])
    var cells: [String: Cube.Cell] = [:]
    for cell in try await store.cube(request).cells {
      let text = store.text(of: cell.key[0], .stored(.consumer)) ?? "-"
      cells[text] = Cube.Cell(key: [], requests: cell.requests, values: cell.values)
    }
    return cells
  }
}
