import Scanning
import Traffic

/// Makes the model of a configuration: counters from what tables store and rules read, rules from `track-sc` and the
/// rules that reject.
struct HAProxyModelBuilder {
  let configuration: HAProxyConfiguration
  let audit: ConfigurationAudit
  var counters: [LimitCounter] = []
  /// Where each counter lives.
  private var origins: [Origin] = []

  private struct Origin: Hashable {
    var table: String
    var field: String
    /// Milliseconds; nil for what is no rate.
    var period: Int64?
    var key: LimitKey
  }

  /// A sticky counter that follows an entry, for the requests that meet `conditions`.
  private struct Tracker: Hashable {
    var index: Int
    var table: String
    var key: LimitKey
    var conditions: [RequestMatch.Condition]
  }

  /// How far the rules of a section have been read.
  private struct Progress {
    var proxy: HAProxyProxy
    /// What sections before this one track.
    var inherited: [Tracker]
    var trackers: [Tracker] = []
    /// What requests that got here are known to meet.
    var passed: [RequestMatch.Condition] = []
    var steps: [Step] = []

    /// What a sticky counter may follow at this point.
    func followed(by index: Int) -> [Tracker] {
      let own = trackers.filter { $0.index == index }
      return own.isEmpty ? inherited.filter { $0.index == index } : own
    }
  }

  /// A moment of a section's rules that matters.
  private enum Step {
    /// Counts on each counter of a table under a key.
    case track(table: String, key: LimitKey, match: RequestMatch, rule: HAProxyRule)
    case reject(
      counter: Int, limiter: LimiterSettings, match: RequestMatch, status: Int, rule: HAProxyRule,
      text: String)
  }

  init(_ configuration: HAProxyConfiguration, audit: ConfigurationAudit) {
    self.configuration = configuration
    self.audit = audit
  }

  mutating func model() throws(ConfigurationError) -> GatewayModel {
    let receiving = configuration.proxies.filter(\.receives)
    let forwarding = configuration.proxies.filter {
      $0.kind == .backend && $0.isHTTP != false && (!$0.servers.isEmpty || !$0.rules.isEmpty)
    }
    var front: [Progress] = []
    for proxy in receiving { front.append(try progress(through: proxy, inherited: [])) }
    let trackers = inherited(from: front)
    var back: [Progress] = []
    for proxy in forwarding { back.append(try progress(through: proxy, inherited: trackers)) }
    let policies = [
      policy("http-request", front, subject: .routeName),
      policy("http-request of backends", back, subject: .service),
      queues(),
    ]
    noteTables()
    return GatewayModel(product: .haproxy, counters: counters, policies: policies.compactMap(\.self))
  }

  // MARK: Steps

  /// What a request is tracked by when it gets to a backend: one tracker where all frontends agree, else each
  /// frontend's own.
  private func inherited(from front: [Progress]) -> [Tracker] {
    guard let first = front.first, front.contains(where: { $0.trackers != first.trackers }) else {
      return front.first?.trackers ?? []
    }
    return front.flatMap { progress in
      progress.trackers.map { tracker in
        var tracker = tracker
        tracker.conditions.insert(.init(.routeName, [.exact(progress.proxy.name)]), at: 0)
        return tracker
      }
    }
  }

  private mutating func progress(
    through proxy: HAProxyProxy, inherited: [Tracker]
  ) throws(ConfigurationError) -> Progress {
    var progress = Progress(proxy: proxy, inherited: inherited)
    // Rules of connections run before those of requests, whatever their place in the file.
    for rule in proxy.rules.filter(\.isOnConnection) + proxy.rules.filter({ !$0.isOnConnection }) {
      for term in rule.condition.terms {
        guard let facts = facts(of: term, rule) else { continue }
        switch rule.action {
        case .track: try track(rule, facts.conditions, &progress)
        case .reject(let status):
          if let counted = facts.counter {
            progress.steps += try reject(rule, counted, facts.conditions, status: status, progress)
          } else {
            progress.passed += staticEnd(rule, facts.conditions, of: proxy)
          }
        case .pass:
          if facts.counter == nil {
            progress.passed += staticEnd(rule, facts.conditions, of: proxy)
          } else {
            leave(rule, "it lets requests pass by their rate")
          }
        }
      }
    }
    return progress
  }

  /// The first rule of a sticky counter that a request meets counts; later ones of the same number do not.
  private func track(
    _ rule: HAProxyRule, _ conditions: [RequestMatch.Condition], _ progress: inout Progress
  ) throws(ConfigurationError) {
    guard case .track(let index, let key, let keyText, let name) = rule.action else { return }
    let table = try table(name ?? progress.proxy.name, for: rule)
    var match = progress.passed + conditions
    for earlier in progress.followed(by: index) {
      let own = earlier.conditions.filter { !progress.passed.contains($0) }
      guard own.count == 1, var other = own.first else {
        return leave(rule, "sc\(index) tracks already, by an earlier rule")
      }
      other.isNegated.toggle()
      guard !MatchLogic.excludes([other], match) else {
        return leave(rule, "sc\(index) tracks already, by an earlier rule")
      }
      if !match.contains(other) { match.append(other) }
    }
    progress.trackers.append(Tracker(index: index, table: table.name, key: key, conditions: match))
    progress.steps.append(.track(table: table.name, key: key, match: RequestMatch(match), rule: rule))
    noteKey(key, keyText, rule)
    audit.use(rule.summary, at: rule.place, as: "counts by \(keyText)")
  }

  /// One alternative of a condition, taken apart; nil where the rule cannot be judged from a log.
  private func facts(
    of term: [HAProxyClaim], _ rule: HAProxyRule
  ) -> (
    conditions: [RequestMatch.Condition],
    counter: (lookup: HAProxyFetch.Lookup, threshold: Int64, text: String)?
  )? {
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
      audit.ignore(
        rule.summary, at: rule.place, because: "not about rates; requests that it answers are still taken on")
      return []
    }
    audit.use(
      rule.summary, at: rule.place, as: "such requests do not meet the later rules of '\(proxy.name)'")
    var condition = conditions[0]
    condition.isNegated.toggle()
    return [condition]
  }

  // MARK: Rejecting

  /// One step for each entry that the lookup may find.
  private mutating func reject(
    _ rule: HAProxyRule, _ counted: (lookup: HAProxyFetch.Lookup, threshold: Int64, text: String),
    _ conditions: [RequestMatch.Condition], status: Int, _ progress: Progress
  ) throws(ConfigurationError) -> [Step] {
    let lookup = counted.lookup
    guard lookup.field == "http_req_rate" || lookup.field == "conn_cur" else {
      leave(rule, "\(lookup.field) \(Self.reason(lookup.field))")
      return []
    }
    var entries = [
      Tracker(index: -1, table: lookup.table ?? progress.proxy.name, key: lookup.key, conditions: [])
    ]
    if let index = lookup.tracked {
      entries = progress.followed(by: index).map { tracker in
        var entry = tracker
        entry.table = lookup.table ?? tracker.table
        return entry
      }
      if entries.isEmpty { leave(rule, "nothing is tracked as sc\(index) before it") }
    }
    var steps: [Step] = []
    for entry in entries {
      let table = try table(entry.table, for: rule)
      guard let period = table.stored[lookup.field] else {
        leave(rule, "table '\(table.name)' does not store \(lookup.field): it is always 0")
        continue
      }
      var match = entry.conditions
      for condition in progress.passed + conditions where !match.contains(condition) {
        match.append(condition)
      }
      let limiter: LimiterSettings
      if let period {
        limiter = .frequencyCounter(period: period * 1000, threshold: counted.threshold, counting: .never)
      } else {
        let isTracked =
          lookup.tracked != nil
          || progress.trackers.contains { $0.table == entry.table && $0.key == entry.key }
        limiter = try concurrency(rule, counted.threshold, counted.text, isTracked: isTracked)
        if match != entry.conditions, !match.isEmpty {
          audit.ignore(
            rule.summary, at: rule.place,
            because: "only requests that meet its conditions are counted as in progress")
        }
      }
      steps.append(
        .reject(
          counter: counter(table, lookup.field, period, entry.key), limiter: limiter,
          match: RequestMatch(match), status: status, rule: rule, text: counted.text))
      audit.use(rule.summary, at: rule.place, as: "rejects with \(status) beyond \(counted.threshold)")
    }
    return steps
  }

  /// Tracked before, a request finds itself among those in progress.
  private func concurrency(
    _ rule: HAProxyRule, _ threshold: Int64, _ text: String, isTracked: Bool
  ) throws(ConfigurationError) -> LimiterSettings {
    let limit = isTracked ? threshold : min(threshold, .max - 1) + 1
    guard limit >= 1 else {
      throw ConfigurationError(
        .badValue(setting: "conn_cur", value: text, expected: "at least gt 1: this rejects every request"),
        at: rule.place)
    }
    return .concurrency(ConcurrencySettings(limit: limit))
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
      .unknownReference(
        name, kind: "stick-table", nearest: NearestWord.nearest(to: String(name.prefix(64)), among: known)),
      at: rule.place)
  }

  private mutating func counter(_ table: HAProxyTable, _ field: String, _ period: Int64?, _ key: LimitKey)
    -> Int
  {
    let origin = Origin(table: table.name, field: field, period: period, key: key)
    if let known = origins.firstIndex(of: origin) { return known }
    let title = period.map { "\(field)(\(HAProxyNumber.text(milliseconds: $0)))" } ?? field
    // An entry with requests in progress is never dropped.
    let capacity =
      period == nil
      ? nil : KeyCapacity(keys: Int(table.size), idle: table.expire.map { Microseconds($0 * 1000) })
    counters.append(
      LimitCounter(name: table.name.isEmpty ? title : "\(table.name) \(title)", key: key, capacity: capacity))
    origins.append(origin)
    return counters.count - 1
  }

  private func noteKey(_ key: LimitKey, _ text: String, _ rule: HAProxyRule) {
    for part in key.parts {
      if case .unlogged = part {
        audit.ignore(
          text, at: rule.place, because: "the log does not have this key: all requests share one value")
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
    _ name: String, _ sections: [Progress], subject: RequestMatch.Condition.Subject
  ) -> LimitPolicy? {
    var cases: [LimitCase] = []
    for section in sections {
      let rules = rules(of: section.steps)
      guard !rules.isEmpty else { continue }
      // Where there is only one, a log without the column is answered too.
      let match =
        sections.count > 1 ? RequestMatch([.init(subject, [.exact(section.proxy.name)])]) : .everything
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
          LimitRule(
            name: name, counter: counter, limiter: limiter, status: status, match: match, place: rule.place))
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
    return HAProxyCounting.merged(rules)
  }
}
