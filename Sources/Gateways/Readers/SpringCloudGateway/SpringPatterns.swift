/// Spring's patterns of paths and hosts.
enum SpringPatterns {
  /// `/users/{id}/**`: `*` and `{name}` take one segment, a final `**` or `{*name}` any rest; anything finer becomes a
  /// regular expression.
  static func path(_ pattern: String) -> NamePattern {
    let parts = pattern.split(separator: "/").map(String.init)
    let isSimple = parts.indices.allSatisfy { index in
      let part = parts[index]
      if part == "**" || part.hasPrefix("{*") { return index == parts.count - 1 }
      return part == "*" || isPlain(part) || isVariable(part)
    }
    guard isSimple, !pattern.hasSuffix("/") || parts.isEmpty else {
      return .regularExpression("^" + expression(pattern, within: "/") + "$", ignoresCase: false)
    }
    return .segments(parts.map { $0.hasPrefix("{*") ? "**" : $0 })
  }

  /// `**.example.org` is the domain and everything below, `*.example.org` one label below. Ports are left out, as the
  /// log leaves them out.
  static func host(_ pattern: String) -> [NamePattern] {
    let name = pattern.lowercased().split(separator: ":", omittingEmptySubsequences: false)[0]
    if isPlain(String(name)) { return [.exact(String(name))] }
    if name.hasPrefix("**."), isPlain(String(name.dropFirst(3))) {
      return [.exact(String(name.dropFirst(3))), .suffix(String(name.dropFirst(2)))]
    }
    return [.regularExpression("^" + expression(String(name), within: ".") + "$", ignoresCase: true)]
  }

  private static func isPlain(_ text: String) -> Bool { !text.isEmpty && !text.contains { "*?{}[]()".contains($0) } }

  private static func isVariable(_ text: String) -> Bool {
    text.hasPrefix("{") && text.hasSuffix("}") && isPlain(String(text.dropFirst().dropLast())) && !text.contains(":")
  }

  /// A pattern as a regular expression, where `*` stays within one part.
  private static func expression(_ pattern: String, within separator: Character) -> String {
    let part = separator == "/" ? "[^/]" : "[^.]"
    var (result, rest) = ("", Substring(pattern))
    while let first = rest.first {
      if rest.hasPrefix("**") {
        result += ".*"
        rest = rest.dropFirst(2)
      } else if first == "{", let close = closing(rest) {
        let inner = rest[rest.index(after: rest.startIndex)..<close]
        let colon = inner.firstIndex(of: ":")
        result +=
          colon.map { "(?:\(inner[inner.index(after: $0)...]))" } ?? (inner.hasPrefix("*") ? ".*" : part + "+")
        rest = rest[rest.index(after: close)...]
      } else {
        result += first == "*" ? part + "*" : first == "?" ? part : LiteralPattern.escaped(String(first))
        rest = rest.dropFirst()
      }
    }
    return result
  }

  /// Where the brace closes that the text begins with; braces inside count.
  private static func closing(_ text: Substring) -> Substring.Index? {
    var depth = 0
    for index in text.indices {
      if text[index] == "{" { depth += 1 }
      if text[index] == "}" { depth -= 1 }
      if depth == 0 { return index }
    }
    return nil
  }
}
