import Gateways
import Ingest
import Store
import Traffic

/// `routes set`, `learn` and `explain` against the real routes.
struct RouteConnection {
  /// Learns or declares routes and counts the templates whose route is another one now.
  static func refresh(_ writer: StoreWriter, path: String, declared: RouteTable?) async throws -> Int {
    let before = try TrafficStore(file: path).routes()
    try await RouteRefresh.run(writer, declared: declared)
    let after = try TrafficStore(file: path).routes()
    return Set(before.keys).union(after.keys).count { before[$0]?.route != after[$0]?.route }
  }

  static func explain(_ target: String, store: (any OpenStore)?) async throws -> RouteExplanation {
    let template = template(of: target)
    let routes = try await store?.routes() ?? []
    // Routes follow the path: a template that differs in its query alone has the same one.
    let entry = routes.first { $0.template == template }
      ?? routes.first { $0.template.prefix { $0 != "?" } == template.prefix { $0 != "?" } }
    let expected = try RouteRefresh.expectedRoute(of: template, in: (store as? ReadableStore)?.store)
    return RouteExplanation(
      target: target, template: template, steps: steps(target, template), route: entry?.route ?? expected.route,
      reason: entry?.reason ?? expected.reason)
  }

  private static func template(of target: String) -> String {
    var batch = RequestBatch(capacity: 1)
    var target = target
    target.withUTF8 { bytes in
      // Safe: the batch copies the bytes during the call.
      if let base = bytes.baseAddress { unsafe batch.setTarget(base, bytes.count) }
    }
    guard batch.current(.path) != .absent else { return "" }
    return unsafe batch.withSymbol(.path, Int(batch.current(.path))) { bytes in
      // Safe: the text is copied inside.
      unsafe String(decoding: bytes, as: UTF8.self)
    }
  }

  // MARK: Steps

  /// Target and template part by part. Where they do not match one to one, the rest is one step.
  private static func steps(_ target: String, _ template: String) -> [RouteExplanation.Step] {
    let parts = parts(String(target.prefix { $0 != "#" }))
    let becomes = self.parts(template)
    let shared = min(parts.count, becomes.count)
    var steps = (0..<shared).map { index in
      RouteExplanation.Step(
        segment: parts[index], becomes: becomes[index], rule: rule(becomes[index], of: parts[index]))
    }
    if parts.count > shared {
      let rest = parts[shared...].joined()
      steps.append(.init(segment: rest, becomes: "", rule: "beyond the limits of a template: kept as one variable"))
    }
    return steps
  }

  /// `/users`, `/812`, `?x=1`, `&y=2`.
  private static func parts(_ text: String) -> [String] {
    var parts: [String] = []
    var isQuery = false
    for character in text {
      let begins = character == "?" && !isQuery || character == (isQuery ? "&" : "/") || parts.isEmpty
      if character == "?" { isQuery = true }
      if begins { parts.append("") }
      parts[parts.count - 1].append(character)
    }
    return parts
  }

  private static let rules: [(mark: String, rule: String)] = [
    ("{int}", "a whole number"), ("{uuid}", "a UUID"), ("{date}", "a date"), ("{email}", "an e-mail address"),
    ("{ip}", "an address"), ("{hash}", "eight or more hexadecimal digits"), ("{ulid}", "a ULID"),
    ("{token}", "long, with digits and letters of both cases: a token"), ("{slug}", "words joined by hyphens"),
    ("{id}", "mostly digits, or a prefix with digits"), ("{var}", "percent-encoded, not ASCII, or very long"),
    ("{text}", "the value of a query key"), ("{query}", "a query without a plain key"),
    ("{matrix}", "a matrix parameter"),
    ("{rest}", "beyond the limits of a template"), ("***", "the value of a sensitive key, masked"),
  ]

  private static func rule(_ becomes: String, of segment: String) -> String {
    if becomes == segment { return "a word: stays" }
    return rules.first { becomes.contains($0.mark) }?.rule ?? "a word: stays"
  }
}
