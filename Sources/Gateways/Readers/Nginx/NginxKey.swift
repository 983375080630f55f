import Scanning
import Traffic

/// A variable that a configuration defines itself.
struct NginxDefinedVariable: Hashable, Sendable {
  /// `map`, `geo`, `set`, …
  var directive: String
  var place: ConfigurationPlace
  /// Some of its values are empty: the idiom that exempts some requests from a limit.
  var mayBeEmpty: Bool
}

/// What a zone counts by: text with variables, `$binary_remote_addr` or `$host$uri`.
struct NginxKey {
  var key: LimitKey
  /// Variables without a column, as written.
  var unlogged: [String] = []
  /// `$server_name` is in it: every server counts for itself, whatever the host of a request.
  var countsByServer = false
  /// Nothing else is in it: in a server without a name the key is empty, and nginx limits nobody.
  var needsServerName = false
  /// Variables that hold the path, which is known as its template only.
  var paths: [String] = []

  /// - Parameter place: of the word, for errors.
  /// - Throws: `.syntax` for a `$` without a name, `.unknownWord` for a variable that is nearly one of nginx's.
  init(
    _ text: String, defined: [String: NginxDefinedVariable], at place: ConfigurationPlace
  ) throws(ConfigurationError) {
    key = .all
    var hasConstant = false
    var canBeEmpty = true
    for piece in try Self.pieces(of: text, at: place) {
      guard case .variable(let name) = piece else {
        hasConstant = true
        continue
      }
      if name == "server_name", defined[name] == nil {
        countsByServer = true
        continue
      }
      let part = try part(for: name, defined: defined, at: place)
      key.parts.append(part.part)
      canBeEmpty = canBeEmpty && part.canBeEmpty
    }
    // nginx passes requests whose whole key is empty; with two parts, or a constant, one that lacks a part still counts.
    if key.parts.count == 1, canBeEmpty, !hasConstant, !countsByServer { key.missing = .passes }
    needsServerName = countsByServer && key.parts.isEmpty && !hasConstant
  }

  private mutating func part(
    for name: String, defined: [String: NginxDefinedVariable], at place: ConfigurationPlace
  ) throws(ConfigurationError) -> (part: LimitKey.Part, canBeEmpty: Bool) {
    if defined[name] == nil {
      if let column = Self.columns[name] {
        if column.stored == .path { paths.append("$" + name) }
        return (.column(.stored(column.stored)), column.canBeEmpty)
      }
      if name.hasPrefix("http_"), name.utf8.count > 5 {
        return (.header(String(name.dropFirst(5)).replacing("_", with: "-")), true)
      }
      try refuseMisspelt(name, at: place)
    }
    unlogged.append("$" + name)
    return (.unlogged("$" + name), true)
  }

  private func refuseMisspelt(_ name: String, at place: ConfigurationPlace) throws(ConfigurationError) {
    let meant = Self.columns.keys.sorted().first {
      let distance = NearestWord.distance(name, $0)
      return distance > 0 && distance <= max(1, $0.utf8.count / 5)
    }
    guard let meant, name.utf8.count <= 32 else { return }
    throw ConfigurationError(.unknownWord("$" + name, kind: "variable", nearest: "$" + meant), at: place)
  }

  /// nginx's variables that a column holds. `canBeEmpty`: for some requests it has no value.
  static let columns: [String: (stored: RequestColumn, canBeEmpty: Bool)] = [
    "binary_remote_addr": (.client, false), "remote_addr": (.client, false),
    "host": (.host, false), "http_host": (.host, false),
    "request_method": (.method, false),
    "uri": (.path, false), "request_uri": (.path, false), "document_uri": (.path, false),
    "remote_user": (.consumer, true),
    "http_user_agent": (.userAgent, true), "http_referer": (.referer, true),
  ]

  // MARK: Text with variables

  private enum Piece {
    case constant
    case variable(String)
  }

  /// - Source: nginx `src/http/ngx_http_script.c`, `ngx_http_script_compile`.
  private static func pieces(of text: String, at place: ConfigurationPlace) throws(ConfigurationError)
    -> [Piece]
  {
    var pieces: [Piece] = []
    var rest = Substring(text)
    while let first = rest.first {
      rest = rest.dropFirst()
      guard first == "$" else {
        pieces.append(.constant)
        rest = rest.drop { $0 != "$" }
        continue
      }
      let isBraced = rest.first == "{"
      if isBraced { rest = rest.dropFirst() }
      let name = rest.prefix { $0 == "_" || ($0.isASCII && ($0.isLetter || $0.isNumber)) }
      rest = rest.dropFirst(name.count)
      guard !name.isEmpty else {
        throw ConfigurationError(
          .syntax(found: "'$' without a name in '\(text)'", expected: "a variable such as $host"), at: place)
      }
      if isBraced {
        guard rest.first == "}" else {
          throw ConfigurationError(
            .syntax(found: "'${\(name)' in '\(text)'", expected: "'}' behind the name"), at: place)
        }
        rest = rest.dropFirst()
      }
      pieces.append(.variable(name.lowercased()))
    }
    return pieces
  }
}
