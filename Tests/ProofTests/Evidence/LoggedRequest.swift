import Foundation
import TestSupport

/// One request as Headroom read it from the gateway's log.
struct LoggedRequest: Sendable {
  /// Line of the log, from 1.
  var line: Int
  /// Its place in the schedule.
  var number: Int
  /// µs since 1970.
  var arrival: Int64
  /// µs.
  var duration: Int64
  var consumer: String
  var client: String
  var status: Int
  /// Headroom's word for the gateway's limiter verdict.
  var limit: String

  var verdict: ProvenVerdict
}

/// What became of a request.
enum ProvenVerdict: String, CaseIterable, Sendable {
  case passed, delayed, rejected
}

/// A log imported into a store of its own.
struct ImportedLog {
  let store: String
  /// By line.
  let requests: [LoggedRequest]

  private struct Row: Decodable {
    var arrival: String
    var duration_us: Int64?
    var consumer: String?
    var client: String?
    var status: Int?
    var limit: String?
    var path: String?
    var line: Int
  }

  /// Imports with `headroom import` and reads back with `headroom export`.
  init(_ log: String, format: String?, in folder: TemporaryFolder) throws {
    store = folder.path + "/" + UUID().uuidString + ".db"
    let words = format.map { ["--log-format", $0] } ?? []
    let imported = try Program.headroom.run(["import", log, "--store", store] + words, in: folder)
    guard imported.status == 0 else { throw ProofFailure.program("import", imported.errors + imported.output) }
    let columns = "arrival,duration,consumer,client,status,limit,path,line"
    let exported = try Program.headroom.run(
      ["export", "--store", store, "--columns", columns, "--format", "json"], in: folder)
    guard exported.status == 0 else { throw ProofFailure.program("export", exported.errors) }
    requests = try exported.output.split(separator: "\n").compactMap { try Self.request(String($0)) }
      .sorted { $0.line < $1.line }
  }

  /// - Returns: nil for a request that was not of the schedule.
  private static func request(_ text: String) throws -> LoggedRequest? {
    let row = try JSONDecoder().decode(Row.self, from: Data(text.utf8))
    guard let number = row.path?.split(separator: "/").last.flatMap({ Int($0) }) else { return nil }
    let status = row.status ?? 0
    let limit = row.limit ?? "none"
    let isRejected = limit == "rejected" || limit == "inferred_rejected" || status == 429 || status == 503
    return LoggedRequest(
      line: row.line, number: number, arrival: try microseconds(row.arrival), duration: row.duration_us ?? 0,
      consumer: row.consumer ?? "", client: row.client ?? "", status: status, limit: limit,
      verdict: isRejected ? .rejected : limit == "delayed" ? .delayed : .passed)
  }

  /// `2026-11-22T18:02:06.123456Z` as µs since 1970.
  private static func microseconds(_ text: String) throws -> Int64 {
    let parts = text.dropLast().split(separator: ".")
    let seconds = try Date(String(parts[0]) + "Z", strategy: .iso8601).timeIntervalSince1970
    let fraction = parts.count > 1 ? (String(parts[1]) + "000000").prefix(6) : "0"
    return Int64(seconds) * 1_000_000 + (Int64(fraction) ?? 0)
  }
}

enum ProofFailure: Error, CustomStringConvertible {
  case program(String, String)

  var description: String {
    switch self {
    case .program(let name, let message): "headroom \(name): \(message)"
    }
  }
}
