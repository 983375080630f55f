import Traffic

/// What a descriptor key stands for, by the names that people give them.
enum EnvoyRateLimitKey {
  /// The same on every request that has it at all.
  case constant
  /// A column of the log; `subject` where it can be compared with a value.
  case column(RequestColumn, subject: RequestMatch.Condition.Subject?)
  /// A header by this name, or by the name somebody gave it; `subject` where it can be compared with a value.
  case header(subject: RequestMatch.Condition.Subject?)

  /// What it is compared as; nil where the log does not have it.
  var subject: RequestMatch.Condition.Subject? {
    switch self {
    case .constant: nil
    case .column(_, let subject), .header(let subject): subject
    }
  }

  init(_ name: String) {
    switch name.lowercased() {
    case "generic_key", "header_match", "query_match", "source_cluster": self = .constant
    case "remote_address", "client_ip", "client_address", "ip": self = .column(.client, subject: .client)
    case "path", ":path": self = .column(.path, subject: .path)
    case "method", ":method": self = .column(.method, subject: .method)
    case "host", "authority", ":authority": self = .column(.host, subject: .host)
    case "destination_cluster": self = .column(.service, subject: .service)
    case "user", "user_id", "userid", "username", "consumer", "api_key", "apikey", "client_id":
      self = .column(.consumer, subject: .consumer)
    case "user-agent", "user_agent": self = .column(.userAgent, subject: nil)
    case let other: self = .header(subject: RequestHeader.subject(of: other))
    }
  }

  /// The key's part for any value; nil for a constant.
  func part(named name: String) -> LimitKey.Part? {
    switch self {
    case .constant: nil
    case .column(let column, _): .column(.stored(column))
    case .header: .header(name.lowercased())
    }
  }

  /// Whether every request has it, so that Envoy always sends the descriptor.
  static func isAlwaysThere(_ part: LimitKey.Part) -> Bool {
    switch part {
    case .column(.stored(.client)), .column(.stored(.path)), .column(.stored(.method)),
      .column(.stored(.host)):
      true
    default: false
    }
  }

  /// The name to write for a part; nil where there is none.
  static func name(of part: LimitKey.Part) -> String? {
    switch part {
    case .column(.stored(.client)): "remote_address"
    case .column(.stored(.path)): "path"
    case .column(.stored(.method)): "method"
    case .column(.stored(.host)): "host"
    case .column(.stored(.service)): "destination_cluster"
    case .column(.stored(.consumer)): "user"
    case .column(.stored(.userAgent)): "user_agent"
    case .header(let name): if case .header = EnvoyRateLimitKey(name) { name } else { nil }
    default: nil
    }
  }
}
