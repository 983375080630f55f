import Analysis
import Reporting
import struct TestSupport.MemoryTraffic
import Traffic

@testable import CommandLine

/// Floors below that live in memory.
struct StubServices: Services {
  var traffic = MemoryTraffic()
  var entries: [LedgerEntry] = []
  var problems: [String] = []
  var report = ImportReport(sources: [])
  var stands: [ImportStand] = []
  /// How often an SQL answer brings its two rows.
  var answerRepeats = 1
  /// Exact paths of the rows, in turn.
  var paths = ["/a?b=1"]
  var failure: (any Error)?
  var formats: [FormatEntry] = [FormatEntry(name: "nginx-combined", summary: "nginx's own", basis: .end)]

  func openStore(_ path: String) async throws -> any OpenStore {
    if let failure { throw failure }
    return StubStore(services: self)
  }
  func changeStore(_ path: String) async throws -> any ChangeableStore { StubStore(services: self) }
  func importLogs(
    _ request: ImportRequest, progress: @escaping @Sendable (ImportStand) -> Void
  ) async throws -> ImportReport {
    for stand in stands { progress(stand) }
    return report
  }
  func detectFormat(path: String) async throws -> FormatDetection {
    FormatDetection(
      candidates: [FormatCandidate(format: "nginx-combined", lines: 10, parsed: 9)],
      chosen: path == "good.log" ? "nginx-combined" : nil)
  }
  func explainFormat(_ name: String, of path: String) async throws -> Document { Document(name: "format", title: name) }
  func explainRoute(_ target: String, store: (any OpenStore)?) async throws -> RouteExplanation {
    RouteExplanation(target: target, template: "/users/{int}", steps: [.init(segment: "812", becomes: "{int}", rule: "digits")])
  }
}

struct StubStore: OpenStore, ChangeableStore {
  var services: StubServices
  var traffic: any TrafficSource { services.traffic }
  func ledger() async throws -> [LedgerEntry] { services.entries }
  func information() async throws -> [Fact] { [Fact("requests", "Requests", .integer(5))] }
  func verify() async throws -> [String] { services.problems }
  func routes() async throws -> [RouteEntry] { [RouteEntry(template: "/a", route: "/a", reason: "itself", requests: 1)] }
  func query(_ sql: String, into receiver: inout some SQLReceiver) throws {
    try receiver.begin(columns: ["a", "b"])
    for _ in 0..<services.answerRepeats {
      try receiver.take([.integer(1), .text(sql)])
      try receiver.take([.null, .real(0.5)])
    }
  }
  func forEachBatch(
    _ columns: [ScanColumn], _ filter: TrafficFilter, withPaths: Bool,
    _ body: (borrowing ColumnBatch, ExactPaths) throws -> Void
  ) throws {
    let rows = services.traffic.matching(filter)
    for start in stride(from: 0, to: rows.count, by: 7) {
      let part = rows[start..<min(rows.count, start + 7)]
      let values = UnsafeMutablePointer<Int64>.allocate(capacity: 7 * columns.count)
      defer { values.deallocate() }
      for (index, column) in columns.enumerated() {
        for (row, request) in part.enumerated() { values[index * 7 + row] = request[column] }
      }
      let batch = ColumnBatch(rows: part.count, columns: columns.indices.map { UnsafePointer(values + $0 * 7) })
      try body(batch, ExactPaths { row, path in
        path += Array(services.paths[(start + row) % services.paths.count].utf8)
        return true
      })
    }
  }
  func forget(source: Int64) async throws -> String { "a.log" }
  func dropRows(before: Timestamp) async throws -> Int64 { 12 }
  func compact() async throws -> (before: Int64, after: Int64) { (2_048, 1_024) }
  func setRoutes(file: String) async throws -> Int { 3 }
  func learnRoutes() async throws -> Int { 4 }
  func note(_ name: String) async throws -> String? { nil }
  func keepNote(_ name: String, _ value: String) async throws {}
}

/// What a run wrote and how it ended.
struct Run {
  var code: ExitCode
  var output: String
  var errors: String

  init(
    _ words: [String], services: StubServices = StubServices(), environment: [String: String] = [:],
    terminal: Terminal = Terminal()
  ) async {
    let (output, errors) = (MemorySink(), MemorySink())
    code = await Program.run(
      words,
      Session(output: output, errors: errors, environment: environment, terminal: terminal, services: services))
    self.output = output.text
    self.errors = errors.text
  }

  init(_ line: String, services: StubServices = StubServices()) async {
    await self.init(line.split(separator: " ").map(String.init), services: services)
  }
}
