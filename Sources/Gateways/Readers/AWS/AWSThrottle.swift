import Scanning
import Traffic

/// A rate with a burst: one token bucket.
struct AWSThrottle {
  let limiter: LimiterSettings
  /// `100r/s burst 200`.
  let words: String
  let place: ConfigurationPlace

  /// What a stage has where it does not say: the account's standard limits.
  /// - Source: *Amazon API Gateway quotas*.
  private static let standard = (rate: "10000", burst: Int64(5_000))

  /// `Throttle` of a usage plan.
  /// - Throws: `.unknownWord` for another field, `.missing` where one of the two is.
  init?(plan values: AWSValues) throws(ConfigurationError) {
    try values.expectOnly(["RateLimit", "BurstLimit"])
    let (rate, burst) = (try Self.rate("RateLimit", values), try values.count("BurstLimit"))
    if rate == nil, burst == nil { return nil }
    guard let rate else { throw values.settings.missing(values.spelled("RateLimit")) }
    guard let burst else { throw values.settings.missing(values.spelled("BurstLimit")) }
    try self.init(rate, burst, values, key: "RateLimit")
  }

  /// `ThrottlingRateLimit` and `ThrottlingBurstLimit` of a method or route; of one alone the other is the account's.
  init?(method values: AWSValues) throws(ConfigurationError) {
    let (rate, burst) = ("ThrottlingRateLimit", "ThrottlingBurstLimit")
    try values.settings.refuseNearMisses(of: [rate, burst].map(values.spelled))
    let (count, capacity) = (try Self.rate(rate, values), try values.count(burst))
    if count == nil, capacity == nil { return nil }
    guard let standard = ExactDecimal(Self.standard.rate) else { return nil }
    try self.init(count ?? standard, capacity ?? Self.standard.burst, values, key: count == nil ? burst : rate)
  }

  private static func rate(_ name: String, _ values: AWSValues) throws(ConfigurationError) -> ExactDecimal? {
    try values.number(name, expected: "requests per second, at least 0")
  }

  private init(
    _ rate: ExactDecimal, _ burst: Int64, _ values: AWSValues, key: String
  ) throws(ConfigurationError) {
    let key = values.spelled(key)
    place = values.settings.place(of: key)
    guard rate.digits > 0, burst > 0 else {
      limiter = .tokenBucket(rate: .perSecond(1), capacity: 0)
      words = "\(rate.text)r/s burst \(burst): rejects everything"
      return
    }
    guard let exact = rate.rate(per: 1_000_000) else {
      throw values.settings.bad(key, expected: "a rate of fewer digits")
    }
    limiter = .tokenBucket(rate: exact, capacity: burst)
    words = "\(rate.text)r/s burst \(burst)"
  }
}

/// What a limit of a method applies to.
struct AWSMethod {
  /// nil for every path.
  let path: [String]?
  /// nil for every method.
  let method: String?
  /// `ANY` is one method that takes all.
  let isAny: Bool

  /// - Parameters:
  ///   - path: `/pets/{id}`, also with `~1` for the slashes after the first, or `/*`.
  ///   - method: `GET`, `ANY`, or `*` for each.
  init(path: String, method: String) {
    var path = path.split(separator: "~1", omittingEmptySubsequences: false).joined(separator: "/")
    while path.hasPrefix("//") { path.removeFirst() }
    let segments = path.split(separator: "/").map { $0.hasSuffix("+}") ? "**" : String($0) }
    self.path = segments == ["*"] ? nil : segments
    isAny = method.uppercased() == "ANY"
    self.method = method == "*" || isAny ? nil : method.uppercased()
  }

  /// `/pets/{id}/GET`, `*/*`.
  init?(combined text: String) {
    guard let slash = text.lastIndex(of: "/"), slash < text.index(before: text.endIndex) else { return nil }
    self.init(path: String(text[..<slash]), method: String(text[text.index(after: slash)...]))
  }

  /// `GET /pets`, the key of an HTTP API's route.
  init?(routeKey: String) {
    let parts = routeKey.split(separator: " ")
    guard parts.count == 2, parts[1].hasPrefix("/") else { return nil }
    self.init(path: String(parts[1]), method: String(parts[0]))
  }

  /// More specific comes first.
  var generality: Int { (path == nil ? 2 : 0) + (method == nil ? 1 : 0) }

  /// What the bucket's requests are told apart by: a limit written for many methods is one for each of them.
  var key: [LimitKey.Part] {
    if path == nil { return [.column(.route), .column(.stored(.method))] }
    return method == nil && !isAny ? [.column(.stored(.method))] : []
  }

  /// - Parameter stage: name that a path begins with where the API has no domain of its own.
  func match(stage: String?) -> RequestMatch {
    var conditions: [RequestMatch.Condition] = []
    if let path {
      var patterns: [NamePattern] = [.segments(path)]
      if let stage { patterns.append(.segments([stage] + path)) }
      conditions.append(RequestMatch.Condition(.path, patterns))
    }
    if let method { conditions.append(RequestMatch.Condition(.method, [.exact(method)])) }
    return RequestMatch(conditions)
  }

  var words: String { "\(isAny ? "ANY" : method ?? "*") /" + (path?.joined(separator: "/") ?? "*") }
}
