import Analysis
import Foundation
import FoundationXML
import Gateways
import Reporting
import Scanning
import TestSupport
import Testing
import Traffic

@testable import CommandLine

@Suite("headroom check") struct CheckCommandTests {
  let folder: TemporaryFolder
  let services = CompareCommandTests.services()

  init() throws { folder = try TemporaryFolder() }

  func rules(_ text: String) throws -> String { try folder.file("rules.json", text) }

  func check(_ rules: String, _ more: [String] = []) async throws -> Run {
    await Run(["check", "--rules", try self.rules("{\"rules\": [\(rules)]}")] + more, services: services)
  }

  @Test("each kind of rule passes and fails where it should", arguments: [
    ("\"slo\": {\"latency\": \"50ms\", \"share\": \"99%\"}", true),
    ("\"slo\": {\"latency\": \"30ms\", \"share\": \"99%\"}", false),
    ("\"slo\": {\"latency\": \"50ms\", \"share\": \"100%\"}, \"per\": \"route\"", true),
    ("\"latency\": {\"percentile\": \"p50\", \"atMost\": \"40ms\"}", true),
    ("\"latency\": {\"percentile\": \"p50\", \"atMost\": \"20ms\"}, \"route\": \"/b\"", false),
    ("\"latency\": {\"percentile\": \"p99.9\", \"atMost\": \"1h\"}", false),  // too few samples
    ("\"latency\": {\"percentile\": \"p99.9\", \"atMost\": \"1h\"}, \"unknown\": \"pass\"", true),
    ("\"errors\": {\"atMost\": \"0%\"}", true),
    ("\"limited\": {\"atMost\": \"0%\"}, \"where\": \"method=GET\"", true),
    ("\"cacheHits\": {\"atLeast\": \"50%\"}", false),  // no lookups: unknown
    ("\"headroom\": {\"capacity\": \"10r/s\", \"atMost\": \"10%\"}", true),
    ("\"headroom\": {\"capacity\": \"1r/s\", \"atMost\": \"99%\"}", false),
    ("\"quota\": {\"limit\": \"2000/d\", \"key\": \"all\", \"atMost\": \"80%\"}", true),
    ("\"quota\": {\"limit\": \"1400/d\", \"key\": \"all\", \"atMost\": \"80%\"}", false),
    ("\"data\": {\"missingHours\": 0, \"rejectedLines\": \"0%\", \"incompleteSources\": 0}", true),
    ("\"change\": {\"of\": \"p50\", \"atMost\": \"10%\"}", false),  // nothing to compare with
  ])
  func kinds(rule: String, passes: Bool) async throws {
    let run = try await check("{\"name\": \"x\", \(rule)}")
    #expect(run.code == (passes ? .done : .answerIsNo), "\(run.output)\(run.errors)")
  }

  @Test("a rule about change holds the window against the one before") func change() async throws {
    let slower = CompareCommandTests.services(slowdown: 2)
    let path = try rules("{\"rules\": [{\"name\": \"x\", \"change\": {\"of\": \"p50\", \"atMost\": \"10%\"}}]}")
    let words = ["check", "--rules", path, "--since", "2026-05-30", "--compare-to", "2026-05-29"]
    let run = await Run(words, services: slower)
    #expect(run.code == .answerIsNo && run.output.contains("p50 went from"), "\(run.output)\(run.errors)")
    #expect(await Run(words, services: services).code == .done)
  }

  @Test("without data a rule fails and says why") func unknown() async throws {
    let run = try await check("{\"name\": \"x\", \"errors\": {\"atMost\": \"1%\"}, \"route\": \"/nothing\"}")
    #expect(run.code == .answerIsNo && run.output.contains("unknown") && run.output.contains("no request has a status"))
  }

  @Test("writes JUnit that a parser reads, the same bytes twice") func junit() async throws {
    let path = folder.path + "/check.xml"
    let rule = "{\"name\": \"<&'\\\"\\u001b]\\uFFFE> ä\", \"slo\": {\"latency\": \"30ms\", \"share\": \"99%\"}, \"per\": \"route\"}, "
      + "{\"name\": \"y\", \"cacheHits\": {\"atLeast\": \"1%\"}, \"unknown\": \"pass\"}"
    #expect(try await check(rule, ["--junit", path]).code == .answerIsNo)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.contains("tests=\"3\" failures=\"2\""))
    #expect(text.contains("&lt;&amp;&apos;&quot;\\x1b]\u{FFFD}&gt; ä: GET /a"), "\(text)")
    let reader = JUnitReader()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = reader
    #expect(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
    #expect(reader.names == ["<&'\"\\x1b]\u{FFFD}> ä: GET /a", "<&'\"\\x1b]\u{FFFD}> ä: GET /b", "y"])
    #expect(reader.failures == 2)
    _ = try await check(rule, ["--junit", path])
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
  }

  @Test("names file, line and the nearest word of what is wrong", arguments: [
    ("{\"rules\": [{\"name\": \"x\", \"erors\": {}}]}", "field of rules 'erors'", "errors"),
    ("{\"rules\": [{\"name\": \"x\",\n \"errors\": {\"atMots\": \"1%\"}}]}", "rules.json:2:13", "atMost"),
    ("{\"rules\": [{\"name\": \"x\", \"errors\": {\"atMost\": \"1\"}}]}", "'1' is no value of atMost", "99.9%"),
    ("{\"rules\": [{\"name\": \"x\", \"errors\": {\"atMost\": \"101%\"}}]}", "no value of atMost", "share"),
    ("{\"rules\": [{\"name\": \"x\", \"slo\": {\"latency\": \"5\", \"share\": \"1%\"}}]}", "no value of latency", "unit"),
    ("{\"rules\": [{\"name\": \"x\"}]}", "is missing", "slo"),
    ("{\"rules\": [{\"errors\": {\"atMost\": \"1%\"}}]}", "name is missing", ""),
    ("{\"rules\": [{\"name\": \"x\", \"errors\": {\"atMost\": \"1%\"}, \"slo\": {}}]}", "about one thing", ""),
    ("{\"rules\": [{\"name\": \"x\", \"errors\": {\"atMost\": \"1%\"}, \"where\": \"metod=GET\"}]}", "no value of where", "method"),
    ("{\"rules\": [{\"name\": \"x\", \"findings\": {\"only\": [\"no-such-kind\"]}}]}", "no value of only", ""),
    ("{\"rules\": [{\"name\": \"x\", \"findings\": {}, \"route\": \"/a\"}]}", "whole night", ""),
    ("{\"rules\": [{\"name\": \"x\", \"data\": {}}]}", "missingHours", ""),
    ("{\"rules\": [{\"name\": \"x\", \"errors\": {\"atMost\": \"1%\"}}, {\"name\": \"x\", \"errors\": {\"atMost\": \"1%\"}}]}", "two rules 'x'", ""),
    ("{\"mutes\": [{\"id\": \"a\", \"until\": \"soon\", \"reason\": \"b\"}]}", "no value of until", "2026-12-31"),
    ("{\"mutes\": [{\"id\": \"a\", \"until\": \"2026-12-31\"}]}", "reason is missing", ""),
    ("{\"rules\": [", "found", ""),
  ])
  func faults(text: String, what: String, help: String) async throws {
    let run = await Run(["check", "--rules", try rules(text)], services: services)
    #expect(run.code == .badInput && run.errors.contains(what) && (help.isEmpty || run.errors.contains(help)), "\(run.errors)")
    #expect(run.errors.contains("rules.json"))
  }

  @Test("reads the sample, whose schema knows every word and no other") func sample() throws {
    let samples = Program.packageFolder.path + "/samples/"
    let text = try String(contentsOfFile: samples + "rules.json", encoding: .utf8)
    let rules = try RulesFile(text: text, file: "rules.json", clock: .utc)
    #expect(Set(rules.gates.map(\.kind)) == Set(GateSettings.kinds) && rules.mutes.count == 1)
    let schema = try JSONReader.document(in: try String(contentsOfFile: samples + "rules.schema.json", encoding: .utf8))
    func keys(_ node: ConfigurationNode?) -> Set<String> {
      guard case .mapping(let entries)? = node?["properties"]?.value else { return [] }
      return Set(entries.map(\.key))
    }
    func words(_ node: ConfigurationNode?) -> Set<String> {
      guard case .list(let words)? = node?["enum"]?.value else { return [] }
      return Set(words.compactMap { if case .scalar(let scalar) = $0.value { scalar.text } else { nil } })
    }
    let rule = schema["$defs"]?["rule"]
    #expect(keys(schema) == Set(RulesFile.fieldNames))
    #expect(keys(schema["$defs"]?["mute"]) == Set(RulesFile.muteNames))
    #expect(keys(rule) == Set(GateSettings.commonNames + GateSettings.kinds))
    for kind in GateSettings.kinds {
      #expect(keys(rule?["properties"]?[kind]) == Set(GateSettings.names[kind] ?? []), "\(kind)")
    }
    let properties = rule?["properties"]
    #expect(words(properties?["latency"]?["properties"]?["percentile"]) == Set(GateSettings.percentiles.keys))
    #expect(words(properties?["change"]?["properties"]?["of"]) == Set(GateSettings.measures))
    #expect(words(properties?["quota"]?["properties"]?["key"]) == Set(GateSettings.quotaKeys))
    #expect(words(properties?["findings"]?["properties"]?["severity"]) == Set(Finding.Severity.allCases.map(\.name)))
  }

  @Test("a truncated or flipped rules file ends in rules or an error", arguments: 0..<4 as Range<UInt64>)
  func hostile(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let bytes = Array(try String(contentsOfFile: Program.packageFolder.path + "/samples/rules.json", encoding: .utf8).utf8)
    var readings = 0
    for _ in 0..<150 {
      var broken = bytes
      broken[Int.random(in: 0..<broken.count, using: &random)] = UInt8.random(in: 32...126, using: &random)
      if Bool.random(using: &random) { broken.removeLast(Int.random(in: 0..<broken.count, using: &random)) }
      do {
        _ = try RulesFile(text: String(decoding: broken, as: UTF8.self), file: "x", clock: .utc)
        readings += 1
      } catch is ConfigurationError {}
    }
    #expect(readings < 150)
  }
}

@Suite("Options of reports and gates") struct GateOptionTests {
  func invocation(_ words: [String]) throws -> Invocation {
    guard case .command(let arguments) = try ArgumentParser(commands: Commands.all).parse(["report"] + words) else {
      throw UsageError(.unknownCommand("report"))
    }
    return Invocation(
      arguments: arguments, session: Session(output: MemorySink(), errors: MemorySink(), services: StubServices()))
  }

  @Test("objectives are read as people write them") func objectives() throws {
    let usual = try ObjectiveArguments(invocation: invocation([])).objective()
    #expect(usual == Objective())
    let given = try ObjectiveArguments(
      invocation: invocation(["--slo", "99.5% 300ms", "--availability", "99.95%"])
    ).objective()
    #expect(given == Objective(latency: Microseconds(300_000), punctual: 995_000, available: 999_500))
    let apdex = try ObjectiveArguments(invocation: invocation(["--apdex", "1s"])).objective()
    #expect(apdex.latency == .second)
    for words in [
      ["--slo", "99%"], ["--slo", "500ms 99%"], ["--apdex", "5"], ["--availability", "0.999"], ["--availability", "101%"],
      ["--slo", "99% 1s", "--apdex", "2s"],
    ] {
      #expect(throws: UsageError.self, "\(words)") { try ObjectiveArguments(invocation: invocation(words)).objective() }
    }
  }

  @Test("an id may have colons; the date stands behind the last") func mutes() throws {
    let mutes = try MutingArguments(invocation(["--mute", "slow-endpoint:GET_/a:2026-12-31", "--mute", "x:2026-01-01"])).mutes()
    #expect(mutes.map(\.id) == ["slow-endpoint:GET_/a", "x"])
    #expect(mutes[0].until == Timestamp(microseconds: 1_798_675_200_000_000))
    for word in ["x", "x:soon", ":2026-12-31", "2026-12-31"] {
      #expect(throws: UsageError.self) { try MutingArguments(invocation(["--mute", word])).mutes() }
    }
  }

  @Test("windows follow the clock, also over a change of daylight saving time") func windows() throws {
    let berlin = try ZoneArgument.clock("Europe/Berlin")
    for (day, hours) in [("2025-10-26", 25), ("2025-03-30", 23), ("2025-07-01", 24)] as [(String, Int64)] {
      var filter = TrafficFilter()
      try WindowArgument(day, of: "X", clock: berlin).apply(to: &filter, newest: nil)
      let length = try #require(filter.until) - #require(filter.since)
      #expect(length == Microseconds(hours * Microseconds.hour.count), "\(day)")
    }
  }
}

/// What a CI system takes from a JUnit file.
private final class JUnitReader: NSObject, XMLParserDelegate {
  var names: [String] = []
  var failures = 0

  func parser(
    _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    if element == "testcase" { names.append(attributes["name"] ?? "") }
    if element == "failure" { failures += 1 }
  }
}
