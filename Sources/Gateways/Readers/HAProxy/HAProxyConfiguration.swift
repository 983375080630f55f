import Scanning

/// What a configuration says about limits, as written: tables, and the rules and servers of each section.
struct HAProxyConfiguration {
  private(set) var tables: [HAProxyTable] = []
  private(set) var proxies: [HAProxyProxy] = []
  private let audit: ConfigurationAudit
  private var defaults: [HAProxyProxy] = []
  private var current: HAProxyProxy?
  private var conditions = HAProxyConditionReader()
  /// Name of the section that is being read, proxy or not.
  private var section: (kind: String, name: String)?
  /// Sticky counters, `tune.stick-counters`.
  private var counters = 3

  init(_ lines: [HAProxyLine], audit: ConfigurationAudit) throws(ConfigurationError) {
    self.audit = audit
    let lines = try Self.withoutConditionals(lines, audit: audit)
    if let first = lines.first, !lines.contains(where: { HAProxyVocabulary.sections.contains($0.keyword) }) {
      // Lines to paste: what stands inside one frontend.
      if let meant = HAProxyVocabulary.keyword(meantBy: first.keyword) {
        throw ConfigurationError(
          .unknownWord(first.keyword, kind: "section or keyword", nearest: meant), at: first.place)
      }
      section = ("frontend", "")
      current = HAProxyProxy(kind: .frontend, name: "", place: first.place)
    }
    for line in lines { try read(line) }
    finish()
  }

  /// Lines of `.if` blocks are read as if the condition held, those of `.else` and `.elif` are not.
  private static func withoutConditionals(
    _ lines: [HAProxyLine], audit: ConfigurationAudit
  ) throws(ConfigurationError) -> [HAProxyLine] {
    var kept: [HAProxyLine] = []
    var open: [(place: ConfigurationPlace, isSkipped: Bool)] = []
    for line in lines {
      guard line.keyword.hasPrefix(".") else {
        if open.allSatisfy({ !$0.isSkipped }) { kept.append(line) }
        continue
      }
      switch line.keyword {
      case ".if":
        open.append((line.place, false))
        audit.ignore(line.summary, at: line.place, because: "not evaluated: its lines are read as if it held")
      case ".else", ".elif", ".endif":
        guard !open.isEmpty else {
          throw ConfigurationError(.syntax(found: line.keyword, expected: ".if before it"), at: line.place)
        }
        if line.keyword == ".endif" { open.removeLast() } else { open[open.count - 1].isSkipped = true }
      default: audit.ignore(line.summary, at: line.place, because: "not about limits")
      }
    }
    if let open = open.last {
      throw ConfigurationError(
        .syntax(found: "the end of the file", expected: ".endif for this .if"), at: open.place)
    }
    return kept
  }

  // MARK: Sections

  private mutating func read(_ line: HAProxyLine) throws(ConfigurationError) {
    if HAProxyVocabulary.sections.contains(line.keyword), !isKeyword(line) { return try begin(line) }
    guard let section else {
      throw ConfigurationError(
        .unknownWord(
          line.keyword, kind: "section",
          nearest: NearestWord.nearest(
            to: String(line.keyword.prefix(64)), among: HAProxyVocabulary.sections.sorted())),
        at: line.place)
    }
    if section.kind == "peers", line.keyword == "table", line.words.count > 1 {
      return try declare(
        HAProxyTable(
          line, words: line.words[2...], name: "\(section.name)/\(line.words[1].text)", audit: audit))
    }
    if line.keyword == "tune.stick-counters", let text = line.text(1),
      let count = HAProxyNumber.natural(text), count > 0
    {
      counters = Int(min(count, 100))
    }
    guard current != nil else {
      let remark =
        line.keyword == "maxconn"
        ? "connections wait to be accepted, which the log does not show" : "not about limits"
      if let meant = HAProxyVocabulary.keyword(meantBy: line.keyword),
        HAProxyVocabulary.sections.contains(meant)
      {
        throw ConfigurationError(
          .unknownWord(line.keyword, kind: "section or keyword", nearest: meant), at: line.place)
      }
      return audit.ignore(line.summary, at: line.place, because: remark)
    }
    try keyword(line)
  }

  /// `peers name` may also stand inside of other sections; a section's line names no more than itself.
  private func isKeyword(_ line: HAProxyLine) -> Bool {
    ["cache", "peers", "ring"].contains(line.keyword) && line.words.count > 2
  }

  private mutating func begin(_ line: HAProxyLine) throws(ConfigurationError) {
    finish()
    let name = line.text(1) ?? ""
    section = (line.keyword, name)
    guard let kind = HAProxyProxy.Kind(rawValue: line.keyword) else {
      current = nil
      return audit.ignore(line.summary, at: line.place, because: "this section is not about limits")
    }
    guard kind == .defaults || !name.isEmpty else {
      throw ConfigurationError(.missing(setting: "name", within: line.keyword), at: line.place)
    }
    if kind != .defaults,
      let twin = proxies.first(where: {
        $0.name == name && ($0.kind == kind || $0.kind == .listen || kind == .listen)
      })
    {
      throw ConfigurationError(
        .contradiction("'\(name)' is already there, in line \(twin.place.line)"), at: line.place)
    }
    var proxy = try outer(of: line) ?? HAProxyProxy(kind: kind, name: name, place: line.place)
    (proxy.kind, proxy.name, proxy.place) = (kind, name, line.place)
    current = proxy
    conditions = HAProxyConditionReader()
  }

  /// The defaults that a section builds on: those it names, else the last ones before it.
  private func outer(of line: HAProxyLine) throws(ConfigurationError) -> HAProxyProxy? {
    guard let from = line.words.firstIndex(where: { $0.text == "from" }), from >= 1 else {
      return line.keyword == "defaults" ? nil : defaults.last
    }
    let name = line.text(from + 1) ?? ""
    if let named = defaults.last(where: { $0.name == name }) { return named }
    throw ConfigurationError(
      .unknownReference(
        name, kind: "defaults",
        nearest: NearestWord.nearest(to: String(name.prefix(64)), among: defaults.map(\.name))),
      at: line.words[from].place)
  }

  private mutating func finish() {
    guard let proxy = current else { return }
    if proxy.isHTTP == nil, !proxy.name.isEmpty, proxy.kind != .defaults,
      let rule = proxy.rules.first(where: { !$0.isOnConnection })
    {
      audit.ignore(
        "\(proxy.kind.rawValue) \(proxy.name)", at: rule.place,
        because: "HAProxy leaves http-request rules out without 'mode http'; read as if that were written")
    }
    if proxy.kind == .defaults { defaults.append(proxy) } else { proxies.append(proxy) }
    current = nil
  }

  // MARK: Keywords

  private mutating func keyword(_ line: HAProxyLine) throws(ConfigurationError) {
    guard HAProxyVocabulary.canBegin(line.keyword) else {
      throw ConfigurationError(
        .syntax(
          found: "'\(line.keyword)' at the beginning of a line", expected: "a keyword such as http-request"),
        at: line.place)
    }
    switch line.keyword {
    case "acl":
      try conditions.declare(line)
      audit.use(line.summary, at: line.place, as: "a condition")
    case "stick-table":
      try declare(HAProxyTable(line, words: line.words[1...], name: section?.name ?? "", audit: audit))
    case "http-request", "tcp-request": try rule(line)
    case "mode":
      let mode = line.text(1) ?? ""
      guard line.words.count == 2, HAProxyVocabulary.modes.contains(mode) else {
        throw ConfigurationError(
          .unknownWord(
            mode, kind: "mode", nearest: NearestWord.nearest(to: mode, among: HAProxyVocabulary.modes)),
          at: line.words.last?.place ?? line.place)
      }
      current?.isHTTP = mode == "http"
      if mode != "http" {
        audit.ignore(line.summary, at: line.place, because: "no requests: this section is left out")
      }
    case "timeout": try timeout(line)
    case "default-server":
      let server = try server(line, words: line.words.dropFirst(), name: "")
      current?.serverDefaults = server
    case "server":
      guard let name = line.text(1) else {
        throw ConfigurationError(
          .syntax(found: line.summary, expected: "server name address …"), at: line.place)
      }
      let server = try server(line, words: line.words.dropFirst(3), name: name)
      current?.servers.append(server)
    case "maxconn", "rate-limit":
      audit.ignore(
        line.summary, at: line.place, because: "connections wait to be accepted, which the log does not show")
    default:
      if let meant = HAProxyVocabulary.keyword(meantBy: line.keyword) {
        throw ConfigurationError(
          .unknownWord(line.keyword, kind: "section or keyword", nearest: meant), at: line.place)
      }
      audit.ignore(line.summary, at: line.place, because: "not about limits")
    }
  }

  private mutating func declare(_ table: HAProxyTable) throws(ConfigurationError) {
    if let first = tables.first(where: { $0.name == table.name }) {
      throw ConfigurationError(
        .contradiction("table '\(table.name)' is already declared, in line \(first.place.line)"),
        at: table.place)
    }
    tables.append(table)
  }

  private mutating func rule(_ line: HAProxyLine) throws(ConfigurationError) {
    var words = line.words[1...]
    if line.keyword == "tcp-request", let stage = words.first {
      guard ["connection", "session", "content"].contains(stage.text) else {
        return audit.ignore(line.summary, at: line.place, because: "not about limits")
      }
      words = words.dropFirst()
    }
    guard let rule = try HAProxyRule(line, words: words, conditions: conditions, counters: counters) else {
      return audit.ignore(line.summary, at: line.place, because: "changes requests, and does not reject them")
    }
    current?.rules.append(rule)
  }

  private mutating func timeout(_ line: HAProxyLine) throws(ConfigurationError) {
    let name = line.text(1) ?? ""
    if let meant = HAProxyVocabulary.timeout(meantBy: name) {
      throw ConfigurationError(.unknownWord(name, kind: "timeout", nearest: meant), at: line.words[1].place)
    }
    guard line.words.count == 3 || !["queue", "connect"].contains(name) else {
      throw ConfigurationError(.missing(setting: "time", within: "timeout \(name)"), at: line.place)
    }
    guard ["queue", "connect"].contains(name) else {
      return audit.ignore(line.summary, at: line.place, because: "not about limits")
    }
    let time = try HAProxyTable.time(line.words[2], setting: "timeout \(line.words[1].text)")
    if line.words[1].text == "queue" { current?.queueTimeout = time } else { current?.connectTimeout = time }
    audit.use(
      line.summary, at: line.place, as: "how long a request waits for a server, where one has maxconn")
  }

  private func server(
    _ line: HAProxyLine, words: ArraySlice<HAProxyWord>, name: String
  ) throws(ConfigurationError) -> HAProxyProxy.Server {
    var server =
      current?.serverDefaults ?? HAProxyProxy.Server(name: name, place: line.place, summary: line.summary)
    (server.name, server.place, server.summary) = (name, line.place, line.summary)
    for index in words.indices where ["maxconn", "minconn"].contains(words[index].text) {
      let value = index + 1 < words.endIndex ? words[index + 1] : nil
      guard let text = value?.text, let count = HAProxyNumber.natural(text), count <= Int64(Int32.max) else {
        throw ConfigurationError(
          .badValue(setting: words[index].text, value: value?.text ?? "", expected: "a whole number"),
          at: value?.place ?? words[index].place)
      }
      if words[index].text == "maxconn" { server.maxconn = count } else { server.minconn = count }
    }
    return server
  }
}
