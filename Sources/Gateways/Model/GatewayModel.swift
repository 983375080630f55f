public import Traffic

/// What a gateway does to the rate of requests, whatever product said it and in whatever file.
///
/// A request meets the `policies` in order. In each the first case that matches it applies, and none may. A rule that
/// rejects ends the request: later rules and policies do not see it. A rule that delays moves it in time: later ones
/// see it after the delay.
public struct GatewayModel: Hashable, Sendable {
  public var product: GatewayProduct
  /// State that rules count on, one per nginx zone, stick table, bucket, …
  public var counters: [LimitCounter]
  /// In the product's stage order.
  public var policies: [LimitPolicy]
  /// Nodes that the configuration speaks of; nil where it does not say.
  public var nodes: Int?
  /// How requests come to these nodes.
  public var balancing = NodeBalancing.roundRobin

  public init(product: GatewayProduct, counters: [LimitCounter] = [], policies: [LimitPolicy] = [], nodes: Int? = nil) {
    self.product = product
    self.counters = counters
    self.policies = policies
    self.nodes = nodes
  }

  /// Every rule with its place in the model, in order.
  public var rules: [LimitRule] { policies.flatMap(\.cases).flatMap(\.stages).flatMap(\.rules) }
}

/// How a balancer in front spreads requests over the nodes of a gateway.
public enum NodeBalancing: String, CaseIterable, Hashable, Sendable {
  case roundRobin = "round-robin"
  /// Uniform, by a hash of the request's source and line: the same request goes to the same node in every scenario.
  case random
  /// By a hash of the client address.
  case client
}

/// The gateways whose configuration is read.
public enum GatewayProduct: String, CaseIterable, Sendable, Hashable {
  case nginx, envoy, envoyRateLimit = "envoy-ratelimit", kong, haproxy, traefik, krakend
  case springCloudGateway = "spring-cloud-gateway", apisix, tyk, aws, plan
}

/// A family of limits that a request meets at one moment of its way, such as nginx's `limit_req` or one Kong plugin.
public struct LimitPolicy: Hashable, Sendable {
  /// As the product calls it: `limit_req`, `rate-limiting`.
  public var name: String
  /// The first that matches a request applies.
  public var cases: [LimitCase]

  public init(name: String, cases: [LimitCase]) {
    self.name = name
    self.cases = cases
  }
}

/// What happens to the requests of one location, route or scope.
public struct LimitCase: Hashable, Sendable {
  /// Which requests it is for.
  public var match: RequestMatch
  /// Met one after another; empty where matching requests are not limited by this policy.
  public var stages: [LimitStage]

  public init(match: RequestMatch = .everything, stages: [LimitStage]) {
    self.match = match
    self.stages = stages
  }
}

/// Rules that are asked about one request at one moment.
public struct LimitStage: Hashable, Sendable {
  /// How several rules make one decision.
  public enum Joining: String, Hashable, Sendable {
    /// One after another; the first that rejects ends it, and what earlier ones charged stays charged (Envoy local).
    case sequence
    /// Either all are charged or none; the delay is the longest (nginx `limit_req`, Kong local).
    case allOrNothing
    /// Every one is charged, and any that is over rejects (the Envoy rate limit service, Kong with redis).
    case everyCounts
  }
  public var joining: Joining
  /// In the order in which they are asked.
  public var rules: [LimitRule]

  public init(_ rules: [LimitRule], joining: Joining = .sequence) {
    self.rules = rules
    self.joining = joining
  }
}

/// One limit as somebody wrote it.
public struct LimitRule: Hashable, Sendable {
  /// What people call it: the zone, bucket or plugin name with its value, such as `perip 10r/s burst=20`.
  public var name: String
  /// Index into the model's counters.
  public var counter: Int
  public var limiter: LimiterSettings
  /// Status of a rejection.
  public var status: Int
  /// It counts and judges, but lets every request pass.
  public var isDryRun: Bool
  /// Further conditions; a request that fails them passes this rule uncounted.
  public var match: RequestMatch
  /// Where it is written.
  public var place: ConfigurationPlace

  public init(
    name: String, counter: Int, limiter: LimiterSettings, status: Int, isDryRun: Bool = false,
    match: RequestMatch = .everything, place: ConfigurationPlace
  ) {
    self.name = name
    self.counter = counter
    self.limiter = limiter
    self.status = status
    self.isDryRun = isDryRun
    self.match = match
    self.place = place
  }
}

/// State shared by every rule that names it.
public struct LimitCounter: Hashable, Sendable {
  /// Who shares the state.
  public enum Scope: String, Hashable, Sendable {
    /// Every node has its own (shared memory, process memory).
    case perNode
    /// All nodes share one (Redis, database, cloud).
    case shared
  }
  /// As people call it: the zone, table or bucket; several counters may have one name.
  public var name: String
  /// What requests are told apart by.
  public var key: LimitKey
  public var scope: Scope
  /// nil: as many keys as come.
  public var capacity: KeyCapacity?

  public init(name: String, key: LimitKey, scope: Scope = .perNode, capacity: KeyCapacity? = nil) {
    self.name = name
    self.key = key
    self.scope = scope
    self.capacity = capacity
  }
}

/// How many keys a counter keeps, and that the one not used for longest goes first. A key that comes back starts anew.
public struct KeyCapacity: Hashable, Sendable {
  public var keys: Int
  /// Keys idle for this long may go before the counter is full (nginx: up to two per new key, when drained).
  public var idle: Microseconds?

  public init(keys: Int, idle: Microseconds? = nil) {
    self.keys = keys
    self.idle = idle
  }
}

/// What requests are counted by.
public struct LimitKey: Hashable, Sendable {
  /// One part of a key.
  public enum Part: Hashable, Sendable {
    /// A column of the recorded request.
    case column(ScanColumn)
    /// A request header (lower case) that no column holds unless the user says which.
    case header(String)
    /// Something else the log does not have, in the product's own words; all requests share one value.
    case unlogged(String)
  }
  /// What becomes of a request that lacks a part.
  public enum Missing: String, Hashable, Sendable {
    /// It is not limited by this counter (nginx's empty key).
    case passes
    /// It is rejected (KrakenD, Spring).
    case rejects
    /// All such requests share one key.
    case counts
    /// It is counted by its client address (Kong).
    case clientAddress
  }
  /// Empty: one counter for all requests.
  public var parts: [Part]
  public var missing: Missing

  public init(_ parts: [Part], missing: Missing = .counts) {
    self.parts = parts
    self.missing = missing
  }

  /// All requests together.
  public static let all = LimitKey([])
  /// Each client address by itself.
  public static let client = LimitKey([.column(.stored(.client))])
}
