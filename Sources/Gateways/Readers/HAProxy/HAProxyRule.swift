import Scanning

/// An `http-request` or `tcp-request` rule that counts, rejects, or ends a section's rules.
struct HAProxyRule: Hashable, Sendable {
  enum Action: Hashable, Sendable {
    /// `track-scN key [table name]`
    case track(index: Int, key: LimitKey, keyText: String, table: String?)
    /// Answers with a status; 0 where nothing is sent.
    case reject(status: Int)
    /// Lets the request go on, past the other rules of the section.
    case pass
  }
  var action: Action
  var condition: HAProxyCondition
  /// Before a request: when a connection is accepted, or its first bytes come.
  var isOnConnection: Bool
  var place: ConfigurationPlace
  var summary: String

  /// - Returns: nil for rules that change requests only.
  init?(
    _ line: HAProxyLine, words: ArraySlice<HAProxyWord>, conditions: HAProxyConditionReader, counters: Int
  ) throws(ConfigurationError) {
    guard let first = words.first else {
      throw ConfigurationError(
        .syntax(found: line.summary, expected: "\(line.keyword) and an action"), at: line.place)
    }
    place = line.place
    summary = line.summary
    isOnConnection = line.keyword == "tcp-request"
    let name = String(first.text.prefix { $0 != "(" })
    var rest = words.dropFirst()
    switch name {
    case _ where name.hasPrefix("track-sc"):
      action = try Self.track(first, &rest, counters: counters)
    case "deny": action = .reject(status: try Self.status(&rest, of: line, default: 403))
    case "tarpit": action = .reject(status: try Self.status(&rest, of: line, default: 500))
    case "return": action = .reject(status: try Self.status(&rest, of: line, default: 200))
    case "auth": action = .reject(status: try Self.status(&rest, of: line, default: 401))
    case "redirect": action = .reject(status: try Self.status(&rest, of: line, default: 302))
    case "reject", "silent-drop": action = .reject(status: try Self.status(&rest, of: line, default: 0))
    case "allow", "accept": action = .pass
    default:
      if let meant = HAProxyVocabulary.action(meantBy: name) {
        throw ConfigurationError(
          .unknownWord(name, kind: "action of \(line.keyword)", nearest: meant), at: first.place)
      }
      return nil
    }
    if let word = rest.first, word.text != "if", word.text != "unless" {
      throw ConfigurationError(
        .unknownWord(
          word.text, kind: "word of \(line.keyword) \(name)",
          nearest: NearestWord.nearest(
            to: String(word.text.prefix(64)), among: ["if", "unless", "table", "deny_status"])),
        at: word.place)
    }
    condition = try conditions.condition(rest)
  }

  private static func track(
    _ word: HAProxyWord, _ rest: inout ArraySlice<HAProxyWord>, counters: Int
  ) throws(ConfigurationError) -> Action {
    guard let index = HAProxyNumber.natural(word.text.dropFirst(8)), index < Int64(counters) else {
      throw ConfigurationError(
        .badValue(
          setting: "track-sc", value: word.text, expected: "track-sc0 to track-sc\(counters - 1)"),
        at: word.place)
    }
    guard let key = rest.popFirst(), key.text != "if", key.text != "unless", key.text != "table" else {
      throw ConfigurationError(.missing(setting: "key", within: word.text), at: word.place)
    }
    let fetch = HAProxyFetch(key.text)
    var table: String?
    if rest.first?.text == "table" {
      rest = rest.dropFirst()
      guard let name = rest.popFirst() else {
        throw ConfigurationError(.missing(setting: "table name", within: word.text), at: word.place)
      }
      table = name.text
    }
    return .track(index: Int(index), key: fetch.key, keyText: key.text, table: table)
  }

  /// Passes what stands before `if`, and takes the status out of it.
  private static func status(
    _ rest: inout ArraySlice<HAProxyWord>, of line: HAProxyLine, default status: Int
  ) throws(ConfigurationError) -> Int {
    var status = status
    let takesValues: Set = [
      "content-type", "errorfile", "errorfiles", "file", "lf-file", "string", "lf-string", "realm",
      "location", "prefix",
      "scheme", "code", "cookie", "set-cookie", "clear-cookie", "rst-ttl", "set-cookie-fmt", "ignore-empty",
    ]
    while let word = rest.first, word.text != "if", word.text != "unless" {
      if ["deny_status", "status", "code"].contains(word.text) {
        let value = rest.dropFirst().first
        guard let text = value?.text, let number = HAProxyNumber.natural(text), (200...599).contains(number)
        else {
          throw ConfigurationError(
            .badValue(setting: word.text, value: value?.text ?? "", expected: "a status from 200 to 599"),
            at: value?.place ?? word.place)
        }
        status = Int(number)
        rest = rest.dropFirst(2)
      } else if takesValues.contains(word.text) {
        rest = rest.dropFirst(2)
      } else if word.text == "hdr" {
        rest = rest.dropFirst(3)
      } else if word.text == "default-errorfiles" || word.text == "drop-query" || word.text == "append-slash"
      {
        rest = rest.dropFirst()
      } else {
        return status
      }
    }
    return status
  }
}
