/// A server block with what is written in it.
struct NginxServer: Hashable, Sendable {
  var names: [NginxServerName] = []
  /// Address and port as `*:80`, with whether it is the default there.
  var sockets: [String: Bool] = [:]
  var level = NginxLevel()
  var locations: [NginxLocation] = []
  var place: ConfigurationPlace

  init(place: ConfigurationPlace) { self.place = place }

  /// Where the server listens; nginx's own default where nothing is written.
  var addresses: Set<String> { sockets.isEmpty ? ["*:80"] : Set(sockets.keys) }

  /// What `$server_name` is for its requests: the first name; nil where it has none and the variable is empty.
  var firstName: String? {
    switch names.first?.pattern {
    case .exact(let name): name.isEmpty ? nil : name
    case .suffix(let end): "*" + end
    case .prefix(let start): start + "*"
    case .regularExpression(let expression, _): "~" + expression
    case .segments, nil: nil
    }
  }

  /// `listen [address:]port [default_server] …`
  mutating func listen(_ directive: NginxDirective) throws(ConfigurationError) {
    guard let first = directive.arguments.first?.text else {
      throw ConfigurationError(
        .syntax(found: "listen;", expected: "listen [address:]port"), at: directive.place)
    }
    let isDefault = directive.arguments.dropFirst().contains {
      $0.text == "default_server" || $0.text == "default"
    }
    let address = Self.address(first)
    guard sockets[address] == nil else {
      throw ConfigurationError(.contradiction("a server listens twice on \(first)"), at: directive.place)
    }
    sockets[address] = isDefault
  }

  private static func address(_ text: String) -> String {
    if text.hasPrefix("unix:") { return text }
    if text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) { return "*:" + text }
    let host = text.hasPrefix("[") ? text.prefix { $0 != "]" } + "]" : text.prefix { $0 != ":" }
    let full = host.count == text.count ? text + ":80" : text
    return full.hasPrefix("0.0.0.0:") ? "*" + full.dropFirst(7) : full
  }
}

/// A name of a server, lower case, and how nginx ranks it.
struct NginxServerName: Hashable, Sendable {
  var pattern: NamePattern

  /// 0 exact, 1 `*.example.com`, 2 `www.example.*`, 3 regular expression; then the longer, then the earlier.
  var rank: (kind: Int, length: Int) {
    switch pattern {
    case .exact: (0, 0)
    case .suffix(let text): (1, -text.utf8.count)
    case .prefix(let text): (2, -text.utf8.count)
    case .segments, .regularExpression: (3, 0)
    }
  }

  /// The patterns of a word behind `server_name`: `.example.com` is the name itself and what ends in it.
  static func names(_ word: NginxWord) throws(ConfigurationError) -> [NginxServerName] {
    let text = word.text
    if text.hasPrefix("~") {
      let pattern = try NginxRegularExpression.text(of: String(text.dropFirst()), at: word.place)
      return [NginxServerName(pattern: .regularExpression(pattern, ignoresCase: true))]
    }
    let name = text.lowercased()
    if name.hasPrefix("*.") { return [NginxServerName(pattern: .suffix(String(name.dropFirst())))] }
    if name.hasSuffix(".*") { return [NginxServerName(pattern: .prefix(String(name.dropLast())))] }
    if name.hasPrefix("."), name.utf8.count > 1 {
      return [
        NginxServerName(pattern: .exact(String(name.dropFirst()))), NginxServerName(pattern: .suffix(name)),
      ]
    }
    // Requests without a host cannot be told from others, and `_` is written so as to match none.
    return name.isEmpty || name == "_" ? [] : [NginxServerName(pattern: .exact(name))]
  }
}
