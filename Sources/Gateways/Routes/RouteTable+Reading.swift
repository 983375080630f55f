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

  /// Reads `location` blocks wherever they stand; nested ones by their own text, `@name` left out.
  private static func nginxLocations(_ text: String, path: String) throws(RouteFileError) -> RouteTable {
    let directives: [NginxDirective]
    do {
      directives = try NginxParser.directives(of: text, file: path)
    } catch {
      throw RouteFileError(.cannotRead(syntax(error)), path: path, line: error.place.line)
    }
    var rules: [Rule] = []
    try appendLocations(of: directives, to: &rules)
    guard !rules.isEmpty else { throw RouteFileError(.noLocations, path: path) }
    return RouteTable(rules: rules)
  }

  private static func syntax(_ error: ConfigurationError) -> String {
    guard case .syntax(let found, let expected) = error.problem else {
      return "the nginx configuration is too deep"
    }
    return "found \(found), expected \(expected)"
  }

  private static func appendLocations(
    of directives: [NginxDirective], to rules: inout [Rule]
  ) throws(RouteFileError) {
    for directive in directives {
      if directive.name.text == "location", let pattern = try locationPattern(directive, order: rules.count) {
        rules.append(
          Rule(
            pattern: pattern, label: directive.arguments.map(\.text).joined(separator: " "),
            origin: "\(directive.place.file):\(directive.place.line)"))
      }
      try appendLocations(of: directive.block ?? [], to: &rules)
    }
  }

  private static func locationPattern(
    _ directive: NginxDirective, order: Int
  ) throws(RouteFileError) -> RoutePattern? {
    let location: NginxLocation
    do {
      location = try NginxLocation(directive)
    } catch {
      let problem: RouteFileError.Problem =
        if case .badValue("regular expression", let value, _) = error.problem {
          .badRegularExpression(value)
        } else {
          .notAPath(directive.summary)
        }
      throw RouteFileError(problem, path: directive.place.file, line: error.place.line)
    }
    switch location.kind {
    case .named: return nil
    case .exact: return .exact(location.text)
    case .prefix(let beatsRegex): return .prefix(location.text, beatsRegex: beatsRegex)
    case .regularExpression(let ignoresCase):
      return .regularExpression(location.text, ignoresCase: ignoresCase, order: order)
    }
  }
}
