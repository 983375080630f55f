import Gateways
import TestSupport
import Testing

/// First-match cases against nginx's own search, written down as it is described.
@Suite("nginx cases decide as nginx does") struct NginxPropertyTests {
  /// A location of a random configuration; `burst` tells it apart, 0 inherits.
  private struct Location {
    var modifier: String
    var text: String
    var burst: Int
    var inner: [Location]

    var written: String {
      "location \(modifier) \(text) { \(burst == 0 ? "" : "limit_req zone=z burst=\(burst);") \(inner.map(\.written).joined()) }"
    }
  }

  private struct Outcome {
    var burst: Int
    var isFinal: Bool
  }

  /// `ngx_http_core_find_location`.
  private func find(_ path: String, in level: [Location], current: Int) -> Outcome {
    if let exact = level.first(where: { $0.modifier == "=" && $0.text == path }) {
      return Outcome(burst: exact.burst == 0 ? current : exact.burst, isFinal: true)
    }
    var result = Outcome(burst: current, isFinal: false)
    var triesExpressions = true
    let prefixes = level.filter { ["", "^~"].contains($0.modifier) && path.hasPrefix($0.text) }
    if let longest = prefixes.max(by: { $0.text.count < $1.text.count }) {
      triesExpressions = longest.modifier == ""
      result = find(path, in: longest.inner, current: longest.burst == 0 ? current : longest.burst)
    }
    if result.isFinal { return result }
    // A regular expression inherits from where it is written, not from the prefix that was found.
    if triesExpressions, let expression = level.first(where: { $0.modifier == "~" && path.contains($0.text) })
    {
      let burst = expression.burst == 0 ? current : expression.burst
      // nginx builds no tree of the plain locations inside.
      let inner = expression.inner.filter { $0.modifier == "~" }
      return Outcome(burst: find(path, in: inner, current: burst).burst, isFinal: true)
    }
    return result
  }

  private func locations(
    _ depth: Int, under outer: String, _ random: inout SeededGenerator, _ next: inout Int
  ) -> [Location] {
    var result: [Location] = []
    var taken: Set<String> = []
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let modifier = ["", "", "^~", "=", "~"].randomElement(using: &random) ?? ""
      let letters = (0..<Int.random(in: 0...2, using: &random)).map { _ in
        ["a", "b", "/"].randomElement(using: &random) ?? "a"
      }.joined()
      let text = modifier == "~" ? (letters.isEmpty ? "b" : letters) : outer + letters
      guard taken.insert((modifier == "^~" ? "" : modifier) + text).inserted else { continue }
      next += 1
      let inner =
        depth > 0 && modifier != "="
        ? locations(depth - 1, under: text, &random, &next) : []
      let burst = Bool.random(using: &random) ? next : 0
      result.append(Location(modifier: modifier, text: text, burst: burst, inner: inner))
    }
    return result
  }

  @Test("of random trees of locations, every short path gets the location nginx finds", arguments: 1...150)
  func locations(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    var next = 1
    let tree = locations(2, under: "/", &random, &next)
    let text = """
      limit_req_zone $host zone=z:1m rate=1r/s;
      server { limit_req zone=z burst=999; \(tree.map(\.written).joined(separator: "\n")) }
      """
    let cases = try #require(try Nginx.model(text).policies.first).cases
    for path in Self.paths {
      let expected = find(path, in: tree, current: 999).burst
      let found = cases.first { $0.match.conditions.allSatisfy { Self.holds($0, path) } }
      #expect(found.map(Self.burst) == Int64(expected), "seed \(seed), \(path) in\n\(text)")
    }
  }

  @Test("of random servers, every short host gets the server nginx finds", arguments: 1...150)
  func servers(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    var names: [String] = []
    var servers: [[String]] = []
    for _ in 0..<Int.random(in: 1...5, using: &random) {
      var own: [String] = []
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let label = ["a", "b", "a.b", "b.a", "a.a"].randomElement(using: &random) ?? "a"
        let name =
          [label, "*." + label, label + ".*", "~" + label.prefix(1) + "$"].randomElement(using: &random)
          ?? label
        guard !names.contains(name) else { continue }
        names.append(name)
        own.append(name)
      }
      servers.append(own)
    }
    let text =
      "limit_req_zone $host zone=z:1m rate=1r/s;\n"
      + servers.enumerated().map { index, own in
        "server { \(own.isEmpty ? "" : "server_name \(own.joined(separator: " "));") limit_req zone=z burst=\(index + 1); }\n"
      }.joined()
    let cases = try #require(try Nginx.model(text).policies.first).cases
    for host in Self.paths.map({ String($0.dropFirst().map { $0 == "/" ? "." : $0 }) }) where !host.isEmpty {
      let expected = Self.server(for: host, servers)
      let found = cases.first { $0.match.conditions.allSatisfy { Self.holds($0, host) } }
      #expect(found.map(Self.burst) == Int64(expected + 1), "seed \(seed), \(host) in\n\(text)")
    }
  }

  /// Exact, longest leading wildcard, longest trailing one, first expression, else the first server.
  private static func server(for host: String, _ servers: [[String]]) -> Int {
    let all = servers.enumerated().flatMap { index, names in names.map { (name: $0, server: index) } }
    if let exact = all.first(where: { $0.name == host }) { return exact.server }
    let leading = all.filter { $0.name.hasPrefix("*.") && host.hasSuffix($0.name.dropFirst()) }
    if let longest = leading.max(by: { $0.name.count < $1.name.count }) { return longest.server }
    let trailing = all.filter { $0.name.hasSuffix(".*") && host.hasPrefix($0.name.dropLast()) }
    if let longest = trailing.max(by: { $0.name.count < $1.name.count }) { return longest.server }
    let expression = all.first { $0.name.hasPrefix("~") && host.hasSuffix($0.name.dropFirst().dropLast()) }
    return expression?.server ?? 0
  }

  /// Every path of up to five of `a`, `b` and `/` behind the first slash.
  private static let paths: [String] = {
    var all = ["/"]
    var last = all
    for _ in 0..<5 {
      last = last.flatMap { path in ["a", "b", "/"].map { path + $0 } }
      all += last
    }
    return all
  }()

  private static func burst(_ entry: LimitCase) -> Int64 {
    guard case .leakyBucket(_, let burst, _, _)? = entry.stages.first?.rules.first?.limiter else { return -1 }
    return burst
  }

  /// The expressions here are plain text, or text before a final `$`.
  private static func holds(_ condition: RequestMatch.Condition, _ text: String) -> Bool {
    condition.patterns.contains { pattern in
      switch pattern {
      case .exact(let exact): text == exact
      case .prefix(let start): text.hasPrefix(start)
      case .suffix(let end): text.hasSuffix(end)
      case .regularExpression(let part, _):
        part.hasSuffix("$") ? text.hasSuffix(part.dropLast()) : text.contains(part)
      case .segments: false
      }
    }
  }
}
