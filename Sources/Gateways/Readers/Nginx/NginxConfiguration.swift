/// What a configuration says about limits, as written: zones, servers, locations. Gathered directive by directive, with
/// nginx's own rules about where each may stand.
struct NginxConfiguration {
  private(set) var zones: [NginxZone] = []
  private(set) var http = NginxLevel()
  private(set) var servers: [NginxServer] = []
  private let audit: ConfigurationAudit
  private var defined: [String: NginxDefinedVariable] = [:]
  /// Zone lines wait until every `map` is known: nginx allows them in any order.
  private var zoneLines: [NginxDirective] = []

  /// - Parameter directives: of the whole configuration, includes in place.
  init(_ directives: [NginxDirective], audit: ConfigurationAudit) throws(ConfigurationError) {
    self.audit = audit
    switch Self.outermost(of: directives) {
    case .main: try readMain(directives)
    case .server:
      var server = NginxServer(place: directives[0].place)
      for directive in directives { try read(directive, into: &server) }
      servers.append(server)
    default:
      for directive in directives { try readHTTP(directive) }
    }
    for line in zoneLines { try declare(line) }
  }

  /// A file is a whole configuration, or what is included inside `http` or inside `server`: told by what it holds.
  private static func outermost(of directives: [NginxDirective]) -> NginxContext {
    let names = Set(directives.map(\.name.text))
    if !names.isDisjoint(with: NginxVocabulary.mainOnly) { return .main }
    let http: Set = ["server", "limit_req_zone", "limit_conn_zone", "upstream", "map", "geo", "log_format"]
    return names.isDisjoint(with: http) && !names.isDisjoint(with: NginxVocabulary.serverOnly)
      ? .server : .http
  }

  // MARK: Levels

  private mutating func readMain(_ directives: [NginxDirective]) throws(ConfigurationError) {
    var hasHTTP = false
    for directive in directives {
      try expect(directive, in: .main)
      guard directive.name.text == "http" else {
        ignore(directive)
        continue
      }
      guard !hasHTTP else {
        throw ConfigurationError(.contradiction("http is already there"), at: directive.place)
      }
      hasHTTP = true
      for inner in try block(of: directive) { try readHTTP(inner) }
    }
  }

  private mutating func readHTTP(_ directive: NginxDirective) throws(ConfigurationError) {
    try expect(directive, in: .http)
    switch directive.name.text {
    case "server":
      var server = NginxServer(place: directive.place)
      for inner in try block(of: directive) { try read(inner, into: &server) }
      servers.append(server)
    case let name where NginxVocabulary.zones.contains(name): zoneLines.append(directive)
    case let name where NginxVocabulary.limits.contains(name): try http.take(directive, audit: audit)
    default: other(directive)
    }
  }

  private mutating func read(_ directive: NginxDirective, into server: inout NginxServer)
    throws(ConfigurationError)
  {
    try expect(directive, in: .server)
    switch directive.name.text {
    case "location":
      let location = try location(directive, among: server.locations, inside: nil)
      server.locations.append(location)
    case "server_name":
      for word in directive.arguments { server.names += try NginxServerName.names(word) }
      audit.use(directive.summary, at: directive.place, as: "requests of these hosts")
    case "listen":
      try server.listen(directive)
      ignore(
        directive,
        because: "the log does not tell the port; only which server is the default is taken from it")
    default: try common(directive, into: &server.level)
    }
  }

  private mutating func location(
    _ directive: NginxDirective, among siblings: [NginxLocation], inside outer: NginxLocation?
  ) throws(ConfigurationError) -> NginxLocation {
    var location = try NginxLocation(directive)
    try location.expectFit(among: siblings, inside: outer)
    for inner in try block(of: directive) {
      try expect(inner, in: .location)
      switch inner.name.text {
      case "location":
        let nested = try self.location(inner, among: location.locations, inside: location)
        location.locations.append(nested)
      case "internal":
        location.isInternal = true
        ignore(inner, because: "requests from outside get 404 before any limit")
      default: try common(inner, into: &location.level)
      }
    }
    if outer?.isRegularExpression == true, !location.isRegularExpression {
      ignore(directive, because: "nginx does not look for plain locations inside of a regular expression")
    }
    if location.kind == .named { ignore(directive, because: "reached from inside only") }
    return location
  }

  /// What servers and locations share.
  private mutating func common(_ directive: NginxDirective, into level: inout NginxLevel)
    throws(ConfigurationError)
  {
    switch directive.name.text {
    case let name where NginxVocabulary.limits.contains(name): try level.take(directive, audit: audit)
    case "return":
      level.answersAtOnce = directive
      ignore(directive, because: "answers before any limit: nothing is limited at this level")
    case "if", "limit_except":
      for inner in try block(of: directive) { try expect(inner, in: .condition) }
      ignore(directive, because: "conditions are not followed")
    case "rewrite", "try_files", "error_page":
      ignore(directive, because: "a request that it sends elsewhere is judged where it arrived")
    default: other(directive)
    }
  }

  // MARK: Single directives

  private func expect(_ directive: NginxDirective, in context: NginxContext) throws(ConfigurationError) {
    let name = directive.name.text
    guard let first = name.utf8.first, first | 0x20 >= 0x61, first | 0x20 <= 0x7A, !name.contains("=") else {
      throw ConfigurationError(
        .syntax(found: "'\(name)'", expected: "a directive (is a ';' missing or too many?)"),
        at: directive.place)
    }
    // What was meant as a directive of the next line.
    if let swallowed = directive.arguments.first(where: {
      NginxVocabulary.isSwallowed($0.text) && $0.place.line > directive.place.line
    }) {
      throw ConfigurationError(
        .syntax(found: "\(swallowed.text) in the words of \(name)", expected: "';' before it"),
        at: swallowed.place)
    }
    if ["server_name", "listen", "internal"].contains(name), directive.block != nil {
      throw ConfigurationError(
        .syntax(found: "'{' after \(directive.name.text)", expected: "';'"), at: directive.place)
    }
    if let contexts = NginxVocabulary.contexts(of: name) {
      guard contexts.contains(context) else {
        throw ConfigurationError(
          .syntax(
            found: "\(name) in \(context.rawValue)",
            expected: "\(name) in \(contexts.map(\.rawValue).joined(separator: ", "))"), at: directive.place)
      }
    } else if let meant = NginxVocabulary.meant(by: name) {
      throw ConfigurationError(.unknownWord(name, kind: "directive", nearest: meant), at: directive.place)
    }
  }

  private func block(of directive: NginxDirective) throws(ConfigurationError) -> [NginxDirective] {
    guard let block = directive.block else {
      throw ConfigurationError(
        .syntax(found: "';' after '\(directive.summary)'", expected: "'{'"), at: directive.place)
    }
    return block
  }

  private func ignore(_ directive: NginxDirective, because remark: String = "not about limits") {
    audit.ignore(directive.summary, at: directive.place, because: remark)
  }

  /// A directive that decides nothing itself; a variable that it defines is kept in mind.
  private mutating func other(_ directive: NginxDirective) {
    let words = directive.arguments.map(\.text)
    switch directive.name.text {
    case "map", "geo", "split_clients": define(words.last, by: directive)
    case "set", "perl_set", "js_set", "js_var", "auth_request_set", "geoip2":
      define(words.first, by: directive)
    default: ignore(directive)
    }
  }

  private mutating func define(_ variable: String?, by directive: NginxDirective) {
    ignore(directive, because: "a variable that the log does not have")
    guard let variable, variable.hasPrefix("$") else { return }
    let values = directive.block?.map { $0.arguments.last?.text } ?? [directive.arguments.last?.text]
    let name = variable.dropFirst().lowercased()
    guard defined[name] == nil else { return }
    defined[name] = NginxDefinedVariable(
      directive: directive.name.text, place: directive.place, mayBeEmpty: values.contains(""))
  }

  // MARK: Zones

  private mutating func declare(_ directive: NginxDirective) throws(ConfigurationError) {
    let zone = try NginxZone(directive, defined: defined)
    if let first = zones.first(where: { $0.name == zone.name }) {
      throw ConfigurationError(
        .contradiction(
          "zone '\(zone.name)' is already declared, in line \(first.place.line) of \(first.place.file)"),
        at: directive.place)
    }
    zones.append(zone)
  }

  /// What the log cannot answer about a zone's key.
  func noteKey(of zone: NginxZone) {
    for name in zone.key.unlogged {
      let variable = defined[name.dropFirst().lowercased()]
      let origin =
        variable.map { "is made by \($0.directive) in line \($0.place.line)" } ?? "is not in the log"
      let exempt =
        variable?.mayBeEmpty == true
        ? "; requests for which it is empty are not limited by nginx, but are here" : ""
      audit.ignore(
        "\(name) in the key of zone \(zone.name)", at: zone.place,
        because: "it \(origin): all requests share one value\(exempt)")
    }
    for name in zone.key.paths {
      audit.ignore(
        "\(name) in the key of zone \(zone.name)", at: zone.place,
        because: "paths are known by their template: those that differ in a variable share one count")
    }
  }
}
