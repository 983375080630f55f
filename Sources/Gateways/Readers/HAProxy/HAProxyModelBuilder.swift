import Scanning
import Traffic

/// Makes the model of a configuration: counters from what tables store and rules read, rules from `track-sc` and the
/// rules that reject.
struct HAProxyModelBuilder {
  private let configuration: HAProxyConfiguration
  private let audit: ConfigurationAudit
  private var counters: [LimitCounter] = []
  /// Where each counter lives.
  private var origins: [Origin] = []

  private struct Origin: Hashable {
    var table: String
    var field: String
    /// Milliseconds; nil for what is no rate.
    var period: Int64?
    var key: LimitKey
  }

  /// What an entry's tracker counts on.
  private struct Tracker: Hashable {
    var index: Int
    var table: String
    var key: LimitKey
  }

  /// A moment of a section's rules that matters.
  private enum Step {
    /// Counts on each counter of a table under a key.
    case track(table: String, key: LimitKey, match: RequestMatch, rule: HAProxyRule)
    case reject(counter: Int, limiter: LimiterSettings, match: RequestMatch, status: Int, rule: HAProxyRule, text: String)
  }

  init(_ configuration: HAProxyConfiguration, audit: ConfigurationAudit) {
    self.configuration = configuration
    self.audit = audit
  }

  mutating func model() throws(ConfigurationError) -> GatewayModel {
    let receiving = configuration.proxies.filter(\.receives)
    let forwarding = configuration.proxies.filter { $0.kind == .backend && $0.isHTTP && (!$0.servers.isEmpty || !$0.rules.isEmpty) }
    var frontSteps: [[Step]] = []
    var trackers: [Tracker] = []
    for proxy in receiving {
      let (steps, tracked) = try steps(of: proxy, inherited: [])
      frontSteps.append(steps)
      for tracker in tracked where !trackers.contains(tracker) { trackers.append(tracker) }
    }
    var backSteps: [[Step]] = []
    for proxy in forwarding { backSteps.append(try steps(of: proxy, inherited: trackers).steps) }
    let policies = [
      policy("http-request", receiving, frontSteps, subject: .routeName),
      policy("http-request of backends", forwarding, backSteps, subject: .service),
      queues(),
    ]
    noteTables()
    return GatewayModel(product: .haproxy, counters: counters, policies: policies.compactMap(\.self))
  }

  // MARK: Steps

  /// - Parameter inherited: what sections before this one track.
  private mutating func steps(
    of proxy: HAProxyProxy, inherited: [Tracker]
  ) throws(ConfigurationError) -> (steps: [Step], trackers: [Tracker]) {
    var (steps, own): ([Step], [Tracker]) = ([], [])
    var passed: [RequestMatch.Condition] = []
    // Rules of connections run before those of requests, whatever their place in the file.
    for rule in proxy.rules.filter(\.isOnConnection) + proxy.rules.filter({ !$0.isOnConnection }) {
      for term in rule.condition.terms {
        guard let facts = facts(of: term, rule) else { continue }
        let match = RequestMatch(passed + facts.conditions)
        switch rule.action {
        case .track(let index, let key, let keyText, let name):
          let table = try table(name ?? proxy.name, for: rule)
          if own.contains(where: { $0.index == index && $0.table == table.name && $0.key == key }) { continue }
          guard !inherited.contains(where: { $0.index == index }) else {
            leave(rule, "a frontend tracks as sc\(index) already")
            continue
          }
          if own.contains(where: { $0.index == index }), facts.conditions.isEmpty {
            audit.ignore(rule.summary, at: rule.place, because: "sc\(index) may be tracking already; taken as if it were not")
          }
          own.append(Tracker(index: index, table: table.name, key: key))
          noteKey(key, keyText, rule)
          audit.use(rule.summary, at: rule.place, as: "counts by \(keyText)")
          steps.append(.track(table: table.name, key: key, match: match, rule: rule))
        case .reject(let status):
          guard let counted = facts.counter else {
            passed += staticEnd(rule, facts.conditions, of: proxy)
            continue
          }
          if let step = try reject(counted, status, match, rule, proxy, own, inherited) { steps.append(step) }
        case .pass:
          if facts.counter == nil {
            passed += staticEnd(rule, facts.conditions, of: proxy)
          } else {
            leave(rule, "it lets requests pass by their rate")
          }
        }
      }
    }
    return (steps, own)
  }

  /// One alternative of a condition, taken apart; nil where the rule cannot be judged from a log.
  private func facts(
    of term: [HAProxyClaim], _ rule: HAProxyRule
  ) -> (conditions: [RequestMatch.Condition], counter: (lookup: HAProxyFetch.Lookup, threshold: Int64, text: String)?)? {
    var conditions: [RequestMatch.Condition] = []
    var counter: (HAProxyFetch.Lookup, Int64, String)?
    for claim in term {
      switch claim {
      case .request(let condition): conditions.append(condition)
      case .constant: break
      case .unknown(let text, let isNegated):
        // An exemption by something unknown: nobody is exempt. A demand for it: nobody meets it.
        guard isNegated, isAboutRates(term) || isTrack(rule) else {
          leave(rule, "it depends on '\(text)', which is not in the log")
          return nil
        }
        audit.ignore("! \(text)", at: rule.place, because: "not in the log: no request is taken to be exempt")
      case .counter(let lookup, let threshold, let text):
        guard let threshold, counter == nil else {
          leave(rule, "'\(text)' is no single 'more than'")
          return nil
        }
        counter = (lookup, threshold, text)
      }
    }
    return (conditions, counter.map { (lookup: $0.0, threshold: $0.1, text: $0.2) })
  }

  private func isAboutRates(_ term: [HAProxyClaim]) -> Bool {
    term.contains { if case .counter = $0 { true } else { false } }
  }

  private func isTrack(_ rule: HAProxyRule) -> Bool { if case .track = rule.action { true } else { false } }

  private func leave(_ rule: HAProxyRule, _ why: String) {
    audit.ignore(rule.summary, at: rule.place, because: "left out: \(why)")
  }

  /// A rule without rates that ends the section's rules: what the requests that get past it are known to be.
  private func staticEnd(
    _ rule: HAProxyRule, _ conditions: [RequestMatch.Condition], of proxy: HAProxyProxy
  ) -> [RequestMatch.Condition] {
    guard conditions.count == 1, rule.condition.terms.count >= 1 else {
      audit.ignore(rule.summary, at: rule.place, because: "not about rates; requests that it answers are still taken on")
      return []
    }
    audit.use(rule.summary, at: rule.place, as: "such requests do not meet the later rules of '\(proxy.name)'")
    var condition = conditions[0]
    condition.isNegated.toggle()
    return [condition]
  }

  // MARK: Rejecting

  private mutating func reject(
    _ counted: (lookup: HAProxyFetch.Lookup, threshold: Int64, text: String), _ status: Int, _ match: RequestMatch,
    _ rule: HAProxyRule, _ proxy: HAProxyProxy, _ own: [Tracker], _ inherited: [Tracker]
  ) throws(ConfigurationError) -> Step? {
    let lookup = counted.lookup
    guard lookup.field == "http_req_rate" || lookup.field == "conn_cur" else {
      leave(rule, "\(lookup.field) \(Self.reason(lookup.field))")
      return nil
    }
    var key = lookup.key
    var name = lookup.table ?? proxy.name
    var isTracked = own.contains { $0.table == name && $0.key == key }
    if let index = lookup.tracked {
      let trackers = own.filter { $0.index == index }
      let candidates = trackers.isEmpty ? inherited.filter { $0.index == index } : trackers
      guard let tracker = candidates.first else {
        leave(rule, "nothing is tracked as sc\(index) before it")
        return nil
      }
      guard candidates.count == 1 else {
        leave(rule, "sc\(index) tracks one of several keys")
        return nil
      }
      (key, name, isTracked) = (tracker.key, lookup.table ?? tracker.table, true)
    }
    let table = try table(name, for: rule)
    guard let period = table.stored[lookup.field] else {
      leave(rule, "table '\(table.name)' does not store \(lookup.field): it is always 0")
      return nil
    }
    let limiter: LimiterSettings
    if let period {
      limiter = .frequencyCounter(period: period * 1000, threshold: counted.threshold, counting: .never)
    } else {
      // Tracked before, a request finds itself among those in progress.
      let limit = isTracked ? counted.threshold : min(counted.threshold, .max - 1) + 1
      guard limit >= 1 else {
        throw ConfigurationError(
          .badValue(setting: lookup.field, value: counted.text, expected: "at least gt 1: this rejects every request"),
          at: rule.place)
      }
      if !match.conditions.isEmpty {
        audit.ignore(rule.summary, at: rule.place, because: "only requests that meet its conditions are counted as in progress")
      }
      limiter = .concurrency(ConcurrencySettings(limit: limit))
    }
    audit.use(rule.summary, at: rule.place, as: "rejects with \(status) beyond \(counted.threshold)")
    let counter = counter(table, lookup.field, period, key)
    return .reject(counter: counter, limiter: limiter, match: match, status: status, rule: rule, text: counted.text)
  }

  private static func reason(_ field: String) -> String {
    switch field {
    case "http_err_rate", "http_fail_rate", "http_err_cnt", "http_fail_cnt": "counts answers, not requests"
    case "bytes_in_rate", "bytes_out_rate", "bytes_in_cnt", "bytes_out_cnt": "counts bytes"
    case "conn_rate", "conn_cnt", "sess_rate", "sess_cnt": "counts connections, which the log does not have"
    default: "is no rate of requests"
    }
  }

  private func table(_ name: String, for rule: HAProxyRule) throws(ConfigurationError) -> HAProxyTable {
    if let table = configuration.tables.first(where: { $0.name == name }) { return table }
    let known = configuration.tables.map(\.name)
    throw ConfigurationError(
      .unknownReference(name, kind: "stick-table", nearest: NearestWord.nearest(to: String(name.prefix(64)), among: known)),
      at: rule.place)
  }

  private mutating func counter(_ table: HAProxyTable, _ field: String, _ period: Int64?, _ key: LimitKey) -> Int {
    let origin = Origin(table: table.name, field: field, period: period, key: key)
    if let known = origins.firstIndex(of: origin) { return known }
    let title = period.map { "\(field)(\(HAProxyNumber.text(milliseconds: $0)))" } ?? field
    counters.append(
      LimitCounter(
        name: table.name.isEmpty ? title : "\(table.name) \(title)", key: key,
        capacity: KeyCapacity(keys: Int(table.size), idle: table.expire.map { Microseconds($0 * 1000) })))
    origins.append(origin)
    return counters.count - 1
  }

  private func noteKey(_ key: LimitKey, _ text: String, _ rule: HAProxyRule) {
    for part in key.parts {
      if case .unlogged = part {
        audit.ignore(text, at: rule.place, because: "the log does not have this key: all requests share one value")
      } else if part == .column(.stored(.path)) {
        audit.ignore(
          text, at: rule.place,
          because: "paths are known by their template: those that differ in a variable share one count")
      }
    }
  }

  private func noteTables() {
    for table in configuration.tables {
      if origins.contains(where: { $0.table == table.name }) {
        audit.use(table.summary, at: table.place, as: "counts for \(table.size) keys")
      } else {
        audit.ignore(table.summary, at: table.place, because: "no rule about requests reads it")
      }
    }
  }

  // MARK: Rules

  private func policy(
    _ name: String, _ proxies: [HAProxyProxy], _ steps: [[Step]], subject: RequestMatch.Condition.Subject
  ) -> LimitPolicy? {
    var cases: [LimitCase] = []
    for (proxy, steps) in zip(proxies, steps) {
      let rules = rules(of: steps)
      guard !rules.isEmpty else { continue }
      // Where there is only one, a log without the column is answered too.
      let match = proxies.count > 1 ? RequestMatch([.init(subject, [.exact(proxy.name)])]) : .everything
      cases.append(LimitCase(match: match, stages: [LimitStage(rules)]))
    }
    return cases.isEmpty ? nil : LimitPolicy(name: name, cases: cases)
  }

  /// Each track counts by a rule that never rejects, and each rejecting rule only reads, as HAProxy does; where the two
  /// stand next to each other and look at the same requests they become one rule.
  private func rules(of steps: [Step]) -> [LimitRule] {
    var rules: [LimitRule] = []
    for step in steps {
      switch step {
      case .reject(let counter, let limiter, let match, let status, let rule, let text):
        let name = [origins[counter].table, text].filter { !$0.isEmpty }.joined(separator: " ")
        rules.append(
          LimitRule(name: name, counter: counter, limiter: limiter, status: status, match: match, place: rule.place))
      case .track(let table, let key, let match, let rule):
        for (index, origin) in origins.enumerated() where origin.table == table && origin.key == key {
          guard let period = origin.period else { continue }
          rules.append(
            LimitRule(
              name: rule.summary.split(separator: " ").dropFirst().joined(separator: " "), counter: index,
              limiter: .frequencyCounter(period: period * 1000, threshold: .max, counting: .beforeJudging),
              status: 0, match: match, place: rule.place))
        }
      }
    }
    return merged(rules)
  }

  /// A count and the rule next to it on the same counter and requests, as one; counts between the two may stay, as
  /// they reject nothing.
  private func merged(_ rules: [LimitRule]) -> [LimitRule] {
    var rules = rules
    var index = 0
    while index < rules.count {
      let count = rules[index]
      guard isCount(count) else {
        index += 1
        continue
      }
      if let after = rules[(index + 1)...].firstIndex(where: { !isCount($0) }), joins(count, rules[after]) {
        rules[after].limiter = counting(rules[after].limiter, .beforeJudging)
        rules.remove(at: index)
      } else if let before = rules[..<index].lastIndex(where: { !isCount($0) }), joins(count, rules[before]) {
        rules[before].limiter = counting(rules[before].limiter, .afterPassing)
        rules.remove(at: index)
      } else {
        index += 1
      }
    }
    return rules
  }

  private func isCount(_ rule: LimitRule) -> Bool {
    if case .frequencyCounter(_, .max, .beforeJudging) = rule.limiter { true } else { false }
  }

  private func joins(_ count: LimitRule, _ other: LimitRule) -> Bool {
    guard case .frequencyCounter(_, _, .never) = other.limiter else { return false }
    return count.counter == other.counter && count.match == other.match
  }

  private func counting(_ limiter: LimiterSettings, _ counting: FrequencyCounting) -> LimiterSettings {
    guard case .frequencyCounter(let period, let threshold, _) = limiter else { return limiter }
    return .frequencyCounter(period: period, threshold: threshold, counting: counting)
  }

  // MARK: Queues

  /// A server's `maxconn`, where the section has that one server only.
  private mutating func queues() -> LimitPolicy? {
    let forwarding = configuration.proxies.filter(\.forwards)
    var cases: [LimitCase] = []
    for proxy in forwarding {
      for server in proxy.servers where server.maxconn ?? 0 > 0 {
        guard proxy.servers.count == 1, server.minconn == nil || server.minconn == server.maxconn else {
          let why = proxy.servers.count == 1 ? "minconn moves the limit with the load" : "which server a request gets depends on the balancing"
          audit.ignore(server.summary, at: server.place, because: "maxconn left out: \(why)")
          continue
        }
        let timeout = proxy.queueTimeout ?? proxy.connectTimeout
        let limit = server.maxconn ?? 1
        counters.append(LimitCounter(name: "\(proxy.name)/\(server.name)", key: .all))
        let rule = LimitRule(
          name: "\(proxy.name)/\(server.name) maxconn \(limit)", counter: counters.count - 1,
          limiter: .concurrency(
            ConcurrencySettings(limit: limit, queue: .max, queueTimeout: timeout.flatMap { $0 > 0 ? $0 * 1000 : nil })),
          status: 503, place: server.place)
        audit.use(server.summary, at: server.place, as: "\(limit) requests at a time, others wait")
        let match = forwarding.count > 1 ? RequestMatch([.init(.service, [.exact(proxy.name)])]) : .everything
        cases.append(LimitCase(match: match, stages: [LimitStage([rule])]))
      }
    }
    return cases.isEmpty ? nil : LimitPolicy(name: "maxconn", cases: cases)
  }
}
