import CommandLine
import Foundation

/// The HTML report, from opening the store to the last byte. The file is a log, or a store.
struct ReportScenario: Scenario {
  static let name = "report"
  static let unit = "bytes of HTML"
  private let store = BenchmarkStore()
  private let path: String

  init(file: String) async throws {
    path = file.hasSuffix(".db") ? file : store.path
    if path == store.path { _ = try await store.fill(from: file) }
  }

  mutating func run() async throws -> (units: Int, check: UInt64) {
    let page = store.path + ".html"
    defer { unlink(page) }
    let code = await Program.run(["report", "--store", path, "--html", page, "--quiet"], Program.session)
    guard code == .done else { throw CocoaError(.fileNoSuchFile) }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: page))
    return (bytes.count, bytes.reduce(0) { $0 &* 31 &+ UInt64($1) })
  }
}
