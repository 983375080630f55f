import Scanning

/// Circuit breakers of clusters, where they are written: so many requests of one cluster at a time.
struct EnvoyCircuitBreakers {
  let audit: ConfigurationAudit

  private static let fields = [
    "priority", "max_connections", "max_pending_requests", "max_requests", "max_retries", "retry_budget",
    "track_remaining", "max_connection_pools",
  ]

  mutating func cases(of clusters: [Settings], draft: inout ModelDraft) throws(ConfigurationError)
    -> [LimitCase]
  {
    var cases: [LimitCase] = []
    for cluster in clusters {
      try cluster.refuseNearMisses(of: ["name", "circuit_breakers"])
      let name = try cluster.text("name") ?? ""
      audit.ignore(
        "cluster \(name): endpoints, load balancing, timeouts", at: cluster.place, because: "does not limit")
      guard let breakers = try cluster.message("circuit_breakers") else { continue }
      try breakers.expectOnly(["thresholds", "per_host_thresholds"])
      if breakers.has("per_host_thresholds") {
        audit.ignore(
          "per_host_thresholds", at: breakers.place(of: "per_host_thresholds"),
          because: "limits per endpoint are not replayed")
      }
      let rules = try rules(of: breakers, cluster: cluster, name: name, draft: &draft)
      guard !rules.isEmpty else { continue }
      cases.append(
        LimitCase(
          match: RequestMatch([RequestMatch.Condition(.service, [.exact(name)])]), stages: [LimitStage(rules)]
        ))
    }
    return cases
  }

  private func rules(
    of breakers: Settings, cluster: Settings, name: String, draft: inout ModelDraft
  ) throws(ConfigurationError) -> [LimitRule] {
    var first: Settings?
    for thresholds in try breakers.settingsList("thresholds") {
      let thresholds = try thresholds.snakeCased()
      try thresholds.expectOnly(Self.fields)
      let priority = try thresholds.choice("priority", of: ["DEFAULT", "HIGH"]) ?? "DEFAULT"
      if priority == "DEFAULT", first == nil {
        first = thresholds
      } else {
        audit.ignore(
          "thresholds of priority \(priority)", at: thresholds.place,
          because: "the log does not tell priorities apart")
      }
    }
    guard let first else { return [] }
    var rules: [LimitRule] = []
    let whole = Int64(1)...Int64(UInt32.max)
    let isMultiplexed = Self.isMultiplexed(cluster)
    let connections = try first.integer("max_connections", in: whole)
    let pending = try first.integer("max_pending_requests", in: 0...Int64(UInt32.max))
    if connections != nil || pending != nil, isMultiplexed {
      audit.ignore(
        "max_connections, max_pending_requests", at: first.place,
        because: "a connection of this cluster carries many requests")
    } else if connections != nil || pending != nil {
      let settings = ConcurrencySettings(limit: connections ?? 1_024, queue: pending ?? 1_024)
      let text = "\(name): \(settings.limit) connections, \(settings.queue) pending"
      rules.append(rule(text, settings, at: first.place, draft: &draft))
    }
    if let requests = try first.integer("max_requests", in: whole) {
      rules.append(
        rule(
          "\(name): \(requests) requests", ConcurrencySettings(limit: requests), at: first.place,
          draft: &draft))
    }
    for rule in rules {
      audit.use("circuit_breakers", at: first.place, as: "\(rule.name) at a time, else 503")
    }
    return rules
  }

  private func rule(
    _ text: String, _ settings: ConcurrencySettings, at place: ConfigurationPlace,
    draft: inout ModelDraft
  ) -> LimitRule {
    let counter = draft.counter(of: "breaker \(text)", LimitCounter(name: text, key: .all))
    return LimitRule(name: text, counter: counter, limiter: .concurrency(settings), status: 503, place: place)
  }

  /// HTTP/2 or HTTP/3 to the endpoints, where connections do not limit requests.
  private static func isMultiplexed(_ cluster: Settings) -> Bool {
    if cluster.has("http2_protocol_options") { return true }
    guard let options = cluster.value("typed_extension_protocol_options"),
      case .mapping(let entries) = options.value
    else {
      return false
    }
    return entries.contains { entry in
      let explicit = entry.value["explicit_http_config"] ?? entry.value["explicitHttpConfig"]
      return ["http2_protocol_options", "http3_protocol_options", "http2ProtocolOptions"].contains {
        explicit?[$0] != nil
      }
    }
  }
}
