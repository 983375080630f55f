import Foundation
import Scanning

/// A location with what is written in it.
struct NginxLocation: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case exact
    /// `beatsRegex` for `^~`.
    case prefix(beatsRegex: Bool)
    case regularExpression(ignoresCase: Bool)
    /// `@name`, reached from inside only.
    case named
  }
  var kind: Kind
  var text: String
  var level = NginxLevel()
  var isInternal = false
  var locations: [NginxLocation] = []
  var place: ConfigurationPlace

  /// Reads the words behind `location`.
  init(_ directive: NginxDirective) throws(ConfigurationError) {
    place = directive.place
    let words = directive.arguments.map(\.text)
    switch words.count {
    case 1: (kind, text) = Self.unspaced(words[0])
    case 2:
      text = words[1]
      switch words[0] {
      case "=": kind = .exact
      case "^~": kind = .prefix(beatsRegex: true)
      case "~": kind = .regularExpression(ignoresCase: false)
      case "~*": kind = .regularExpression(ignoresCase: true)
      default:
        throw ConfigurationError(
          .badValue(setting: "location", value: words[0], expected: "=, ^~, ~ or ~* before '\(words[1])'"),
          at: directive.arguments[0].place)
      }
    default:
      throw ConfigurationError(
        .syntax(found: directive.summary, expected: "location [= | ^~ | ~ | ~*] path { … }"),
        at: directive.place)
    }
    if case .regularExpression = kind { text = try NginxRegularExpression.text(of: text, at: place) }
  }

  /// A modifier may stand right before the path: `=/a`, `~*\.php$`.
  private static func unspaced(_ word: String) -> (Kind, String) {
    if word.hasPrefix("=") { return (.exact, String(word.dropFirst())) }
    if word.hasPrefix("^~") { return (.prefix(beatsRegex: true), String(word.dropFirst(2))) }
    if word.hasPrefix("~*") { return (.regularExpression(ignoresCase: true), String(word.dropFirst(2))) }
    if word.hasPrefix("~") { return (.regularExpression(ignoresCase: false), String(word.dropFirst())) }
    return (word.hasPrefix("@") ? .named : .prefix(beatsRegex: false), word)
  }

  var condition: RequestMatch.Condition {
    switch kind {
    case .exact: RequestMatch.Condition(.path, [.exact(text)])
    case .regularExpression(let ignoresCase):
      RequestMatch.Condition(.path, [.regularExpression(text, ignoresCase: ignoresCase)])
    case .prefix, .named: RequestMatch.Condition(.path, [.prefix(text)])
    }
  }

  var isPrefix: Bool { if case .prefix = kind { true } else { false } }
  var isRegularExpression: Bool { if case .regularExpression = kind { true } else { false } }
  var beatsRegex: Bool { kind == .prefix(beatsRegex: true) }

  /// Refuses what nginx refuses about one location inside a level of others.
  func expectFit(among siblings: [NginxLocation], inside outer: NginxLocation?) throws(ConfigurationError) {
    func refuse(_ why: String) -> ConfigurationError { ConfigurationError(.contradiction(why), at: place) }
    if let outer {
      switch outer.kind {
      case .exact: throw refuse("location '\(text)' cannot be inside the exact location '\(outer.text)'")
      case .named: throw refuse("location '\(text)' cannot be inside the named location '\(outer.text)'")
      case .prefix, .regularExpression:
        // Inside of a regular expression too: nginx compares with its text.
        if kind != .named, !isRegularExpression, !text.utf8.starts(with: outer.text.utf8) {
          throw refuse("location '\(text)' is outside of location '\(outer.text)'")
        }
      }
      if kind == .named { throw refuse("the named location '\(text)' can stand in a server only") }
    }
    if !isRegularExpression,
      let twin = siblings.first(where: { $0.text == text && ($0.kind == kind || $0.isPrefix && isPrefix) })
    {
      throw refuse("location '\(text)' is already there, in line \(twin.place.line)")
    }
  }
}

/// nginx's regular expressions in the dialect of this program: group names are dropped, as they may hold what other
/// engines refuse, and match nothing by themselves.
enum NginxRegularExpression {
  static func text(of pattern: String, at place: ConfigurationPlace) throws(ConfigurationError) -> String {
    let text = pattern.replacingOccurrences(
      of: #"(?<!\\)\(\?(?:P?<|')[A-Za-z_][A-Za-z0-9_]*[>']"#, with: "(", options: .regularExpression)
    // An empty one matches everything, but this engine does not take it.
    guard !text.isEmpty else { return "^" }
    do {
      _ = try NSRegularExpression(pattern: text)
    } catch {
      throw ConfigurationError(
        .badValue(
          setting: "regular expression", value: pattern, expected: "a regular expression that can be compiled"
        ),
        at: place)
    }
    return text
  }
}
