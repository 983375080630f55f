import Foundation
import TestSupport

/// A report of two nodes and a night with a fault, made once for all tests of a run.
struct SampleReport {
  static let configuration = Program.packageFolder.path + "/samples/nginx/gateway.conf"

  let folder: TemporaryFolder
  let path: String
  let environment: [String: String]

  static let shared = Result { try SampleReport() }

  private init() throws {
    folder = try TemporaryFolder()
    environment = ["HEADROOM_STORE": folder.path + "/night.db"]
    path = folder.path + "/report.html"
    let format = try run(.night, ["--print-log-format", "--format", "gw"])
    for node in ["gw1", "gw2"] {
      let log = "\(folder.path)/\(node).log"
      let fault = "slow-route:/v1/orders@03:00-04:00"
      _ = try run(.night, ["--lines", "30000", "--seed", "7", "--node", node, "--fault", fault, "-o", log])
      _ = try run(.headroom, ["import", "-q", "--log-format", format, "--node", node, log])
    }
    _ = try run(.headroom, ["report", "-c", Self.configuration, "--html", path])
  }

  func run(_ program: Program, _ arguments: [String]) throws -> String {
    let result = try program.run(arguments, environment: environment, in: folder)
    guard result.status == 0 else {
      throw DebuggingPipe.Failure(description: "\(arguments): \(result.errors)")
    }
    return result.output
  }
}
