import Scanning
import Traffic

/// Where a plugin was put: indexes of the entities, all nil for a global one.
struct KongScope: Hashable {
  var route: Int?
  var service: Int?
  var consumer: Int?
  var group: Int?

  /// Of the plugins of one name only the one with the lowest rank runs on a request.
  var rank: Int {
    switch (consumer != nil, group != nil, route != nil, service != nil) {
    case (true, _, true, true): 1
    case (_, true, true, true): 2
    case (true, _, true, _): 3
    case (true, _, _, true): 4
    case (_, true, true, _): 5
    case (_, true, _, true): 6
    case (_, _, true, true): 7
    case (true, _, _, _): 8
    case (_, true, _, _): 9
    case (_, _, true, _): 10
    case (_, _, _, true): 11
    default: 12
    }
  }
}

/// A plugin that limits, as configured in one place.
struct KongPlugin {
  /// In the order in which they run.
  enum Kind: String, CaseIterable {
    case advanced = "rate-limiting-advanced"
    case plain = "rate-limiting"
  }
  let kind: Kind
  let scope: KongScope
  let config: Settings
  let place: ConfigurationPlace
  /// Its place among the plugins; an alias puts one text in several.
  let number: Int
}

/// What Kong counts by.
struct KongIdentifier {
  /// Requests that are counted by `key`; those that are not are counted by client address.
  let condition: RequestMatch.Condition?
  let key: LimitKey
  /// What the log cannot answer.
  let doubt: String?

  /// - Parameter setting: `limit_by` or `identifier`.
  init(_ setting: String, of config: Settings, choices: [String]) throws(ConfigurationError) {
    let word = try config.choice(setting, of: choices) ?? "consumer"
    var (condition, doubt): (RequestMatch.Condition?, String?) = (nil, nil)
    switch word {
    case "ip": key = .client
    case "service": key = LimitKey([.column(.stored(.service))], missing: .clientAddress)
    case "header":
      guard let header = try config.text("header_name"), !header.isEmpty else {
        throw config.missing("header_name")
      }
      key = LimitKey([.header(header.lowercased())], missing: .clientAddress)
    case "path":
      guard let path = try config.text("path"), !path.isEmpty else { throw config.missing("path") }
      (key, condition) = (.all, RequestMatch.Condition(.path, [.exact(path)]))
    case "consumer-group":
      (key, doubt) = (
        LimitKey([.unlogged("consumer group")]),
        "the log does not have the consumer group; all share one limit here"
      )
    default:
      key = LimitKey([.column(.stored(.consumer))], missing: .clientAddress)
      if word == "credential" { doubt = "the log does not have the credential; the consumer is taken" }
    }
    (self.condition, self.doubt) = (condition, doubt)
  }
}
