import Foundation
import Gateways
import Scanning
import TestSupport
import Testing
import Traffic

@Suite("plan.json")
struct PlanReaderTests {
  private func read(_ text: String) throws(ConfigurationError) -> GatewayReading {
    try ReaderProbe(reader: PlanReader(), file: "plan.json").reading(text)
  }

  private func sample(_ name: String) throws -> String {
    try String(contentsOf: Program.packageFolder.appendingPathComponent("samples/\(name)"), encoding: .utf8)
  }

  @Test("the sample reads as its comments say")
  func sample() throws {
    let reading = try read(try sample("plan.json"))
    let model = reading.model
    #expect(model.product == .plan && model.nodes == 3)
    #expect(model.policies.map(\.name) == ["login", "per API key", "exports", "tighter"])
    #expect(model.policies[1].cases.map { $0.stages.count } == [0, 1, 1])
    #expect(model.policies[2].cases[0].stages[0].joining == .allOrNothing)
    #expect(model.policies[2].cases[0].stages[0].rules.map(\.name) == ["exports at a time", "exports a day"])
    let login = model.rules[0]
    #expect(login.limiter == .leakyBucket(milliRate: 5_000, burst: 20, undelayed: .max, arithmetic: .nginx))
    #expect(login.status == 429 && login.place.line == 12)
    #expect(model.counters[login.counter].key == LimitKey([.column(.stored(.client))], missing: .passes))
    #expect(
      model.policies[0].cases[0].match
        == RequestMatch([.init(.path, [.exact("/login")]), .init(.method, [.exact("POST")])]))
    #expect(
      model.policies[1].cases[1].match
        == RequestMatch([
          .init(.consumer, [.prefix("partner-"), .regularExpression("^team-[0-9]+$", ignoresCase: false)])
        ]))
    #expect(
      model.policies[2].cases[0].match
        == RequestMatch([
          .init(.path, [.segments(["export", "**"]), .segments(["v1", "{tenant}", "report"])]),
          .init(.method, [.exact("HEAD"), .exact("OPTIONS")], isNegated: true),
        ]))
    #expect(model.counters.map(\.scope) == [.perNode, .perNode, .shared, .perNode, .perNode, .perNode])
    #expect(model.rules.map(\.isDryRun) == [false, false, false, false, false, true])
    #expect(reading.used.count == 8 && reading.ignored.isEmpty && model.nodes == 3 && model.balancing == .roundRobin)
  }

  @Test("limits that name one counter share it")
  func sharedCounter() throws {
    let text = """
      {"limits": [
        {"dialect": "frequency-counter", "period": "10s", "threshold": 100, "key": "client", "counter": "rates"},
        {"dialect": "frequency-counter", "period": "10s", "threshold": 500, "counting": "never", "key": "client", "counter": "rates", "keys": 10}]}
      """
    #expect(failure(text) == "3:109 contradiction: the counter 'rates' has another key, scope or size on line 2")
    let model = try read(text.replacing(", \"keys\": 10", with: "")).model
    #expect(model.counters.count == 1 && model.rules.map(\.counter) == [0, 0])
    let named = text.replacing(", \"keys\": 10", with: "").replacing(
      "[\n", with: "[\n{\"name\": \"rates\", \"dialect\": \"caddy\", \"rate\": \"1/s\", \"key\": \"all\"},")
    #expect(try read(named).model.rules.map(\.counter) == [0, 1, 1])
  }

  /// `line:column kind: what`.
  private func failure(_ text: String) -> String {
    do {
      return "read: \(try read(text).model)"
    } catch {
      let words =
        switch error.problem {
        case .syntax(let found, _): "syntax: \(found)"
        case .unsupported(let feature, _): "unsupported: \(feature)"
        case .unknownWord(let word, let kind, let nearest): "unknown \(kind): \(word), nearest \(nearest ?? "none")"
        case .badValue(let setting, let value, _): "bad value: \(setting) \(value)"
        case .missing(let setting, let within): "missing: \(setting) in \(within)"
        case .contradiction(let words): "contradiction: \(words)"
        default: "\(error.problem)"
        }
      return "\(error.place.line):\(error.place.column) \(words)"
    }
  }

  @Test(
    "a fault ends in one error with its place and the nearest word",
    arguments: [
      ("{}", "1:1 missing: limits in plan"),
      ("{\"limits\": [],\n \"limit\": 1}", "2:2 unknown field of plan: limit, nearest limits"),
      ("{\"limits\": [], \"pools\": {}}", "1:16 unsupported: 'pools' in a plan: not read yet"),
      ("{\"limits\": [], \"caches\": 1}", "1:16 unsupported: 'caches' in a plan: not read yet"),
      ("[1]", "1:1 bad value: plan a list of 1"),
      ("{\"limits\": [\n{\"dialect\": \"ngnix\"}]}", "2:13 unknown dialect: ngnix, nearest nginx"),
      ("{\"limits\": [{\"rate\": \"1/s\"}]}", "1:13 missing: dialect in limits"),
      (
        "{\"limits\": [{\"dialect\": \"nginx\", \"rat\": \"1/s\"}]}",
        "1:34 unknown field of nginx limit: rat, nearest rate"
      ),
      (
        "{\"limits\": [{\"dialect\": \"aws\", \"rate\": \"1/s\", \"key\": \"all\"}]}",
        "1:13 missing: burst in aws limit"
      ),
      ("{\"limits\": [{\"dialect\": \"nginx\", \"rate\": \"1/s\"}]}", "1:13 missing: key in nginx limit"),
      (
        "{\"limits\": [{\"dialect\": \"nginx\", \"rate\": \"1/s\", \"key\": \"consumr\"}]}",
        "1:56 unknown part of a key: consumr, nearest consumer"
      ),
      (
        "{\"limits\": [{\"dialect\": \"nginx\", \"rate\": \"1/s\", \"key\": [\"client\",\n\"client\"]}]}",
        "2:1 contradiction: 'client' is twice in the key"
      ),
      (
        "{\"limits\": [{\"dialect\": \"nginx\", \"rate\": \"1/s\", \"key\": \"header:X-Key\"}]}",
        "1:56 bad value: key header:X-Key"
      ),
      (
        "{\"limits\": [{\"dialect\": \"nginx\", \"rate\": \"1/s\", \"key\": \"all\", \"when\": {\"pth\": \"/\"}}]}",
        "1:72 unknown field of when: pth, nearest path"
      ),
      (
        "{\"limits\": [{\"dialect\": \"nginx\", \"rate\": \"1/s\", \"key\": \"all\", \"when\": {\"path\": \"/a*b\"}}]}",
        "1:80 bad value: path /a*b"
      ),
      (
        "{\"limits\": [{\"dialect\": \"nginx\", \"rate\": \"1/s\", \"key\": \"all\", \"when\": {\"path\": \"~(\"}}]}",
        "1:80 bad value: path ~("
      ),
      (
        "{\"limits\": [{\"dialect\": \"nginx\", \"rate\": \"1/s\", \"key\": \"all\", \"when\": {\"method\": \"get\"}}]}",
        "1:82 bad value: method get"
      ),
      (
        "{\"limits\": [{\"dialect\": \"nginx\", \"rate\": \"1/s\", \"key\": \"all\", \"when\": {}}]}",
        "1:71 bad value: when settings ()"
      ),
      (
        "{\"limits\": [{\"dialect\": \"nginx\", \"rate\": \"1/s\", \"delay\": 1, \"nodelay\": true, \"key\": \"all\"}]}",
        "1:49 contradiction: 'delay' beside 'nodelay'"
      ),
      ("{\"nodes\": 0, \"limits\": []}", "1:11 bad value: nodes 0"),
      ("{\"nodes\": {\"count\": 2, \"balancer\": \"robin\"}, \"limits\": []}", "1:36 bad value: balancer robin"),
      ("{\"limits\": [{\"firstMatch\": []}]}", "1:28 bad value: firstMatch a list of 0"),
      ("{\"limits\": [{\"unlimited\": true}]}", "1:27 bad value: unlimited true"),
      ("{\"limits\": [{\"join\": \"any\", \"limits\": []}]}", "1:39 bad value: limits a list of 0"),
      ("{\"limits\": [1,,]}", "1:15 syntax: ','"),
      ("{\"limits\": []\n\"nodes\": 1}", "2:1 syntax: '\"'"),
      ("{\"limits\": [], \"limits\": []}", "1:16 contradiction: 'limits' is already set on line 1"),
      (
        "{\"limits\": [{\"dialect\": \"kong\", \"key\": \"all\"}]}",
        "1:13 missing: rate (or limit and per) in kong limit"
      ),
    ])
  func faults(text: String, expected: String) {
    #expect(failure(text) == expected)
  }

  @Test("its schema knows every dialect and every field, and nothing else")
  func schema() throws {
    let schema = try JSONReader.document(in: try sample("plan.schema.json"))
    let properties = try #require(schema["$defs"]?["limit"]?["properties"])
    guard case .mapping(let fields) = properties.value,
      case .list(let words)? = properties["dialect"]?["enum"]?.value
    else {
      Issue.record("no properties")
      return
    }
    let names = words.compactMap { if case .scalar(let scalar) = $0.value { scalar.text } else { nil } }
    #expect(Set(fields.map(\.key)) == Set(PlanReader.fieldNames))
    #expect(names == PlanReader.dialectNames)
  }

  @Test("is known by its name, its schema or its words")
  func confidence() throws {
    let reader = PlanReader()
    #expect(reader.confidence(in: "broken", named: "x/plan.json") == 100)
    #expect(reader.confidence(in: try sample("plan.json"), named: "-") > 0)
    #expect(reader.confidence(in: "{\"limits\": [{\"dialect\": \"nginx\"}]}", named: "a") > 0)
    #expect(reader.confidence(in: "limits:\n- dialect: x", named: "a.yaml") == 0)
    #expect(reader.confidence(in: "{\"plugins\": []}", named: "kong.json") == 0)
  }

  @Test("truncated or with flipped bytes it ends in a reading or an error", arguments: UInt64(1)...4)
  func hostile(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let bytes = Array(try sample("plan.json").utf8)
    var readings = 0
    for round in 0..<600 {
      var changed = bytes
      if round % 2 == 0 {
        changed.removeLast(Int.random(in: 0..<bytes.count, using: &random))
      } else {
        for _ in 0..<3 {
          changed[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 32..<127, using: &random)
        }
      }
      do {
        _ = try read(String(decoding: changed, as: UTF8.self))
        readings += 1
      } catch {
        #expect(error.place.line >= 1)
      }
    }
    #expect(readings > 0)
  }
}
