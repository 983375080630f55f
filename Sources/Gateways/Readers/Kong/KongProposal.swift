import Traffic

/// A proposed limit as a global plugin. Kong counts requests that lack what it counts by by their client address, which a
/// comment says where the proposal would let them pass.
struct KongProposal {
  private let proposal: LimitProposal
  private let plugin: String
  private let config: [String]

  /// - Throws: where Kong has no such limiter, key or status.
  init(_ proposal: LimitProposal) throws(NotExpressible) {
    self.proposal = proposal
    guard (100...599).contains(proposal.status) else {
      throw NotExpressible("error_code is a status from 100 to 599")
    }
    switch proposal.limiter {
    case .fixedWindow(let limit, .calendar(let unit), let countsRejected) where unit != .week:
      guard (1...1_000_000_000_000).contains(limit) else {
        throw NotExpressible("rate-limiting has limits above 0")
      }
      plugin = "rate-limiting"
      let policy =
        countsRejected
        ? ["policy: redis", "sync_rate: -1", "redis: {host: 127.0.0.1, port: 6379}"] : ["policy: local"]
      config = ["\(unit.rawValue): \(limit)"] + policy + [try Self.identifier(proposal.key, as: "limit_by")]
    case .fixedWindow(let limit, .aligned(let length, 0), let countsRejected):
      plugin = "rate-limiting-advanced"
      config =
        try Self.advanced(limit, length, "fixed", countsRejected) + [
          try Self.identifier(proposal.key, as: "identifier")
        ]
    case .slidingCounter(let limit, let window, let rule)
    where !rule.capsPrevious && rule.includesCurrent && !rule.rejectsAtLimit:
      plugin = "rate-limiting-advanced"
      config =
        try Self.advanced(limit, window, "sliding", rule.countsRejected) + [
          try Self.identifier(proposal.key, as: "identifier")
        ]
    default:
      throw NotExpressible(
        "Kong counts in fixed windows of the calendar, or in sliding windows with rate-limiting-advanced")
    }
  }

  func text() -> String {
    var lines = [
      "_format_version: \"3.0\"", "plugins:", "- name: \(plugin)", "  instance_name: \"\(proposal.name)\"",
      "  config:",
    ]
    lines += (config + ["error_code: \(proposal.status)"]).map { "    " + $0 }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func advanced(
    _ limit: Int64, _ window: Int64, _ type: String, _ countsRejected: Bool
  ) throws(NotExpressible) -> [String] {
    guard window > 0, window % 1_000_000 == 0, window <= 1_000_000_000_000,
      (1...1_000_000_000_000).contains(limit)
    else {
      throw NotExpressible("rate-limiting-advanced has windows of whole seconds and limits above 0")
    }
    return [
      "limit: [\(limit)]", "window_size: [\(window / 1_000_000)]", "window_type: \(type)", "strategy: local",
      "sync_rate: -1",
      "disable_penalty: \(!countsRejected)",
    ]
  }

  private static func identifier(_ key: LimitKey, as setting: String) throws(NotExpressible) -> String {
    guard key.parts.count == 1 else {
      throw NotExpressible("Kong counts by one thing: consumer, client address, service or header")
    }
    if key.parts == LimitKey.client.parts { return "\(setting): ip" }
    guard key.missing == .clientAddress || key.missing == .passes else {
      throw NotExpressible("Kong counts requests that lack it by their client address")
    }
    let comment =
      key.missing == .passes ? "# Requests that lack it are counted by their client address.\n    " : ""
    switch key.parts[0] {
    case .column(.stored(.consumer)): return "\(comment)\(setting): consumer"
    case .column(.stored(.service)): return "\(comment)\(setting): service"
    case .header(let name) where RequestHeader.isPlain(name):
      return "\(comment)\(setting): header\n    header_name: \"\(name)\""
    default: throw NotExpressible("Kong counts by consumer, client address, service or a header")
    }
  }
}
