import Analysis
import Foundation
import Reporting
import Store
import TestSupport
import Testing
import Traffic

@testable import CommandLine

/// Every number of a report is what SQL gives for the query beside it.
@Suite("Numbers of a report") struct FollowQueriesTests {
  private static func run(_ program: TestSupport.Program, _ arguments: [String], in folder: TemporaryFolder) throws -> String {
    let result = try program.run(arguments, environment: ["HEADROOM_STORE": folder.path + "/night.db"], in: folder)
    try #require(result.status == 0, "\(arguments): \(result.errors)")
    return result.output
  }

  private static func night(_ folder: TemporaryFolder) throws {
    let format = try run(.night, ["--print-log-format", "--format", "gw"], in: folder)
    for node in ["gw1", "gw2"] {
      let log = "\(folder.path)/\(node).log"
      let fault = "slow-route:/v1/orders@03:00-04:00"
      _ = try run(.night, ["--lines", "9000", "--seed", "7", "--node", node, "--fault", fault, "-o", log], in: folder)
      _ = try run(.headroom, ["import", "-q", "--log-format", format, "--node", node, log], in: folder)
    }
  }

  private static func followed(_ folder: TemporaryFolder, _ filter: TrafficFilter = .init()) async throws -> FollowedNumbers {
    let store = try TrafficStore(file: folder.path + "/night.db")
    let night = Night(traffic: store, ledger: try await ReadableStore(store).ledger(), scope: Scope(filter: filter))
    let report = Report(night: night, findings: try await FindingRules.findings(in: night))
    return FollowedNumbers(try await report.document(title: "Report"), in: store)
  }

  @Test("are those of their queries, of a night and of an hour of it")
  func generated() async throws {
    let folder = try TemporaryFolder()
    try Self.night(folder)
    let night = try await Self.followed(folder)
    #expect(night.differences == [])
    #expect(night.queries > 30)
    let store = try TrafficStore(file: folder.path + "/night.db")
    let first = try #require(try store.information().firstArrival)
    let hour = TrafficFilter(
      since: first + .hour, until: first + .hour + .hour,
      conditions: [.init(.stored(.method), .matches(["GET"])), .init(.stored(.status), .number(.greaterOrEqual, 200))])
    #expect(try await Self.followed(folder, hour).differences == [])
  }

  @Test("are those of their queries where rollups hold a part or all of the night", arguments: [true, false])
  func rolledUp(entirely: Bool) async throws {
    let folder = try TemporaryFolder()
    try Self.night(folder)
    let store = try TrafficStore(file: folder.path + "/night.db")
    let first = try #require(try store.information().firstArrival)
    let cutoff = entirely ? Timestamp(microseconds: .max) : first + .hour + .hour + .hour
    try await StoreWriter(file: folder.path + "/night.db").retain(Retention(raw: cutoff))
    let followed = try await Self.followed(folder)
    #expect(followed.differences == [])
    #expect(followed.queries > 10)
  }

  @Test("are those of their queries for the sample log")
  func sample() async throws {
    let folder = try TemporaryFolder()
    let log = TestSupport.Program.packageFolder.path + "/samples/logs/gw.log"
    let configuration = TestSupport.Program.packageFolder.path + "/samples/nginx/gateway.conf"
    _ = try Self.run(.headroom, ["import", "-q", "--log-format-from", configuration, log], in: folder)
    let followed = try await Self.followed(folder)
    #expect(followed.differences == [])
    #expect(followed.queries > 30)
  }
}
