import Scanning
import Traffic

/// `"key": "consumer"`, `"key": ["client", "header:x-api-key"]`, `"key": "all"`.
enum PlanKey {
  /// What the log knows when a request arrives.
  private static let columns: [ScanColumn] =
    [
      RequestColumn.client, .consumer, .host, .method, .path, .routeName, .service, .gateway, .upstream, .userAgent,
      .referer, .wireProtocol,
    ]
    .map(ScanColumn.stored) + [.route]

  static var words: [String] { ["all"] + columns.map(\.name) }

  /// - Parameter missing: what the dialect does with a request that lacks a part.
  static func key(in entry: Settings, missing: LimitKey.Missing) throws(ConfigurationError) -> LimitKey {
    let choices = ["passes", "rejects", "counts", "clientAddress"]
    let missing = try entry.choice("missing", of: choices).flatMap(LimitKey.Missing.init(rawValue:)) ?? missing
    let texts = try PlanParameters(entry).places("key")
    guard entry.value("key") != nil else { throw entry.missing("key") }
    guard !texts.isEmpty else { throw entry.bad("key", expected: "what requests are counted by, or \"all\"") }
    if texts.map(\.text) == ["all"] { return LimitKey([], missing: missing) }
    var parts: [LimitKey.Part] = []
    for (text, place) in texts {
      let part = try part(text, at: place)
      guard !parts.contains(part) else {
        throw ConfigurationError(.contradiction("'\(text)' is twice in the key"), at: place)
      }
      parts.append(part)
    }
    return LimitKey(parts, missing: missing)
  }

  private static func part(_ text: String, at place: ConfigurationPlace) throws(ConfigurationError) -> LimitKey.Part
  {
    if let column = columns.first(where: { $0.name == text }) { return .column(column) }
    if text.hasPrefix("header:") {
      let name = String(text.dropFirst(7))
      guard isHeader(name) else {
        throw ConfigurationError(
          .badValue(
            setting: "key", value: text, expected: "a header's name in lower case, such as header:x-api-key"),
          at: place)
      }
      return .header(name)
    }
    if text.hasPrefix("unlogged:"), text.count > 9 { return .unlogged(String(text.dropFirst(9))) }
    throw ConfigurationError(
      .unknownWord(
        text, kind: "part of a key",
        nearest: NearestWord.nearest(to: text, among: words + ["header:", "unlogged:"])), at: place)
  }

  private static func isHeader(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 95 }
  }

  static func text(_ part: LimitKey.Part) -> String {
    switch part {
    case .column(let column): column.name
    case .header(let name): "header:" + name
    case .unlogged(let words): "unlogged:" + words
    }
  }

  /// "by consumer, per node, 429".
  static func remark(_ key: LimitKey, _ scope: LimitCounter.Scope, _ status: Int, _ isDryRun: Bool) -> String {
    let by =
      key.parts.isEmpty ? "for all requests together" : "by " + key.parts.map(text).joined(separator: " and ")
    return
      "\(by), \(scope == .shared ? "shared by all nodes" : "per node"), \(isDryRun ? "dry run" : "rejects with \(status)")"
  }
}
