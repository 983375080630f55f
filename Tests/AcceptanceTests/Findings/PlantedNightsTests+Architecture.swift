import Foundation
import TestSupport
import Testing

/// A night with one thing wrong in its design, and the finding that tells it.
struct DesignedNight: CustomTestStringConvertible, Sendable {
  var name: String
  /// Options of `night` beyond the usual ones.
  var options: [String]
  /// Options of the day before, where the finding compares.
  var before: [String]?
  /// Options of `headroom import`.
  var reading: [String] = []
  /// Beginning of the finding's id.
  var expected: String

  var testDescription: String { name }

  init(_ fault: String, _ expected: String, more: [String] = []) {
    name = fault
    options = ["--fault", fault] + more
    self.expected = expected
  }

  init(_ name: String, options: [String] = [], before: [String]? = nil, reading: [String] = [], _ expected: String) {
    self.name = name
    self.options = options
    self.before = before
    self.reading = reading
    self.expected = expected
  }

  private static let allDay = "@00:00-23:59"
  private static let dense = ["--hours", "6", "--lines", "150000"]

  static let all: [DesignedNight] = [
    DesignedNight("pass-through:/v1/carts" + allDay, "pass-through:GET_/v1/carts/"),
    DesignedNight("pass-through:/v1/search" + allDay, "pass-through:GET_/v1/search"),
    DesignedNight("gateway-logic:/v1/inventory" + allDay, "logic-in-gateway:GET_/v1/inventory/"),
    DesignedNight("gateway-logic:/v1/users" + allDay, "logic-in-gateway:GET_/v1/users/"),
    DesignedNight("thin-upstream:/v1/carts" + allDay, "low-value-hop:GET_/v1/carts/"),
    DesignedNight("stale-endpoint:events@03:00-21:00", "stale-discovery:10.0.19.12:8080"),
    DesignedNight("stale-endpoint:sessions@06:00-23:00", "stale-discovery:10.0.17.12:8080"),
    DesignedNight("tight-pool:search" + allDay, "not-scaled:10.0.11.11:8080"),
    DesignedNight("one node", reading: ["--node", "gw1"], "not-scaled:nodes"),
    DesignedNight("cache-flush@03:00-03:01", "cold-cache:flush", more: dense),
    DesignedNight("uncacheable:/v1/products" + allDay, "uncacheable:GET_/v1/products", more: dense),
    DesignedNight("uncacheable:/v1/suggest" + allDay, "uncacheable:GET_/v1/suggest", more: dense),
    DesignedNight("probe-flood" + allDay, "health-checks"),
    DesignedNight("batch-clients" + allDay, "one-size-for-all-clients"),
    DesignedNight(
      "a slower version", options: ["--fault", "slower-version:/v1/search" + allDay], before: [],
      "regression:GET_/v1/search"),
    DesignedNight(
      "a cache switched off", options: ["--fault", "uncacheable:/v1/suggest" + allDay], before: [],
      "regression:GET_/v1/suggest"),
  ]
}

@Suite("Nights with a fault of the design") struct ArchitectureNightsTests {
  let folder: TemporaryFolder
  let format: String

  init() throws {
    folder = try TemporaryFolder()
    let format = try Program.night.run(["--print-log-format"], in: folder)
    self.format = try folder.file("gateway.conf", format.output)
  }

  private struct Found {
    var id: String
    var severity: String
    /// As JSON has it: `key`, `query`, and `value` with its unit.
    var evidence: [[String: Any]]

    init?(_ object: [String: Any]) {
      guard let id = object["id"] as? String, let severity = object["severity"] as? String else { return nil }
      (self.id, self.severity) = (id, severity)
      evidence = object["evidence"] as? [[String: Any]] ?? []
    }
  }

  /// Writes a calm night, imports it and gives what was found.
  private func findings(_ night: DesignedNight, seed: Int = 7) throws -> (found: [Found], store: String) {
    let store = folder.path + "/night.db"
    for (start, options) in [("2026-11-20", night.before), ("2026-11-21", night.options)] {
      guard let options else { continue }
      let file = folder.path + "/\(start).log"
      let usual = ["--lines", "60000", "--seed", "\(seed)", "--calm", "--start", start + "T00:00:00Z", "-o", file]
      let written = try Program.night.run(usual + options, in: folder)
      try #require(written.status == 0, "\(written.errors)")
      let imported = try Program.headroom.run(
        ["import", file, "--store", store, "--quiet", "--log-format-from", format] + night.reading, in: folder)
      try #require(imported.status == 0, "\(imported.errors)")
    }
    let window = night.before == nil ? [] : ["--since", "2026-11-21", "--compare-to", "previous"]
    let file = folder.path + "/report.json"
    let report = try Program.headroom.run(["report", "--store", store, "--json", file] + window, in: folder)
    try #require(report.status == 0, "\(report.errors)")
    let answer = try Self.object(Data(contentsOf: URL(fileURLWithPath: file)))
    let sections = answer["sections"] as? [String: [String: Any]] ?? [:]
    let found = sections.values.flatMap { $0["findings"] as? [[String: Any]] ?? [] }
    return (found.compactMap(Found.init), store)
  }

  private static func object(_ json: Data) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
  }

  @Test("have its finding, and no other severe one", arguments: DesignedNight.all)
  func planted(night: DesignedNight) throws {
    let (found, store) = try findings(night)
    let own = found.filter { $0.id.hasPrefix(night.expected) }
    #expect(own.count == 1, "found \(found.map(\.id))")
    #expect(found.filter { $0.severity == "severe" && !$0.id.hasPrefix(night.expected) }.map(\.id) == [])
    for finding in own {
      for evidence in finding.evidence { try follow(evidence, of: finding.id, store) }
    }
  }

  /// The query beside a number gives the number.
  private func follow(_ evidence: [String: Any], of id: String, _ store: String) throws {
    guard let query = evidence["query"] as? String, let key = evidence["key"] as? String else { return }
    let result = try Program.headroom.run(["sql", "--store", store, "--format", "json", query], in: folder)
    try #require(result.status == 0, "\(id) \(key): \(result.errors)\n\(query)")
    let rows = try #require(try Self.object(Data(result.output.utf8))["rows"] as? [[String: Any]])
    try #require(rows.count == 1)
    let names = ["": "value", "_us": "value_us", "_part": "value_part", "_of": "value_of"]
    for (suffix, name) in names.sorted(by: { $0.key < $1.key }) {
      guard let value = evidence[name] as? NSNumber else { continue }
      #expect(rows[0][key + suffix] as? NSNumber == value, "\(id) \(key)\(suffix): \(query)")
    }
  }

  @Test("calm nights have no severe finding", arguments: 1...10)
  func calm(seed: Int) throws {
    let (found, _) = try findings(DesignedNight("calm", options: [], "none"), seed: seed)
    #expect(found.filter { $0.severity == "severe" }.map(\.id) == [])
  }
}
