import Foundation
import Testing
import Traffic

@testable import Store

@Suite("The store's writer") struct WriterTests {
  @Test("gives back what was written, paths to the byte", arguments: [UInt64(1), 2, 3])
  func roundTrip(seed: UInt64) async throws {
    let temporary = try TemporaryStore()
    let sources = (0..<3).map { SampleRow.random(700 + $0 * 500, seed: seed * 10 + UInt64($0)) }
    try await temporary.fill(sources, perSegment: 300)
    let store = try TrafficStore(file: temporary.file)
    #expect(try SampleRow.read(store) == sources.flatMap { $0 })
  }

  @Test("shows nothing of what was not committed")
  func uncommitted() async throws {
    let temporary = try TemporaryStore()
    let rows = SampleRow.random(500, seed: 4)
    do {
      let writer = try StoreWriter(file: temporary.file)
      try await temporary.add(rows, to: writer)
      let id = try await writer.beginSource(.sample("lost.log"))
      for segment in SampleRow.segments(rows, perSegment: 100) { try await writer.append(segment, to: id) }
      try await writer.addRejections([.badNumber: 3], kept: [], to: id)
      let store = try TrafficStore(file: temporary.file)
      #expect(try store.sources().count == 1)
    }
    let store = try TrafficStore(file: temporary.file)
    #expect(try store.sources().map(\.description.path) == ["access.log"])
    #expect(try SampleRow.read(store) == rows)
  }

  @Test("goes on after an abandoned transaction with the same texts")
  func abandon() async throws {
    let temporary = try TemporaryStore()
    let rows = SampleRow.random(300, seed: 5)
    let writer = try StoreWriter(file: temporary.file)
    let lost = try await writer.beginSource(.sample("lost.log"))
    try await writer.append(SampleRow.segments(rows, perSegment: 1000)[0], to: lost)
    await writer.abandon()
    try await temporary.add(rows, to: writer)
    #expect(try SampleRow.read(TrafficStore(file: temporary.file)) == rows)
  }

  @Test("takes the provisional last line back when the source goes on")
  func tail() async throws {
    let temporary = try TemporaryStore()
    let rows = SampleRow.random(400, seed: 6)
    let writer = try StoreWriter(file: temporary.file)
    let id = try await writer.beginSource(.sample("growing.log"))
    let head = Array(rows[..<200])
    try await writer.append(SampleRow.segments(head, perSegment: 1000)[0], to: id)
    try await writer.append(SampleRow.segments([rows[200]], perSegment: 1000)[0], to: id, isTail: true)
    try await writer.addRejections(
      [.endsEarly: 1], kept: [Rejection(reason: .endsEarly, line: 9, byteOffset: 8, position: 7, text: [65])], to: id,
      isTail: true)
    try await writer.commit(.sample(head), of: id, isComplete: true)
    let store = try TrafficStore(file: temporary.file)
    let record = try #require(store.sources().first)
    #expect(record.requests == 201 && record.rejected == 1 && record.progress.requests == 200)
    #expect(try SampleRow.read(store) == Array(rows[...200]))

    let progress = try await writer.resumeSource(id)
    #expect(progress == .sample(head))
    #expect(try SampleRow.read(store).count == 201, "removed by the next commit only")
    try await writer.append(SampleRow.segments(Array(rows[200...]), perSegment: 1000)[0], to: id)
    try await writer.commit(.sample(rows), of: id, isComplete: true)
    #expect(try SampleRow.read(store) == rows)
    #expect(try store.sources().first?.rejected == 0)
    #expect(try store.rejections(id).lines.isEmpty)
  }

  @Test("is alone")
  func exclusive() async throws {
    let temporary = try TemporaryStore()
    let writer = try StoreWriter(file: temporary.file)
    #expect(throws: StoreError(.writerRunning(pid: getpid()), file: temporary.file)) {
      _ = try StoreWriter(file: temporary.file)
    }
    _ = try await writer.sources()
  }

  @Test("leaves no lock behind")
  func releases() throws {
    let temporary = try TemporaryStore()
    do { _ = try StoreWriter(file: temporary.file) }
    _ = try StoreWriter(file: temporary.file)
    let left = try FileManager.default.contentsOfDirectory(atPath: temporary.folder.path)
    #expect(!left.contains { $0.hasSuffix("-writer") })
  }

  @Test("keeps the first rejected lines of a reason and counts all")
  func rejections() async throws {
    let temporary = try TemporaryStore()
    let writer = try StoreWriter(file: temporary.file)
    let id = try await writer.beginSource(.sample("bad.log"))
    let lines = (1...150).map {
      Rejection(
        reason: .badStatus, field: .status, line: Int64($0), byteOffset: Int64($0) * 10, position: 3,
        text: Array(repeating: 0xFF, count: 600))
    }
    try await writer.addRejections([.badStatus: 60], kept: Array(lines[..<60]), to: id)
    try await writer.addRejections([.badStatus: 90], kept: Array(lines[60...]), to: id)
    try await writer.commit(SourceProgress(lines: 150, rejected: 150), of: id, isComplete: true)
    let (counts, kept) = try TrafficStore(file: temporary.file).rejections(id)
    #expect(counts == [.badStatus: 150])
    #expect(kept.map(\.line) == (1...100).map { Int64($0) })
    #expect(kept.allSatisfy { $0.text.count == 512 && $0.field == .status && $0.position == 3 })
  }

  @Test("gives texts beyond its limit one common symbol, and counts them")
  func overflow() async throws {
    let temporary = try TemporaryStore()
    let rows = SampleRow.random(200, seed: 9)
    var overflow: [Int64] = []
    for _ in 0..<2 {
      let writer = try StoreWriter(file: temporary.file, symbolLimit: 4)
      try await temporary.add(rows, perSegment: 90, to: writer)
      overflow.append(try TrafficStore(file: temporary.file).information().symbolOverflow)
    }
    let store = try TrafficStore(file: temporary.file)
    #expect(try store.information().symbols <= 4 + 3, "one more per shape of template")
    #expect(overflow[0] > 0 && overflow[1] > overflow[0])
    #expect(try store.symbol(for: "(overflow)") != nil)
    #expect(try SampleRow.read(store).map(\.arrival) == (rows + rows).map(\.arrival))
    #expect(try store.verify() == [])
  }

  @Test("notes other names of the same content")
  func aliases() async throws {
    let temporary = try TemporaryStore()
    let writer = try StoreWriter(file: temporary.file)
    let id = try await temporary.add(SampleRow.random(10, seed: 1), as: "access.log.1", to: writer)
    for name in ["access.log.1.gz", "access.log.1", "access.log.1.gz"] { try await writer.recordAlias(name, of: id) }
    #expect(try await writer.sources().first?.aliases == ["access.log.1.gz"])
  }
}
