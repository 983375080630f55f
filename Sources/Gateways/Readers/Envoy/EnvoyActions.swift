import Scanning
import Traffic

/// One entry that a route's rate limit actions add to a request's descriptor.
struct EnvoyAction {
  enum Value {
    case constant(String)
    /// A constant that is there for some requests only; nil where the log cannot tell for which.
    case conditional(String, [RequestMatch.Condition]?)
    /// What a request brings.
    case part(LimitKey.Part, RequestMatch.Condition.Subject?)
    /// Something the log has nothing of.
    case unknown(String)
  }
  let key: String
  let value: Value
  let place: ConfigurationPlace

  private static let kinds = [
    "source_cluster", "destination_cluster", "request_headers", "remote_address", "masked_remote_address",
    "generic_key", "header_value_match", "query_parameter_value_match", "metadata", "dynamic_metadata",
    "extension",
    "query_parameters", "remote_address_match",
  ]

  /// - Parameter cluster: where the route sends to, nil where it is not one cluster.
  init(_ settings: Settings, cluster: String?) throws(ConfigurationError) {
    let settings = try settings.snakeCased()
    try settings.expectOnly(Self.kinds)
    place = settings.place
    guard let kind = settings.entries.first?.key else {
      throw settings.missing("one of \(Self.kinds.joined(separator: ", "))")
    }
    let fields = try settings.message(kind) ?? settings
    switch kind {
    case "generic_key":
      try fields.expectOnly(["descriptor_value", "descriptor_key", "default_value"])
      guard let constant = try fields.text("descriptor_value") else {
        throw fields.missing("descriptor_value")
      }
      (key, value) = (try fields.text("descriptor_key") ?? "generic_key", .constant(constant))
    case "destination_cluster":
      (key, value) = (kind, cluster.map { .constant($0) } ?? .part(.column(.stored(.service)), .service))
    case "remote_address":
      (key, value) = (kind, .part(.column(.stored(.client)), .client))
    case "request_headers":
      (key, value) = try Self.header(fields)
    case "header_value_match":
      (key, value) = try Self.headerMatch(fields)
    default:
      let usual = kind == "query_parameter_value_match" ? "query_match" : kind
      let constant = try fields.text("descriptor_value")
      (key, value) = (
        try fields.text("descriptor_key") ?? usual, constant.map { .conditional($0, nil) } ?? .unknown(kind)
      )
    }
  }

  private static func header(_ fields: Settings) throws(ConfigurationError) -> (String, Value) {
    try fields.expectOnly(["header_name", "descriptor_key", "skip_if_absent"])
    guard let name = try fields.text("header_name") else { throw fields.missing("header_name") }
    guard let key = try fields.text("descriptor_key") else { throw fields.missing("descriptor_key") }
    return (key, .part(EnvoyHeader.part(of: name), RequestHeader.subject(of: name)))
  }

  private static func headerMatch(_ fields: Settings) throws(ConfigurationError) -> (String, Value) {
    try fields.expectOnly(["descriptor_key", "descriptor_value", "expect_match", "headers", "default_value"])
    guard let constant = try fields.text("descriptor_value") else { throw fields.missing("descriptor_value") }
    let key = try fields.text("descriptor_key") ?? "header_match"
    var conditions: [RequestMatch.Condition]? = []
    for header in try fields.settingsList("headers") {
      if let condition = try EnvoyHeaderMatch(header).condition {
        conditions?.append(condition)
      } else {
        conditions = nil
      }
    }
    if try fields.flag("expect_match") == false {
      // Not both, as a conjunction, can be said of one condition only.
      guard conditions?.count == 1, var only = conditions?.first else {
        return (key, .conditional(constant, nil))
      }
      only.isNegated.toggle()
      conditions = [only]
    }
    return (key, .conditional(constant, conditions))
  }
}

/// The descriptors that the requests of one route carry: one per `rate_limits` entry.
struct EnvoyRequestDescriptors {
  let descriptors: [[EnvoyAction]]

  /// - Parameter route: nil for requests that no route matched, which carry none but those of the filter itself.
  init(_ config: EnvoyLocalRateLimit, route: EnvoyRoute?, audit: ConfigurationAudit)
    throws(ConfigurationError)
  {
    var lists = config.rateLimits
    if lists.isEmpty, let route {
      lists = route.rateLimits
      let includes = config.hostRateLimits == "INCLUDE" || route.includesHostRateLimits
      if includes || (config.hostRateLimits == "OVERRIDE" && route.rateLimits.isEmpty) {
        lists += route.hostRateLimits
      }
    }
    var result: [[EnvoyAction]] = []
    for list in lists {
      let list = try list.snakeCased()
      try list.expectOnly([
        "stage", "disable_key", "actions", "limit", "hits_addend", "apply_on_stream_done",
        "x_ratelimit_option",
      ])
      guard try list.integer("stage", in: 0...10) ?? 0 == config.stage else { continue }
      for key in ["hits_addend", "limit"] where list.has(key) {
        audit.ignore(
          key, at: list.place(of: key), because: "every request counts once, by the descriptor's own bucket")
      }
      var actions: [EnvoyAction] = []
      for action in try list.settingsList("actions") {
        actions.append(try EnvoyAction(action, cluster: route?.cluster))
      }
      result.append(actions)
    }
    descriptors = result
  }
}

/// A configured descriptor as it meets the requests of one route.
struct EnvoyDescriptorMatch {
  /// Empty where every request of the route has it.
  var conditions: [RequestMatch.Condition] = []
  var parts: [LimitKey.Part] = []

  enum Outcome {
    case matches(EnvoyDescriptorMatch)
    case never
    /// Why the log cannot tell.
    case unlogged(String)
  }

  static func outcome(of descriptor: EnvoyDescriptor, for actions: [EnvoyAction]) -> Outcome {
    guard descriptor.entries.map(\.key) == actions.map(\.key) else { return .never }
    var match = EnvoyDescriptorMatch()
    for (entry, action) in zip(descriptor.entries, actions) {
      switch action.value {
      case .constant(let constant):
        guard entry.value.isEmpty || entry.value == constant else { return .never }
      case .conditional(let constant, let conditions):
        guard entry.value.isEmpty || entry.value == constant else { return .never }
        guard let conditions else {
          return .unlogged("whether \(entry.key) is '\(constant)' is not in the log")
        }
        match.conditions += conditions
      case .part(let part, let subject):
        if entry.value.isEmpty {
          match.parts.append(part)
        } else if let subject {
          match.conditions.append(RequestMatch.Condition(subject, [.exact(entry.value)]))
        } else {
          return .unlogged("whether \(entry.key) is '\(entry.value)' is not in the log")
        }
      case .unknown(let kind):
        guard entry.value.isEmpty else { return .unlogged("\(kind) is not in the log") }
        match.parts.append(.unlogged(kind))
      }
    }
    return .matches(match)
  }

  var key: LimitKey {
    LimitKey(parts, missing: parts.allSatisfy(EnvoyHeader.isAlwaysThere) ? .counts : .passes)
  }
}
