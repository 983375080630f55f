import Foundation
import TestSupport
import Testing

/// A night with one planted fault, and the finding that it must give.
struct PlantedNight: Sendable, CustomTestStringConvertible {
  /// What follows `--fault`; nil for a night that is calm but for its configuration or its nodes.
  var fault: String?
  /// Beginning of the finding's id; nil: no severe finding.
  var expected: String?
  var seed = 7
  var lines = 60_000
  var hours = 24
  /// Names of the nodes, each with a log of its own; without any, one log that nobody named.
  var nodes: [String] = []
  /// Contents of the configuration that was in force, and its file name.
  var configuration: (name: String, text: String)?
  /// A calm day lies before it, and the findings compare with it.
  var hasDayBefore = false

  var testDescription: String { "\(fault ?? "calm") of seed \(seed)" + (hasDayBefore ? " after a calm day" : "") }

  /// The expected finding is there, and no severe one of another kind; its numbers are those of its queries.
  func check() throws {
    let world = try PlantedWorld(self)
    let found = try world.findings()
    let all = found.map { "\($0.severity) \($0.id): \($0.headline)" }.joined(separator: "\n")
    let others = found.filter { $0.severity == "severe" && $0.kind != expected.map(PlantedFinding.kind) }
    #expect(others.isEmpty, "\(all)")
    guard let expected else { return }
    let own = found.filter { $0.id.hasPrefix(expected) }.map(\.id)
    #expect(own.count == 1, "\(all)")
    try world.followEvidence(of: Set(own))
  }
}

/// One row of `show findings --format json`.
struct PlantedFinding: Decodable {
  var id: String
  var severity: String
  var headline: String

  var kind: String { Self.kind(of: id) }

  static func kind(of id: String) -> String { String(id.prefix { $0 != ":" }) }
}

/// The logs of a planted night, imported, and what the program says about them.
private struct PlantedWorld {
  private let folder: TemporaryFolder
  private let night: PlantedNight

  init(_ night: PlantedNight) throws {
    self.night = night
    folder = try TemporaryFolder()
    if night.hasDayBefore { try add("2026-11-20", fault: nil, node: nil) }
    let nodes: [String?] = night.nodes.isEmpty ? [nil] : night.nodes
    for node in nodes { try add("2026-11-21", fault: night.fault, node: node) }
  }

  private func run(_ program: Program, _ words: [String]) throws -> String {
    let result = try program.run(words, environment: ["HEADROOM_STORE": folder.path + "/night.db"], in: folder)
    try #require(result.status == 0, "\(words): \(result.errors)")
    return result.output
  }

  /// Writes the log of a day and imports it.
  private func add(_ day: String, fault: String?, node: String?) throws {
    let log = "\(folder.path)/\(day)-\(node ?? "log").log"
    try _ = run(
      .night,
      [
        "--calm", "--lines", "\(night.lines)", "--hours", "\(night.hours)", "--seed", "\(night.seed)",
        "--start", day + "T00:00:00Z", "-o", log,
      ] + (fault.map { ["--fault", $0] } ?? []) + (node.map { ["--node", $0] } ?? []))
    let format = try run(.night, ["--print-log-format"])
    try _ = run(.headroom, ["import", "-q", "--log-format", format, log] + (node.map { ["--node", $0] } ?? []))
  }

  /// Options of whatever looks for findings.
  private func options() throws -> [String] {
    let configuration = try night.configuration.map { ["-c", try folder.file($0.name, $0.text)] } ?? []
    return configuration + (night.hasDayBefore ? ["--since", "2026-11-21", "--compare-to", "previous"] : [])
  }

  func findings() throws -> [PlantedFinding] {
    let shown = try run(.headroom, ["show", "findings", "--all", "--format", "json"] + options())
    return try JSONDecoder().decode(Answer.self, from: Data(shown.utf8)).findings
  }

  private struct Answer: Decodable {
    var findings: [PlantedFinding]
  }

  // MARK: Evidence

  /// The report tells these findings, and the query beside each of their numbers gives the number.
  func followEvidence(of ids: Set<String>) throws {
    let report = try object(try run(.headroom, ["report", "--format", "json"] + options()))
    let sections = report["sections"] as? [String: [String: Any]] ?? [:]
    let told = sections.values.flatMap { $0["findings"] as? [[String: Any]] ?? [] }
      .filter { ids.contains($0["id"] as? String ?? "") }
    #expect(told.count == ids.count, "the report tells \(told.count) of \(ids)")
    for finding in told {
      for evidence in finding["evidence"] as? [[String: Any]] ?? [] { try follow(evidence) }
    }
  }

  /// As JSON has it: `key`, `query`, and `value` with its unit.
  private func follow(_ evidence: [String: Any]) throws {
    let label = evidence["label"] as? String ?? ""
    #expect(label.first?.isUppercase == true || label.starts(with: /p\d/), "labels begin alike: \(label)")
    guard let query = evidence["query"] as? String, let key = evidence["key"] as? String else { return }
    let rows = try #require(try object(run(.headroom, ["sql", "--format", "json", query]))["rows"] as? [[String: Any]])
    try #require(rows.count == 1, "\(key): \(query)")
    for (suffix, name) in [("", "value"), ("_us", "value_us"), ("_part", "value_part"), ("_of", "value_of")] {
      guard let value = evidence[name] as? NSNumber else { continue }
      #expect(rows[0][key + suffix] as? NSNumber == value, "\(key)\(suffix): \(query)")
    }
  }

  private func object(_ json: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
  }
}
