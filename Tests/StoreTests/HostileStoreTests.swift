import Foundation
import Testing
import Traffic

@testable import Store

@Suite("A store file that is not as it should be") struct HostileStoreTests {
  private func problem(_ body: () throws -> Void) -> StoreError.Problem? {
    do { try body() } catch let error as StoreError { return error.problem } catch {}
    return nil
  }

  @Test("is told apart: missing, another program's, text, newer")
  func identity() throws {
    let temporary = try TemporaryStore()
    #expect(problem { _ = try TrafficStore(file: temporary.file) } == .notFound)
    #expect(!FileManager.default.fileExists(atPath: temporary.file))
    do {
      let other = try Connection(file: temporary.file, mode: .create)
      try other.execute("CREATE TABLE t(x); PRAGMA user_version = 3")
    }
    #expect(problem { _ = try TrafficStore(file: temporary.file) } == .notAStore)
    #expect(problem { _ = try StoreWriter(file: temporary.file) } == .notAStore)
    do {
      let newer = try Connection(file: temporary.file, mode: .readWrite)
      try newer.execute("PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = 99")
    }
    let expected = StoreError.Problem.newerVersion(found: 99, supported: Schema.version)
    #expect(problem { _ = try TrafficStore(file: temporary.file) } == expected)
    #expect(problem { _ = try StoreWriter(file: temporary.file) } == expected)
    try Data("10.0.0.1 - - GET / HTTP/1.1".utf8).write(to: URL(fileURLWithPath: temporary.file))
    #expect(problem { _ = try TrafficStore(file: temporary.file) } == .notAStore)
    #expect(problem { _ = try StoreWriter(file: temporary.file) } == .notAStore)
    let folder = temporary.folder.path
    #expect(problem { _ = try TrafficStore(file: folder) } != nil)
    #expect(problem { _ = try StoreWriter(file: folder + "/missing/x.db") } != nil)
  }

  @Test("of an older version is brought up to date in one step, keeping its rows")
  func migration() async throws {
    let temporary = try TemporaryStore()
    let rows = SampleRow.random(100, seed: 1)
    try await temporary.fill([rows])
    let next = Schema.migrations + ["ALTER TABLE source ADD COLUMN note TEXT"]
    do {
      let connection = try Schema.openForWriting(file: temporary.file, migrations: next)
      #expect(try connection.integer("SELECT count(*) FROM source WHERE note IS NULL") == 1)
      #expect(try connection.integer("PRAGMA user_version") == Int64(next.count))
    }
    #expect(throws: StoreError.self) { _ = try TrafficStore(file: temporary.file) }
  }

  @Test("shows every flipped byte of a blob to verify, and fails or survives a scan")
  func flippedBlobs() async throws {
    let temporary = try TemporaryStore()
    try await temporary.fill([SampleRow.random(300, seed: 7)], perSegment: 150)
    let store = try TrafficStore(file: temporary.file)
    #expect(try store.verify() == [])
    let connection = try Connection(file: temporary.file, mode: .readWrite)
    var missed: [String] = []
    for target in try blobs(connection) {
      let original = try blob(target, connection)
      for position in stride(from: 0, to: original.count, by: max(1, original.count / 7)) {
        var damaged = original
        damaged[position] ^= 1 << UInt8(position % 8)
        try write(damaged, target, connection)
        if try store.verify().isEmpty { missed.append("\(target) \(position)") }
        _ = try? SampleRow.read(store)
      }
      try write(original, target, connection)
    }
    #expect(missed == [])
    #expect(try store.verify() == [])
  }

  @Test("never traps, whichever byte of the file is flipped", arguments: [UInt64(1), 2, 3])
  func flippedFile(seed: UInt64) async throws {
    let temporary = try TemporaryStore()
    let rows = SampleRow.random(200, seed: seed)
    try await temporary.fill([rows], perSegment: 100)
    let original = try Data(contentsOf: URL(fileURLWithPath: temporary.file))
    var random = SeededNumbers(seed: seed)
    for _ in 0..<60 {
      var damaged = original
      damaged[random.below(damaged.count)] ^= UInt8(1 << random.below(8))
      if random.below(10) == 0 { damaged.removeLast(random.below(damaged.count)) }
      try damaged.write(to: URL(fileURLWithPath: temporary.file))
      guard let store = try? TrafficStore(file: temporary.file) else { continue }
      _ = try? store.verify()
      _ = try? SampleRow.read(store)
      _ = try? await store.cube(CubeRequest(dimensions: [.column(.route)], measures: [.histogram(.duration)]))
      _ = try? await store.scan(
        ScanRequest(columns: SampleRow.columns, order: .arrival), CollectingFold(columns: SampleRow.columns.count))
    }
  }

  private struct Target: CustomStringConvertible {
    var table: String
    var column: String
    var id: Int64
    var description: String { "\(table) \(column) \(id)" }
  }

  private func blobs(_ connection: borrowing Connection) throws -> [Target] {
    var targets: [Target] = []
    for (table, column) in [("segment_data", "data"), ("segment_data", "symbols"), ("symbol", "text")] {
      let limit = table == "symbol" ? 5 : 100
      var rows = try connection.prepare("SELECT id FROM \(table) WHERE length(\(column)) > 0 LIMIT \(limit)")
      while try rows.step() { targets.append(Target(table: table, column: column, id: rows.integer(0))) }
    }
    return targets
  }

  private func blob(_ target: Target, _ connection: borrowing Connection) throws -> [UInt8] {
    var rows = try connection.prepare("SELECT \(target.column) FROM \(target.table) WHERE id = \(target.id)")
    _ = try rows.step()
    return rows.bytes(0)
  }

  private func write(_ bytes: [UInt8], _ target: Target, _ connection: borrowing Connection) throws {
    var update = try connection.prepare("UPDATE \(target.table) SET \(target.column) = ? WHERE id = \(target.id)")
    update.bind(1, bytes)
    try update.run()
  }
}
