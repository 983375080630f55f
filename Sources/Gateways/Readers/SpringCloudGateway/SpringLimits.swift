import Scanning
import Traffic

/// The limits of all routes, in the order in which the gateway tries the routes.
struct SpringLimits {
  let file: String
  let properties: SpringProperties
  let audit: ConfigurationAudit

  mutating func cases(draft: inout ModelDraft) throws(ConfigurationError) -> [LimitCase] {
    let standards = try standards()
    let defaults = try limiters(in: try definitions("default-filters"), standards: standards)
    var routes: [SpringRoute] = []
    for (index, node) in try list("routes").enumerated() {
      routes.append(
        try SpringRoute(node, number: index + 1, file: file, properties: properties, audit: audit))
    }
    let ordered = routes.enumerated().sorted { ($0.element.order, $0.offset) < ($1.element.order, $1.offset) }
    var cases: [LimitCase] = []
    for (_, route) in ordered {
      let own = try limiters(in: route.filters, standards: standards)
      let stages = try stages(of: route.id, Self.interleaved(defaults, own), draft: &draft)
      cases.append(LimitCase(match: route.match, stages: stages))
    }
    if routes.isEmpty, !defaults.isEmpty {
      audit.ignore(
        "routes", at: defaults[0].definition.place,
        because: "none are in this file: each route that was logged counts for itself")
      cases = [LimitCase(stages: try stages(of: nil, defaults, draft: &draft))]
    }
    return cases
  }

  // MARK: Properties

  private func list(_ name: String) throws(ConfigurationError) -> [ConfigurationNode] {
    for prefix in SpringCloudGatewayReader.prefixes {
      guard let value = properties.value("\(prefix).\(name)") else { continue }
      switch value.value {
      case .list(let elements): return elements
      case .scalar(let scalar) where scalar.isNull: return []
      default:
        throw ConfigurationError(
          .badValue(setting: name, value: value.summary, expected: "a list"), at: value.place(in: file))
      }
    }
    return []
  }

  private func definitions(_ name: String) throws(ConfigurationError) -> [SpringDefinition] {
    var result: [SpringDefinition] = []
    for node in try list(name) {
      result.append(try SpringDefinition(node, kind: "filter", file: file, properties: properties))
    }
    return result
  }

  private func standards() throws(ConfigurationError) -> SpringRateLimiter.Standards {
    var result = SpringRateLimiter.Standards()
    for prefix in SpringCloudGatewayReader.prefixes {
      let name = "filter.request-rate-limiter.deny-empty-key"
      guard let node = properties.value("\(prefix).\(name)") else { continue }
      let entry = ConfigurationNode.Entry(key: name, keyPlace: node.place, value: node)
      let arguments = SpringArguments(
        node: ConfigurationNode(.mapping([entry]), at: node.place), file: file, properties: properties)
      if let denies = try arguments.flag(name) { result.deniesEmptyKey = denies }
    }
    return result
  }

  // MARK: Filters

  private func limiters(
    in filters: [SpringDefinition], standards: SpringRateLimiter.Standards
  ) throws(ConfigurationError) -> [SpringRateLimiter] {
    var result: [SpringRateLimiter] = []
    var others: [String] = []
    for filter in filters {
      if filter.name == SpringRateLimiter.name {
        result.append(try SpringRateLimiter(filter, standards: standards, audit: audit))
      } else if NearestWord.distance(String(filter.name.prefix(64)), SpringRateLimiter.name) <= 3 {
        throw ConfigurationError(
          .unknownWord(filter.name, kind: "filter", nearest: SpringRateLimiter.name), at: filter.place)
      } else {
        others.append(filter.name)
      }
    }
    if let first = filters.first, !others.isEmpty {
      audit.ignore("filters \(others.joined(separator: ", "))", at: first.place, because: "limit no rate")
    }
    return result.filter { limiter in
      guard limiter.limiter == nil, let foreign = limiter.foreignLimiter else { return true }
      audit.ignore(
        SpringRateLimiter.name, at: limiter.definition.place,
        because: "the limiter \(foreign) is none that is simulated")
      return false
    }
  }

  /// The first of both lists, the second of both, and so on.
  private static func interleaved(_ defaults: [SpringRateLimiter], _ own: [SpringRateLimiter]) -> [SpringRateLimiter]
  {
    (0..<max(defaults.count, own.count)).flatMap { index in
      [defaults, own].compactMap { index < $0.count ? $0[index] : nil }
    }
  }

  /// Rules of one route. Spring keeps one set of numbers per route, that of the filter read last: the route's own.
  private func stages(
    of route: String?, _ filters: [SpringRateLimiter], draft: inout ModelDraft
  ) throws(ConfigurationError) -> [LimitStage] {
    guard let first = filters.first else { return [] }
    guard let limiter = filters.compactMap(\.limiter).last else {
      throw ConfigurationError(
        .missing(setting: "redis-rate-limiter.replenishRate", within: SpringRateLimiter.name),
        at: first.definition.place)
    }
    return filters.map { filter in
      var key = filter.key
      if route == nil { key.parts.insert(.column(.stored(.routeName)), at: 0) }
      let name = "\(route ?? "default-filters") \(key.parts.map(\.word).joined(separator: " and "))"
      let counter = draft.counter(LimitCounter(name: name, key: key, scope: .shared))
      audit.use(
        SpringRateLimiter.name, at: filter.definition.place,
        as: Self.remark(on: limiter, key: key, filters: filters.count))
      return LimitStage([
        LimitRule(
          name: "\(route ?? "default-filters") \(Self.words(limiter))", counter: counter, limiter: limiter,
          status: filter.status, place: filter.definition.place)
      ])
    }
  }

  private static func words(_ limiter: LimiterSettings) -> String {
    guard case .secondStepBucket(let rate, let capacity, let requested) = limiter else { return "" }
    return "\(rate)r/s burst \(capacity)" + (requested == 1 ? "" : " for \(requested) tokens")
  }

  private static func remark(on limiter: LimiterSettings, key: LimitKey, filters: Int) -> String {
    guard case .secondStepBucket(let rate, let capacity, let requested) = limiter else { return "" }
    var remark = "\(words(limiter)), counted by \(key.parts.map(\.word).joined(separator: " and "))"
    if capacity * 2 < rate {
      remark += "; limits nothing: with a burstCapacity below half the replenishRate Redis keeps no count"
    } else if capacity < requested {
      remark += "; rejects everything: the bucket never holds \(requested) tokens"
    }
    if filters > 1 { remark += "; the route has \(filters) such filters, and the last one's numbers count for all" }
    return remark
  }
}

extension LimitKey.Part {
  /// As messages call it.
  var word: String {
    switch self {
    case .column(let column): column.name
    case .header(let name): "header \(name)"
    case .unlogged(let text): text
    }
  }
}
