import Foundation
import TestSupport
import Testing

/// Every command that the README and the help name, run as they are written there.
@Suite("Commands as documented") struct CommandsTests {
  let folder: TemporaryFolder
  let environment: [String: String]
  let log: String

  init() throws {
    folder = try TemporaryFolder()
    log = folder.path + "/access.log"
    environment = ["HEADROOM_STORE": folder.path + "/gateway.db"]
    _ = try Program.night.run(["--format", "timed", "--lines", "3000", "-o", log], in: folder)
    let result = try run(["import", log])
    #expect(result.status == 0, "\(result.errors)")
  }

  func run(_ words: [String]) throws -> Program.Result {
    try Program.headroom.run(words, environment: environment, in: folder)
  }

  @Test("answer with 0, an output and no errors") func answers() throws {
    let questions = [
      "show routes", "show routes --by outcome", "show routes --sort p99 --all", "show consumers", "show cache",
      "show upstreams", "show nodes", "show hours", "show coverage", "show sources", "show routes --since 1d",
      "show clients", "show protocols",
      "routes list", "routes explain /api/v1/users/812/orders", "store info", "store verify", "formats list",
      "formats explain nginx-main", "formats explain \(log)", "formats detect \(log)", "version", "help",
      "help show routes", "completions bash", "export --columns arrival,route,status,duration --format csv",
    ].map { $0.split(separator: " ").map(String.init) }
    let sql = ["sql", "SELECT route, count(*), p99(duration) FROM requests WHERE status >= 500 GROUP BY route"]
    for words in questions + [sql] {
      let result = try run(words)
      #expect(result.status == 0 && result.errors.isEmpty && !result.output.isEmpty, "\(words): \(result.errors)")
    }
  }

  @Test("explain themselves") func help() throws {
    let overview = try run(["help"]).output
    let groups = ["show", "routes", "store", "formats"]
    for line in overview.split(separator: "\n") where line.hasPrefix("  ") && !line.hasPrefix("   ") {
      let words = line.split(separator: " ").map(String.init)
      guard words[0] != "headroom", words[0].allSatisfy(\.isLowercase) else { continue }
      let members = groups.contains(words[0]) ? words[1].split(separator: "|").map { [words[0], String($0)] } : [[words[0]]]
      for command in members {
        let result = try run(command + ["--help"])
        #expect(result.status == 0 && result.output.contains("Usage\n  headroom \(command.joined(separator: " "))"))
      }
    }
  }

  @Test("end with 2 for a wrong command line and 3 for a wrong file, and say so in words") func exitCodes() throws {
    let usage = [
      ["bogus"], ["bogus", "--help"], ["help", "bogus"], ["show", "bogus"], ["show", "bogus", "--help"], ["import"],
      ["show", "routes", "--formt", "json"], ["show", "routes", "--where", "foo=1"], ["show", "routes", "--since", "soon"],
      ["import", log, "--threads", "0"], ["import", log, "--log-format", "bogus"], ["formats", "explain", log, "--log-format", "bogus"],
    ]
    let missing = folder.path + "/missing"
    let input = [
      ["show", "routes", "--store", missing], ["show", "routes", "--store", log], ["sql", "selec 1"],
      ["import", log, "--log-format-from", missing], ["import", log, "--mapping", missing],
      ["import", log, "--routes", missing], ["store", "forget", "99"], ["formats", "explain", missing],
    ]
    for (status, commands) in [(Int32(2), usage), (3, input)] {
      for words in commands {
        let result = try run(words)
        #expect(result.status == status && result.errors.hasPrefix("error: "), "\(words): \(result.status) \(result.errors)")
        #expect(!result.errors.contains("something went wrong"), "\(result.errors)")
      }
    }
  }

  @Test("stop without a word when the reader of their output leaves") func readerLeaves() throws {
    let shell = try #require(Program.find("sh"))
    for command in ["show routes --all", "export"] {
      let result = try shell.run(
        ["-c", "{ \"$0\" \(command); echo $? >&2; } | head -n 1", Program.headroom.executable.path],
        environment: environment, in: folder)
      #expect(result.errors == "0\n" && result.output.utf8.filter { $0 == 10 }.count == 1, "\(result)")
    }
  }
}
