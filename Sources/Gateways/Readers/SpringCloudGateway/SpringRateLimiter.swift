import Scanning
import Traffic

/// One `RequestRateLimiter` filter.
struct SpringRateLimiter {
  static let name = "RequestRateLimiter"

  let definition: SpringDefinition
  let key: LimitKey
  let status: Int
  /// nil where the filter leaves the numbers to another one of its route.
  let limiter: LimiterSettings?

  /// What counts when the filter does not say: `spring.cloud.gateway.filter.request-rate-limiter`.
  struct Standards {
    var deniesEmptyKey = true
  }

  private static let numbers = ["replenishRate", "burstCapacity", "requestedTokens"]
  private static let arguments =
    numbers.map { "redis-rate-limiter.\($0)" }
    + [
      "key-resolver", "rate-limiter", "deny-empty-key", "empty-key-status", "empty-key-status-code", "status-code",
      "route-id",
    ]

  /// - Throws: `.badValue` for the short form, which Spring has not for this filter, and for numbers that Spring refuses;
  ///   `.unknownWord` for an argument that is none of the filter's.
  init(_ definition: SpringDefinition, standards: Standards, audit: ConfigurationAudit) throws(ConfigurationError) {
    self.definition = definition
    if let shortcut = definition.shortcut {
      throw ConfigurationError(
        .badValue(
          setting: Self.name, value: shortcut.joined(separator: ","),
          expected: "name and args, since Spring has no short form of this filter"), at: definition.place)
    }
    let arguments = definition.arguments
    try Self.refuseUnknown(arguments, audit: audit)
    limiter = try Self.bucket(arguments)
    status = try Self.status(arguments)
    let denies = try arguments.flag("deny-empty-key") ?? standards.deniesEmptyKey
    key = SpringKeyResolver.key(named: try arguments.text("key-resolver"), deniesEmptyKey: denies)
  }

  /// A limiter bean of one's own, or one of another library, is none that can be replayed.
  var foreignLimiter: String? {
    definition.arguments.names.first { $0.name.hasPrefix("bucket4j") || $0.name == "ratelimiter" }?.name
  }

  private static func refuseUnknown(_ arguments: SpringArguments, audit: ConfigurationAudit)
    throws(ConfigurationError)
  {
    let known = Dictionary(
      Self.arguments.map {
        ($0.split(separator: ".").map { SpringProperties.canonical($0) }.joined(separator: "."), $0)
      },
      uniquingKeysWith: { first, _ in first })
    for (name, place) in arguments.names where known[name] == nil && !name.hasPrefix("bucket4j") {
      let nearest = NearestWord.nearest(to: name, among: known.keys.sorted())
      throw ConfigurationError(
        .unknownWord(name, kind: "argument of \(Self.name)", nearest: nearest.flatMap { known[$0] }),
        at: ConfigurationPlace(place, in: arguments.file))
    }
  }

  private static func bucket(_ arguments: SpringArguments) throws(ConfigurationError) -> LimiterSettings? {
    let prefix = "redis-rate-limiter."
    guard numbers.contains(where: { arguments.entry(prefix + $0) != nil }) else { return nil }
    guard let rate = try arguments.integer(prefix + "replenishRate", atLeast: 1) else {
      throw ConfigurationError(
        .missing(setting: prefix + "replenishRate", within: Self.name), at: arguments.node.place(in: arguments.file))
    }
    let burst = try arguments.integer(prefix + "burstCapacity", atLeast: 0)
    if let burst, burst < rate {
      throw arguments.bad(prefix + "burstCapacity", String(burst), expected: "at least the replenishRate, \(rate)")
    }
    let requested = try arguments.integer(prefix + "requestedTokens", atLeast: 1) ?? 1
    return .secondStepBucket(replenishRate: rate, capacity: burst ?? 1, requested: requested)
  }

  private static func status(_ arguments: SpringArguments) throws(ConfigurationError) -> Int {
    guard let text = try arguments.text("status-code") else { return 429 }
    if let code = Int(text), (100...599).contains(code) { return code }
    let name = text.uppercased()
    if let code = statusNames[name] { return code }
    let meant = NearestWord.suggestion(for: name, among: statusNames.keys.sorted())
    throw arguments.bad("status-code", text, expected: "a status such as 429 or TOO_MANY_REQUESTS\(meant)")
  }

  /// Spring's `HttpStatus`, as far as a rejection may be one.
  private static let statusNames = [
    "OK": 200, "NO_CONTENT": 204, "FOUND": 302, "BAD_REQUEST": 400, "UNAUTHORIZED": 401, "PAYMENT_REQUIRED": 402,
    "FORBIDDEN": 403, "NOT_FOUND": 404, "METHOD_NOT_ALLOWED": 405, "NOT_ACCEPTABLE": 406, "REQUEST_TIMEOUT": 408,
    "CONFLICT": 409, "GONE": 410, "PRECONDITION_FAILED": 412, "PAYLOAD_TOO_LARGE": 413, "I_AM_A_TEAPOT": 418,
    "UNPROCESSABLE_ENTITY": 422, "LOCKED": 423, "TOO_EARLY": 425, "UPGRADE_REQUIRED": 426,
    "PRECONDITION_REQUIRED": 428, "TOO_MANY_REQUESTS": 429, "UNAVAILABLE_FOR_LEGAL_REASONS": 451,
    "INTERNAL_SERVER_ERROR": 500, "NOT_IMPLEMENTED": 501, "BAD_GATEWAY": 502, "SERVICE_UNAVAILABLE": 503,
    "GATEWAY_TIMEOUT": 504, "INSUFFICIENT_STORAGE": 507, "BANDWIDTH_LIMIT_EXCEEDED": 509,
  ]
}

/// What a key resolver bean very likely resolves to: its name is all that a configuration has of it.
enum SpringKeyResolver {
  /// Bean names that the writer uses; the reader knows many more.
  static let consumer = "principalNameKeyResolver"
  static let consumerOrAnonymous = "principalOrAnonymousKeyResolver"
  static let client = "remoteAddrKeyResolver"
  static let path = "pathKeyResolver"
  static let all = "allRequestsKeyResolver"

  static func key(named text: String?, deniesEmptyKey: Bool) -> LimitKey {
    let bean = bean(in: text ?? consumer)
    let missing: LimitKey.Missing = deniesEmptyKey ? .rejects : .passes
    let name = bean.lowercased()
    if ["allrequests", "constant", "global"].contains(where: name.contains) { return .all }
    if name.contains("oranonymous") || name.contains("ordefault") {
      return LimitKey([part(name, written: text ?? consumer)], missing: .counts)
    }
    let part = part(name, written: text ?? consumer)
    // An address is always there, and of what no log has nothing can be missing.
    switch part {
    case .column(.stored(.consumer)), .column(.stored(.routeName)): return LimitKey([part], missing: missing)
    default: return LimitKey([part])
    }
  }

  /// `#{@userKeyResolver}` names a bean.
  static func bean(in text: String) -> String {
    guard text.hasPrefix("#{@"), text.hasSuffix("}") else { return text }
    return String(text.dropFirst(3).dropLast())
  }

  private static func part(_ name: String, written: String) -> LimitKey.Part {
    let consumers = ["user", "principal", "apikey", "consumer", "client", "token", "tenant", "account"]
    let addresses = ["remoteaddr", "ipaddress", "ipkey", "hostaddr", "clientip", "remoteip"]
    if addresses.contains(where: name.contains) || name == "ip" || name.hasPrefix("ip") || name.hasSuffix("byip") {
      return .column(.stored(.client))
    }
    if consumers.contains(where: name.contains) { return .column(.stored(.consumer)) }
    if name.contains("path") || name.contains("uri") { return .column(.stored(.path)) }
    return .unlogged(written)
  }
}
