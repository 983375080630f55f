import Scanning

extension APISIXReader {
  /// An `apisix.yaml` with one route that has the limit.
  public func text(for proposal: LimitProposal) throws(NotExpressible) -> String {
    guard (200...599).contains(proposal.status) else { throw NotExpressible("APISIX rejects with 200 to 599") }
    let (plugin, fields, isLocal) = try Self.plugin(for: proposal.limiter)
    guard let key = Self.keyFields(for: proposal.key.settled, plugin: plugin, isLocal: isLocal) else {
      throw NotExpressible(
        "APISIX counts by its variables, and by the address where a single one is empty; it has no such key")
    }
    let policy = isLocal ? [] : ["policy: redis", "redis_host: 127.0.0.1"]
    let lines = fields + key + ["rejected_code: \(proposal.status)"] + policy
    return """
      routes:
        - id: \(QuotedText.json(proposal.name))
          uri: /*
          plugins:
            \(plugin):
              \(lines.joined(separator: "\n        "))
          upstream:
            type: roundrobin
            nodes:
              "127.0.0.1:8080": 1
      #END

      """
  }

  private static func keyFields(for key: LimitKey, plugin: String, isLocal: Bool) -> [String]? {
    if key == .all, plugin == "limit-count" { return ["key: all", "key_type: constant"] }
    guard key.missing == .passes else { return APISIXKey.fields(for: key, isLocal: isLocal) }
    let shared = APISIXKey.fields(for: LimitKey(key.parts, missing: .clientAddress), isLocal: isLocal)
    return shared.map { ["# A request without it is counted by its address."] + $0 }
  }

  private static func plugin(
    for limiter: LimiterSettings
  ) throws(NotExpressible) -> (name: String, fields: [String], isLocal: Bool) {
    switch limiter {
    case .leakyBucket(let milliRate, let burst, let undelayed, let arithmetic) where arithmetic != .nginx:
      guard undelayed == 0 || undelayed == .max else {
        throw NotExpressible("APISIX delays all of a burst or nothing of it")
      }
      let rate = ExactDecimal(LimitRate(milliRate, per: 1_000), per: 1)?.text ?? ""
      let fields = ["rate: \(rate)", "burst: \(burst)", "nodelay: \(undelayed == .max)"]
      return ("limit-req", fields, arithmetic == .apisix)
    case .fixedWindow(let limit, .firstHit(let length, strict: false), countsRejected: true)
    where limit > 0 && length % 1_000_000 == 0:
      return ("limit-count", ["count: \(limit)", "time_window: \(length / 1_000_000)"], true)
    case .slidingCounter(let limit, let window, let rule)
    where rule == APISIXLimit.slidingRule && limit > 0 && window % 1_000_000 == 0:
      let fields = ["count: \(limit)", "time_window: \(window / 1_000_000)", "window_type: sliding"]
      return ("limit-count", fields, true)
    case .concurrency(let settings) where settings.queueTimeout == nil && settings.queue != .max:
      guard let delay = settings.delayPerBlock, delay > 0 else {
        throw NotExpressible("limit-conn needs a delay for what is over the limit")
      }
      let fields = [
        "conn: \(settings.limit)", "burst: \(settings.queue)",
        "default_conn_delay: \(ExactDecimal(LimitRate(delay, per: 1_000_000), per: 1)?.text ?? "")",
        "only_use_default_delay: \(!settings.learnsDelay)",
      ]
      return ("limit-conn", fields, true)
    default:
      throw NotExpressible(
        "APISIX has a leaky bucket, windows of whole seconds from a request on or sliding, and limits of concurrency"
      )
    }
  }
}
