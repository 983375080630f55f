import Analysis
import Formats
import Foundation
import Ingest
import Store
import Traffic

/// A store of the benchmark's log in a temporary file, removed with the value.
final class BenchmarkStore: Sendable {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("benchmark-\(UUID().uuidString).db").path

  /// Imports a log whose format is told by `LOG.conf` beside it, or found by content.
  func fill(from log: String) async throws -> ImportSummary {
    var options = ImportOptions(inputs: [log])
    if let text = try? String(contentsOfFile: log + ".conf", encoding: .utf8) {
      options.preferredFormats = try NginxConfiguration.logFormats(in: text).map { try $0.format() }
    }
    let pipeline = ImportPipeline(options, version: "benchmark") { Timestamp(microseconds: 0) }
    return try await pipeline.run(into: try StoreWriter(file: path))
  }

  func opened() throws -> TrafficStore { try TrafficStore(file: path) }

  func remove() {
    for suffix in ["", "-wal", "-shm", "-writer"] { unlink(path + suffix) }
  }

  deinit { remove() }
}

/// The whole import into a fresh store, routes included.
struct ImportScenario: Scenario {
  static let name = "import"
  static let unit = "lines"
  let file: String

  init(file: String) { self.file = file }

  mutating func run() async throws -> (units: Int, check: UInt64) {
    let summary = try await BenchmarkStore().fill(from: file)
    return (Int(summary.lines), UInt64(bitPattern: summary.requests &* 1_000_003 &+ summary.rejected))
  }
}

/// One column of all rows, decoded and added up.
struct ScanScenario: Scenario {
  static let name = "scan"
  static let unit = "rows"
  private let store = BenchmarkStore()

  private struct Sum: TrafficFold {
    var rows = 0
    var total: Int64 = 0

    mutating func absorb(_ batch: borrowing ColumnBatch) {
      rows += batch.rows
      for value in batch[0] where value != .absent { total &+= value }
    }

    mutating func merge(_ later: Self) {
      rows += later.rows
      total &+= later.total
    }
  }

  init(file: String) async throws { _ = try await store.fill(from: file) }

  mutating func run() async throws -> (units: Int, check: UInt64) {
    let request = ScanRequest(columns: [.stored(.duration)])
    let sum = try await TrafficStore(file: store.path).scan(request, Sum())
    return (sum.rows, UInt64(bitPattern: sum.total))
  }
}

/// Exact p50 to p99.9 of every route.
struct PercentilesScenario: Scenario {
  static let name = "percentiles"
  static let unit = "rows"
  private let store = BenchmarkStore()

  init(file: String) async throws { _ = try await store.fill(from: file) }

  mutating func run() async throws -> (units: Int, check: UInt64) {
    let answer = try await RouteLatency().answer(from: TrafficStore(file: store.path))
    let values = answer.rows.flatMap { $0.latency.quantiles.map { $0?.count ?? 0 } }
    let check = values.reduce(UInt64(answer.rows.count)) { ($0 &* 31) &+ UInt64(bitPattern: $1) }
    return (Int(answer.totals.requests), check)
  }
}

/// Bytes of the store, as the time has no say in it: read "M bytes" of the check, not the rate.
struct SizeScenario: Scenario {
  static let name = "size"
  static let unit = "stored bytes"
  let file: String

  init(file: String) { self.file = file }

  mutating func run() async throws -> (units: Int, check: UInt64) {
    let store = BenchmarkStore()
    let summary = try await store.fill(from: file)
    let attributes = try FileManager.default.attributesOfItem(atPath: store.path)
    let bytes = (attributes[.size] as? NSNumber)?.intValue ?? 0
    print(String(format: "size: %d bytes, %.2f a request", bytes, Double(bytes) / Double(summary.requests)))
    return (bytes, UInt64(bytes))
  }
}
