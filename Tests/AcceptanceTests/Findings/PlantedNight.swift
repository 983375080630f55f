import Foundation
import TestSupport
import Testing

/// A night with one planted fault, and the finding that it must give.
struct PlantedNight: Sendable, CustomTestStringConvertible {
  /// What follows `--fault`; nil for a calm night.
  var fault: String?
  /// Beginning of the finding's id; nil: no severe finding.
  var expected: String?
  var seed = 1
  var lines = 60_000
  /// Names of the nodes, each with a log of its own.
  var nodes = ["gw1"]
  /// Contents of the configuration that was in force, and its file name.
  var configuration: (name: String, text: String)?

  var testDescription: String { "\(fault ?? "calm") of seed \(seed)" }

  /// One line of `show findings --format json`.
  struct Row: Decodable {
    var id: String
    var severity: String
    var headline: String
  }

  /// Writes the logs, imports them, and asks what was found.
  func findings() throws -> [Row] {
    let folder = try TemporaryFolder()
    let environment = ["HEADROOM_STORE": folder.path + "/night.db"]
    let format = try Program.night.run(["--print-log-format", "--format", "gw"], in: folder).output
    for node in nodes {
      let log = "\(folder.path)/\(node).log"
      var words = ["--calm", "--lines", "\(lines)", "--seed", "\(seed)", "--node", node, "-o", log]
      if let fault { words += ["--fault", fault] }
      let written = try Program.night.run(words, in: folder)
      try #require(written.status == 0, "\(written.errors)")
      let imported = try Program.headroom.run(
        ["import", "--log-format", format, "--node", node, log], environment: environment, in: folder)
      try #require(imported.status == 0, "\(imported.errors)")
    }
    var words = ["show", "findings", "--format", "json"]
    if let configuration { words += ["-c", try folder.file(configuration.name, configuration.text)] }
    let shown = try Program.headroom.run(words, environment: environment, in: folder)
    try #require(shown.status == 0, "\(shown.errors)")
    return try JSONDecoder().decode(Answer.self, from: Data(shown.output.utf8)).findings
  }

  private struct Answer: Decodable {
    var findings: [Row]
  }

  /// The expected finding is there, and no severe one of another kind.
  func check() throws {
    let rows = try findings()
    let all = rows.map { "\($0.severity) \($0.id): \($0.headline)" }.joined(separator: "\n")
    if let expected { #expect(rows.contains { $0.id.hasPrefix(expected) }, "\(all)") }
    let kind = expected?.split(separator: ":").first.map(String.init)
    let others = rows.filter { $0.severity == "severe" && $0.id.split(separator: ":").first.map(String.init) != kind }
    #expect(others.isEmpty, "\(all)")
  }
}
