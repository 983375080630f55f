/// The settings about limits written at one level (`http`, a server, a location). What a level does not say comes from
/// the level around it; its own `limit_req` lines replace all of the outer ones, and likewise `limit_conn`.
struct NginxLevel: Hashable, Sendable {
  var requests: [NginxLimit] = []
  var connections: [NginxLimit] = []
  var requestStatus: Int?
  var connectionStatus: Int?
  var isRequestDryRun: Bool?
  var isConnectionDryRun: Bool?
  /// `return`: requests are answered before any limit is asked. Not inherited.
  var answersAtOnce: NginxDirective?

  /// No limits at all.
  static let none = NginxLevel()

  func inheriting(_ outer: NginxLevel) -> NginxLevel {
    var level = self
    if requests.isEmpty { level.requests = outer.requests }
    if connections.isEmpty { level.connections = outer.connections }
    level.requestStatus = requestStatus ?? outer.requestStatus
    level.connectionStatus = connectionStatus ?? outer.connectionStatus
    level.isRequestDryRun = isRequestDryRun ?? outer.isRequestDryRun
    level.isConnectionDryRun = isConnectionDryRun ?? outer.isConnectionDryRun
    return level
  }

  /// The same limits without what has no effect, so that equal limits are equal.
  var effective: NginxLevel {
    var level = self
    level.answersAtOnce = nil
    if requests.isEmpty { (level.requestStatus, level.isRequestDryRun) = (nil, nil) }
    if connections.isEmpty { (level.connectionStatus, level.isConnectionDryRun) = (nil, nil) }
    return level
  }

  /// Takes a directive about limits.
  /// - Throws: what nginx refuses: a zone or setting twice in one level, values out of range.
  mutating func take(_ directive: NginxDirective, audit: ConfigurationAudit) throws(ConfigurationError) {
    guard directive.block == nil else {
      throw ConfigurationError(
        .syntax(found: "'{' after \(directive.name.text)", expected: "';'"), at: directive.place)
    }
    switch directive.name.text {
    case "limit_req": try Self.add(try .requests(directive), to: &requests, audit: audit)
    case "limit_conn": try Self.add(try .connections(directive), to: &connections, audit: audit)
    case "limit_req_status": try Self.set(&requestStatus, try Self.status(directive), directive, audit: audit)
    case "limit_conn_status":
      try Self.set(&connectionStatus, try Self.status(directive), directive, audit: audit)
    case "limit_req_dry_run":
      try Self.set(&isRequestDryRun, try Self.flag(directive), directive, audit: audit)
    case "limit_conn_dry_run":
      try Self.set(&isConnectionDryRun, try Self.flag(directive), directive, audit: audit)
    default:
      audit.ignore(
        directive.summary, at: directive.place, because: "decides what is logged, not what is rejected")
    }
  }

  private static func add(
    _ limit: NginxLimit, to limits: inout [NginxLimit], audit: ConfigurationAudit
  ) throws(ConfigurationError) {
    if let first = limits.first(where: { $0.zone.text == limit.zone.text }) {
      throw ConfigurationError(
        .contradiction("zone '\(limit.zone.text)' already limits this level, in line \(first.place.line)"),
        at: limit.place)
    }
    limits.append(limit)
  }

  private static func set<Value>(
    _ setting: inout Value?, _ value: Value, _ directive: NginxDirective, audit: ConfigurationAudit
  ) throws(ConfigurationError) {
    guard setting == nil else {
      throw ConfigurationError(
        .contradiction("\(directive.name.text) is already set at this level"), at: directive.place)
    }
    setting = value
    let kind = directive.name.text.hasPrefix("limit_req") ? "requests" : "connections"
    let remark =
      directive.name.text.hasSuffix("status")
      ? "rejected \(kind) are answered \(value)"
      : value as? Bool == true
        ? "\(kind) beyond the limit are counted and let through" : "the limit is enforced"
    audit.use(directive.summary, at: directive.place, as: remark)
  }

  private static func status(_ directive: NginxDirective) throws(ConfigurationError) -> Int {
    let text = directive.arguments.first?.text ?? ""
    guard directive.arguments.count == 1, let status = NginxLimit.natural(Substring(text)),
      (400...599).contains(status)
    else {
      throw ConfigurationError(
        .badValue(setting: directive.name.text, value: text, expected: "a status from 400 to 599"),
        at: directive.place)
    }
    return Int(status)
  }

  private static func flag(_ directive: NginxDirective) throws(ConfigurationError) -> Bool {
    let text = directive.arguments.first?.text ?? ""
    guard directive.arguments.count == 1, ["on", "off"].contains(text.lowercased()) else {
      throw ConfigurationError(
        .badValue(setting: directive.name.text, value: text, expected: "on or off"), at: directive.place)
    }
    return text.lowercased() == "on"
  }
}
