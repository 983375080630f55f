import Foundation
import Scanning

/// A criterion of an ACL: a sample expression, how it is compared, and with what.
enum HAProxyCriterion {
  /// - Parameter words: at least one.
  static func claim(_ words: ArraySlice<HAProxyWord>) throws(ConfigurationError) -> HAProxyClaim {
    guard let first = words.first else { return .constant(true) }
    guard !first.text.hasPrefix("-") else {
      throw ConfigurationError(
        .syntax(found: "'\(first.text)'", expected: "a sample such as path before its flags"), at: first.place
      )
    }
    let fetch = HAProxyFetch(first.text)
    if let meant = HAProxyVocabulary.fetch(meantBy: fetch.name) {
      throw ConfigurationError(
        .unknownWord(fetch.name, kind: "sample fetch", nearest: meant), at: first.place)
    }
    let text = words.map(\.text).joined(separator: " ")
    if let lookup = try fetch.lookup(at: first.place) {
      return .counter(lookup, threshold: try threshold(words.dropFirst()), text: text)
    }
    switch fetch.name {
    case "always_true": return .constant(true)
    case "always_false": return .constant(false)
    default: break
    }
    guard let (subject, method) = subject(of: fetch), let values = Values(words.dropFirst(), method: method),
      let patterns = patterns(subject, values)
    else { return .unknown(text, isNegated: false) }
    return .request(RequestMatch.Condition(subject, patterns))
  }

  // MARK: Counters

  /// `gt 100`: more than 100; `ge 100` and `100:` more than 99; nil for every other comparison.
  private static func threshold(_ words: ArraySlice<HAProxyWord>) throws(ConfigurationError) -> Int64? {
    let words = words.drop { $0.text.hasPrefix("-") }
    guard let first = words.first else { return nil }
    guard ["eq", "ge", "gt", "le", "lt"].contains(first.text) else {
      let bounds = first.text.split(separator: ":", omittingEmptySubsequences: false)
      guard bounds.count <= 2, let low = HAProxyNumber.natural(bounds[0]) else {
        throw ConfigurationError(
          .badValue(setting: "comparison", value: first.text, expected: "gt, ge, lt, le, eq and a number"),
          at: first.place)
      }
      return bounds.count == 2 && bounds[1].isEmpty && low > 0 ? low - 1 : nil
    }
    guard let number = words.dropFirst().first, let limit = HAProxyNumber.natural(number.text),
      words.count == 2
    else {
      let found = words.dropFirst().first
      throw ConfigurationError(
        .badValue(setting: first.text, value: found?.text ?? "", expected: "one whole number"),
        at: found?.place ?? first.place)
    }
    switch first.text {
    case "gt": return limit
    case "ge" where limit > 0: return limit - 1
    default: return nil
    }
  }

  // MARK: What the log has

  private static func subject(of fetch: HAProxyFetch) -> (RequestMatch.Condition.Subject, method: String)? {
    guard fetch.converters.allSatisfy({ ["lower", "host_only", "field(1,:)", "url_dec"].contains($0) }) else {
      return nil
    }
    let (name, method) = taken(fetch.name)
    switch name {
    case "path": return (.path, method)
    // The address as sent, with its query: only its beginning is the path's.
    case "url", "pathq": return method == "beg" ? (.path, method) : nil
    case "hdr", "req.hdr", "req.fhdr":
      return fetch.arguments.first?.lowercased() == "host" ? (.host, method) : nil
    case "method": return (.method, method)
    case "src": return (.client, method)
    default: return nil
    }
  }

  /// `path_beg` is `path -m beg`.
  private static func taken(_ name: String) -> (String, method: String) {
    for method in ["beg", "end", "reg", "sub", "dir", "dom", "str"] where name.hasSuffix("_\(method)") {
      return (String(name.dropLast(method.count + 1)), method)
    }
    return (name, "str")
  }

  /// Flags and values behind the expression.
  private struct Values {
    var method: String
    var ignoresCase = false
    var texts: [String]

    /// nil where values come from a file, or are compared in a way that is not known here.
    init?(_ words: ArraySlice<HAProxyWord>, method: String) {
      self.method = method
      var rest = words
      while let flag = rest.first?.text, flag.hasPrefix("-"), flag != "--" {
        rest = rest.dropFirst()
        switch flag {
        case "-i": ignoresCase = true
        case "-m": self.method = rest.popFirst()?.text ?? ""
        case "-n", "-u": break
        default: return nil
        }
      }
      if rest.first?.text == "--" { rest = rest.dropFirst() }
      texts = rest.map(\.text)
      guard !texts.isEmpty else { return nil }
    }
  }

  private static func patterns(_ subject: RequestMatch.Condition.Subject, _ values: Values) -> [NamePattern]?
  {
    var patterns: [NamePattern] = []
    for text in values.texts {
      let pattern =
        subject == .client
        ? network(text)
        : pattern(subject == .host ? text.lowercased() : text, values, isHost: subject == .host)
      guard let pattern else { return nil }
      patterns.append(pattern)
    }
    return patterns
  }

  private static func pattern(_ text: String, _ values: Values, isHost: Bool) -> NamePattern? {
    let ignoresCase = values.ignoresCase && !isHost
    let escaped = LiteralPattern.escaped(text)
    func expression(_ pattern: String) -> NamePattern? {
      guard (try? NSRegularExpression(pattern: pattern)) != nil else { return nil }
      return .regularExpression(pattern, ignoresCase: values.ignoresCase)
    }
    switch values.method {
    case "str": return ignoresCase ? expression("^\(escaped)$") : .exact(text)
    case "beg": return ignoresCase ? expression("^\(escaped)") : .prefix(text)
    case "end": return ignoresCase ? expression("\(escaped)$") : .suffix(text)
    case "sub": return expression(escaped)
    case "reg": return expression(text)
    case "dir": return expression("(^|/)\(escaped)(/|$)")
    case "dom": return expression("(^|\\.)\(escaped)(\\.|$)")
    default: return nil
    }
  }

  /// An address, or a network of whole bytes; nil for every other.
  private static func network(_ text: String) -> NamePattern? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return parts.count == 1 ? .exact(text) : nil }
    let bytes = parts[0].split(separator: ".")
    guard bytes.count == 4 else { return parts[1] == "128" ? .exact(String(parts[0])) : nil }
    switch parts[1] {
    case "32": return .exact(String(parts[0]))
    case "24": return .prefix(bytes[..<3].joined(separator: ".") + ".")
    case "16": return .prefix(bytes[..<2].joined(separator: ".") + ".")
    case "8": return .prefix(bytes[0] + ".")
    default: return nil
    }
  }
}
