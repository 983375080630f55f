import Foundation

extension RouteTable {
  /// Reads declared routes: OpenAPI 2 or 3 as JSON, an nginx configuration's locations, or a plain list with one
  /// `[METHOD] /path/{id}` a line. The kind is told by the content.
  /// - Throws: `RouteFileError` naming file and line.
  public init(path: String) throws(RouteFileError) {
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw RouteFileError(.cannotRead(error.localizedDescription), path: path)
    }
    try self.init(text: text, path: path)
  }

  /// Reads declared routes from text; `path` is for messages.
  public init(text: String, path: String) throws(RouteFileError) {
    let first = text.first { !$0.isWhitespace }
    if first == "{" {
      self = try Self.openAPI(text, path: path)
    } else if text.range(of: #"(?m)^\s*location\s"#, options: .regularExpression) != nil {
      self = try Self.nginxLocations(text, path: path)
    } else {
      self = try Self.list(text, path: path)
    }
  }

  // MARK: A plain list

  private static func list(_ text: String, path: String) throws(RouteFileError) -> RouteTable {
    var rules: [Rule] = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
      guard let last = words.last else { continue }
      guard words.count <= 2, last.hasPrefix("/") else {
        throw RouteFileError(.notAPath(String(line)), path: path, line: number + 1)
      }
      rules.append(segmentRule(String(last), origin: "\(path):\(number + 1)"))
    }
    guard !rules.isEmpty else { throw RouteFileError(.unknownKind, path: path) }
    return RouteTable(rules: rules)
  }

  private static func segmentRule(_ label: String, origin: String) -> Rule {
    var parts = label.split(separator: "/").map(String.init)
    if parts.last == "*" { parts[parts.count - 1] = "**" }
    return Rule(pattern: .segments(parts), label: label, origin: origin)
  }

  // MARK: OpenAPI

  private static func openAPI(_ text: String, path: String) throws(RouteFileError) -> RouteTable {
    let object: Any
    do {
      object = try JSONSerialization.jsonObject(with: Data(text.utf8))
    } catch {
      throw RouteFileError(.badJSON(error.localizedDescription), path: path)
    }
    guard let root = object as? [String: Any], let paths = root["paths"] as? [String: Any] else {
      throw RouteFileError(.noPaths, path: path)
    }
    let prefixes = basePaths(of: root)
    let rules = paths.keys.sorted().flatMap { key in
      prefixes.map { segmentRule($0 + key, origin: path) }
    }
    return RouteTable(rules: rules)
  }

  /// `basePath` of version 2, the paths of `servers` of version 3; the empty prefix when there is none.
  private static func basePaths(of root: [String: Any]) -> [String] {
    if let base = root["basePath"] as? String { return [trimmed(base)] }
    let servers = (root["servers"] as? [[String: Any]] ?? []).compactMap { $0["url"] as? String }
    let prefixes = servers.map { url -> String in
      guard let scheme = url.range(of: "://") else { return trimmed(url) }
      let rest = url[scheme.upperBound...]
      return trimmed(String(rest[(rest.firstIndex(of: "/") ?? rest.endIndex)...]))
    }
    return prefixes.isEmpty ? [""] : Array(Set(prefixes)).sorted()
  }

  private static func trimmed(_ base: String) -> String {
    base.hasSuffix("/") ? String(base.dropLast()) : base
  }

  // MARK: nginx

  /// Reads `location` lines; nested and named locations included by their own text, `@name` left out.
  private static func nginxLocations(_ text: String, path: String) throws(RouteFileError) -> RouteTable {
    var rules: [Rule] = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let code = line.prefix { $0 != "#" }
      let words = code.split(whereSeparator: \.isWhitespace)
      guard let at = words.firstIndex(of: "location") else { continue }
      let arguments = words[(at + 1)...].prefix { $0 != "{" }.map { $0.last == "{" ? $0.dropLast() : $0 }
      guard let pattern = try locationPattern(arguments, order: rules.count, path: path, line: number + 1)
      else { continue }
      rules.append(
        Rule(pattern: pattern, label: arguments.joined(separator: " "), origin: "\(path):\(number + 1)"))
    }
    guard !rules.isEmpty else { throw RouteFileError(.noLocations, path: path) }
    return RouteTable(rules: rules)
  }

  private static func locationPattern(
    _ words: [Substring], order: Int, path: String, line: Int
  ) throws(RouteFileError) -> RoutePattern? {
    guard let first = words.first, !first.hasPrefix("@") else { return nil }
    guard words.count > 1 else { return .prefix(String(first), beatsRegex: false) }
    let text = String(words[1])
    switch first {
    case "=": return .exact(text)
    case "^~": return .prefix(text, beatsRegex: true)
    case "~", "~*":
      guard (try? NSRegularExpression(pattern: text)) != nil else {
        throw RouteFileError(.badRegularExpression(text), path: path, line: line)
      }
      return .regularExpression(text, ignoresCase: first == "~*", order: order)
    default: return nil
    }
  }
}
