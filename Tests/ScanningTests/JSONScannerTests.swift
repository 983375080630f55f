import Testing

@testable import Scanning

/// Every key path of an object with its value's text, as the scanner sees them.
func flattened(_ text: [UInt8]) -> [String]? {
  (text + [0]).withUnsafeBufferPointer { buffer in
    let base = buffer.baseAddress!
    var scanner = JSONScanner(base, 0, text.count)
    guard scanner.enterObject() else { return nil }
    var found: [String] = []
    var path: [String] = []
    while true {
      switch scanner.nextKey() {
      case .broken: return nil
      case .objectEnd:
        if path.isEmpty { return found }
        path.removeLast()
      case .key:
        let key = String(
          decoding: UnsafeBufferPointer(
            start: base + scanner.keyStart, count: scanner.keyEnd - scanner.keyStart), as: UTF8.self)
        guard scanner.readValue() else { return nil }
        if scanner.value.kind == .object {
          _ = scanner.enterObject()
          path.append(key)
          continue
        }
        let value = scanner.value
        let bytes = UnsafeBufferPointer(start: base + value.start, count: value.end - value.start)
        let shown = value.kind == .absent ? "∅" : String(decoding: bytes, as: UTF8.self)
        found.append((path + [key]).joined(separator: ".") + "=" + shown)
      }
    }
  }
}

@Suite("The JSON scanner")
struct JSONScannerTests {
  @Test(
    "reads what gateways write and JSON forbids",
    arguments: [
      (#"{"a":1,"b":"x"}"#, ["a=1", "b=x"]),
      (#" { "a" : 1 , "b" : [1, "]", {"c":2}] } "#, ["a=1", #"b=[1, "]", {"c":2}]"#]),
      (#"{"status":009,"ms":016}"#, ["status=009", "ms=016"]),
      (#"{"urt":,"ust":}"#, ["urt=∅", "ust=∅"]),
      (#"{"ust":-,"x":null}"#, ["ust=∅", "x=∅"]),
      (#"{"urt":0.000, 0.001,"ust":502, 200}"#, ["urt=0.000, 0.001", "ust=502, 200"]),
      (#"{"urt":0.000 : 0.001,"ust":502 : 200}"#, ["urt=0.000 : 0.001", "ust=502 : 200"]),
      (#"{"urt":-, 0.001, -,"b":1}"#, ["urt=-, 0.001, -", "b=1"]),
      (#"{"a": 1, "b": 2}"#, ["a=1", "b=2"]),
      (#"{"ua":"caf\xc3\xa9","q":"?b=\y"}"#, [#"ua=caf\xc3\xa9"#, #"q=?b=\y"#]),
      (#"{"a":"\\","b":"\"","c":"x\\\"y"}"#, [#"a=\\"#, #"b=\""#, #"c=x\\\"y"#]),
      (#"{"a":{"b":{"c":1},"d":2},"e":true}"#, ["a.b.c=1", "a.d=2", "e=true"]),
      (#"{"cache":HIT,"addr":10.0.0.1:80}"#, ["cache=HIT", "addr=10.0.0.1:80"]),
      (#"{}"#, []), (#"{"a":{}}"#, []), (#"{"a":1,}"#, ["a=1"]), (#"{"a":1,"a":2}"#, ["a=1", "a=2"]),
      ("{\"a\":\"\u{7f}\u{1}\",\"b\":-1.5e3}", ["a=\u{7f}\u{1}", "b=-1.5e3"]),
    ])
  func tolerance(text: String, expected: [String]) {
    #expect(flattened(Array(text.utf8)) == expected)
  }

  @Test(
    "gives up on what is no object",
    arguments: [
      "", "x", "[1]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":\"x", "{\"a\":\"x\\", "{\"a\":[1}",
      "{\"a\" 1}", "{a:1}",
      "{\"a\":{\"b\":1}",
    ])
  func brokenText(text: String) {
    #expect(flattened(Array(text.utf8)) == nil)
  }

  @Test(
    "says when a line was no JSON",
    arguments: [
      (#"{"a":1}"#, false), (#"{"a":0.5,"b":-1,"c":null,"d":[1, 2]}"#, false), (#"{"a":009}"#, true),
      (#"{"a":}"#, true),
      (#"{"a":-}"#, true), (#"{"a":1, 2}"#, true), (#"{"a":word}"#, true),
    ])
  func lenience(text: String, expected: Bool) {
    let bytes = Array(text.utf8)
    bytes.withUnsafeBufferPointer { buffer in
      var scanner = JSONScanner(buffer.baseAddress!, 0, buffer.count)
      _ = scanner.enterObject()
      while scanner.nextKey() == .key { _ = scanner.readValue() }
      #expect(scanner.isLenient == expected)
    }
  }

  @Test("bounds the depth of what it passes over")
  func depth() {
    func nested(_ depth: Int) -> [UInt8] {
      Array(
        ("{\"a\":" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}").utf8)
    }
    #expect(flattened(nested(JSONScanner.depthLimit)) != nil)
    #expect(flattened(nested(JSONScanner.depthLimit + 1)) == nil)
    #expect(flattened(nested(100_000)) == nil)
  }

  @Test("finds every value of a generated object", arguments: 1...200 as ClosedRange<UInt64>)
  func generated(seed: UInt64) {
    var generator = JSONGenerator(seed: seed)
    var expected: [String] = []
    let text = generator.object(path: [], depth: 0, into: &expected)
    #expect(flattened(Array(text.utf8)) == expected, "\(text)")
  }

  @Test("never traps on flipped bytes and never reads past the end", arguments: 1...50 as ClosedRange<UInt64>)
  func flips(seed: UInt64) {
    var generator = JSONGenerator(seed: seed)
    var ignored: [String] = []
    let text = Array(generator.object(path: [], depth: 0, into: &ignored).utf8)
    for _ in 0..<100 {
      var changed = text
      changed[generator.below(changed.count)] = UInt8(generator.below(256))
      _ = flattened(Array(changed.prefix(generator.below(changed.count + 1))))
    }
  }
}

/// Random objects with the list of their flattened values; splitmix64.
struct JSONGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }

  mutating func object(path: [String], depth: Int, into expected: inout [String]) -> String {
    var members: [String] = []
    for _ in 0..<below(7) {
      let key = "k\(below(1000))"
      let here = path + [key]
      let name = here.joined(separator: ".")
      let colon = below(4) == 0 ? "\" : " : "\":"
      switch below(depth < 5 ? 7 : 6) {
      case 0: members.append("\"" + key + colon + "null"); expected.append(name + "=∅")
      case 1: members.append("\"" + key + colon + "true"); expected.append(name + "=true")
      case 2:
        let number = "\(below(100_000)).\(below(1000))"; members.append("\"" + key + colon + number);
        expected.append(name + "=" + number)
      case 3:
        let text = string(); members.append("\"" + key + colon + "\"" + text + "\"");
        expected.append(name + "=" + text)
      case 4:
        let list = "[1,\"\(string())\",{\"x\":[]}]"; members.append("\"" + key + colon + list);
        expected.append(name + "=" + list)
      case 5:
        let list = "0.\(below(10)), 0.\(below(10))"; members.append("\"" + key + colon + list);
        expected.append(name + "=" + list)
      default: members.append("\"" + key + colon + object(path: here, depth: depth + 1, into: &expected))
      }
    }
    return "{" + members.joined(separator: below(2) == 0 ? "," : ", ") + "}"
  }

  private mutating func string() -> String {
    let parts = [
      "a", "word", "\\\"", "\\\\", "\\n", "\\u00e9", "é", "{", "}", "[", "]", ",", ":", " ", "\\x41", "✓",
    ]
    return (0..<below(12)).map { _ in parts[below(parts.count)] }.joined()
  }
}
