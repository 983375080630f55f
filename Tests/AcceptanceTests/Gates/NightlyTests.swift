import Foundation
import TestSupport
import Testing

/// The job that runs every night, as it lies in `samples/nightly`.
@Suite("The nightly job") struct NightlyTests {
  static let samples = Program.packageFolder.path + "/samples/nightly/"

  let folder: TemporaryFolder
  let log: String

  init() throws {
    folder = try TemporaryFolder()
    log = folder.path + "/access.log"
    _ = try Program.night.run(["--format", "timed", "--lines", "4000", "--seed", "7", "-o", log], in: folder)
  }

  func run(rules: String, _ logs: [String]) throws -> Program.Result {
    let shell = try #require(Program.find("sh"))
    return try shell.run(
      [Self.samples + "headroom-nightly.sh"] + logs,
      environment: [
        "HEADROOM": Program.headroom.executable.path, "HEADROOM_STORE": folder.path + "/gateway.db",
        "HEADROOM_REPORTS": folder.path + "/reports", "HEADROOM_RULES": rules,
      ], in: folder)
  }

  /// Every file of the reports by name; what links point to counts as content.
  func reports() throws -> [String: Data] {
    let reports = folder.path + "/reports"
    var files: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: reports) {
      files[name] = try Data(contentsOf: URL(fileURLWithPath: reports + "/" + name))
    }
    return files
  }

  func rules(_ text: String) throws -> String { try folder.file("rules.json", "{\"rules\": [\(text)]}") }

  @Test("writes the report and the check, and the same bytes when it runs again") func twice() throws {
    let rules = try rules("{\"name\": \"available\", \"errors\": {\"atMost\": \"100%\"}}")
    let first = try run(rules: rules, [log])
    #expect(first.status == 0 && first.output.isEmpty, "\(first.errors)\(first.output)")
    var before = try reports()
    let second = try run(rules: rules, [log])
    #expect(second.status == 0, "\(second.errors)")
    var after = try reports()
    // What was imported is new once.
    #expect(before.removeValue(forKey: "import.txt") != after.removeValue(forKey: "import.txt"))
    #expect(before == after)
    let names = Set(after.keys.map { $0.split(separator: ".", maxSplits: 1).last.map(String.init) ?? "" })
    #expect(names == ["html", "md", "check.txt", "junit.xml"], "\(after.keys)")
    #expect(after["latest.md"]?.isEmpty == false && after["latest.html"]?.isEmpty == false)
    #expect(!after.keys.contains { $0.hasPrefix(".") }, "nothing half done is left")
  }

  @Test("ends with 1 and the reasons when a rule is broken, and the report is there all the same") func broken() throws {
    let rules = try rules("{\"name\": \"fast\", \"slo\": {\"latency\": \"1us\", \"share\": \"99%\"}}")
    let result = try run(rules: rules, [log])
    #expect(result.status == 1 && result.output.contains("fast") && result.output.contains("fail"), "\(result)")
    #expect(try reports()["latest.check.txt"] != nil)
  }

  @Test("works without rules, and fails without logs, with a wrong log or beside another run") func failures() throws {
    #expect(try run(rules: folder.path + "/none", [log]).status == 0)
    #expect(try run(rules: "none", []).status == 2)
    #expect(try run(rules: "none", [folder.path + "/missing.log"]).status > 1)
    try FileManager.default.createDirectory(atPath: folder.path + "/reports/.running", withIntermediateDirectories: false)
    #expect(try run(rules: "none", [log]).status == 4)
  }

  @Test("is POSIX shell, and its units are what systemd reads") func syntax() throws {
    let shell = try #require(Program.find("sh"))
    #expect(try shell.run(["-n", Self.samples + "headroom-nightly.sh"], in: folder).status == 0)
    guard let systemd = Program.find("systemd-analyze") else {
      print("systemd-analyze is not installed: the units are not verified")
      return
    }
    let result = try systemd.run(
      ["verify", Self.samples + "headroom-nightly.service", Self.samples + "headroom-nightly.timer"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
  }
}
