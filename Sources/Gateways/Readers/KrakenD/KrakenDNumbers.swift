import Scanning

/// The fields of one rate limit namespace, with KrakenD's defaults.
struct KrakenDNumbers {
  let fields: Settings
  let place: ConfigurationPlace
  /// nil where it limits nothing: absent, 0 or negative.
  let rate: ExactDecimal?
  let clientRate: ExactDecimal?
  /// µs that the rates are counted in, at least a second.
  let every: Int64
  private let spelling: Spelling

  /// How the fields are written: `max_rate`, or `maxRate` as before version 2.
  private struct Spelling {
    let isFormer: Bool

    func callAsFunction(_ name: String) -> String {
      guard isFormer else { return name }
      let words = name.split(separator: "_")
      return words[0] + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
  }

  private static let names = [
    "max_rate", "capacity", "client_max_rate", "client_capacity", "strategy", "key", "every",
  ]
  private static let upkeep = ["num_shards", "cleanup_period", "cleanup_threads"]

  /// - Throws: `.unknownWord` for a field that is none of KrakenD's, `.badValue` for a number in quotes (KrakenD takes it
  ///   for none) or none at all.
  init(_ fields: Settings, place: ConfigurationPlace, hasFormerSpelling: Bool) throws(ConfigurationError) {
    let usesCamelCase = hasFormerSpelling && !fields.entries.contains { $0.key.contains("_") }
    spelling = Spelling(isFormer: usesCamelCase)
    self.fields = fields
    self.place = place
    try fields.expectOnly((Self.names + Self.upkeep).map(spelling.callAsFunction) + ["@comment"])
    rate = try Self.rate(spelling("max_rate"), in: fields)
    clientRate = try Self.rate(spelling("client_max_rate"), in: fields)
    every = try Self.period(spelling("every"), in: fields)
  }

  private static func rate(_ key: String, in fields: Settings) throws(ConfigurationError) -> ExactDecimal? {
    try refuseQuotes(key, in: fields)
    if let text = try fields.text(key), text.hasPrefix("-"), ExactDecimal(String(text.dropFirst())) != nil {
      return nil
    }
    guard let number = try fields.decimal(key), number.digits > 0 else { return nil }
    return number
  }

  private static func refuseQuotes(_ key: String, in fields: Settings) throws(ConfigurationError) {
    guard case .scalar(let scalar)? = fields.value(key)?.value, scalar.isQuoted else { return }
    throw fields.bad(key, expected: "a number without quotes; KrakenD takes a quoted one for none")
  }

  private static func period(_ key: String, in fields: Settings) throws(ConfigurationError) -> Int64 {
    guard let text = try fields.text(key) else { return 1_000_000 }
    guard let length = ExactDuration.go(text) else {
      throw fields.bad(key, expected: "a duration of at least a second, such as 1s, 10m or 1h30m")
    }
    return max(length, 1_000_000)
  }

  // MARK: Limiters

  /// The bucket that all requests share.
  func forAll() throws(ConfigurationError) -> LimiterSettings? {
    guard let rate else { return nil }
    let given = try capacity("capacity")
    return try bucket(rate, "max_rate", capacity: given ?? max(1, whole(rate)), idleLifetime: .max)
  }

  /// The bucket that each client has. Without a capacity it holds one token where `max_rate` is absent or below one a
  /// second, as the product has it.
  func perClient() throws(ConfigurationError) -> LimiterSettings? {
    guard let clientRate else { return nil }
    let standard = rate.map(whole) ?? 0 < 1 ? 1 : max(1, whole(clientRate))
    let idle = max(Self.idleLifetime, every)
    return try bucket(
      clientRate, "client_max_rate", capacity: try capacity("client_capacity") ?? standard, idleLifetime: idle)
  }

  /// A client's bucket that was idle for ten minutes is dropped.
  static let idleLifetime: Int64 = 600_000_000

  /// Whole requests per second.
  private func whole(_ rate: ExactDecimal) -> Int64 {
    guard let exact = rate.rate(per: every) else { return 0 }
    let scaled = exact.count.multipliedReportingOverflow(by: 1_000_000)
    return scaled.overflow ? exact.count / max(1, exact.period / 1_000_000) : scaled.partialValue / exact.period
  }

  private func capacity(_ name: String) throws(ConfigurationError) -> Int64? {
    let key = spelling(name)
    try Self.refuseQuotes(key, in: fields)
    let number = try fields.count(key)
    return number == 0 ? nil : number
  }

  private func bucket(
    _ rate: ExactDecimal, _ name: String, capacity: Int64, idleLifetime: Int64
  ) throws(ConfigurationError) -> LimiterSettings {
    guard let exact = rate.rate(per: every) else {
      throw fields.bad(spelling(name), expected: "a rate of fewer digits")
    }
    return .deferredRefillBucket(rate: exact, capacity: capacity, idleLifetime: idleLifetime)
  }

  // MARK: Key

  /// What clients are told apart by.
  /// - Throws: `.missing` without a strategy, or without the header or parameter that it needs.
  func key() throws(ConfigurationError) -> LimitKey {
    guard let strategy = try fields.text("strategy")?.lowercased() else { throw fields.missing("strategy") }
    let name = try fields.text("key") ?? ""
    switch strategy {
    case "header" where !name.isEmpty: return LimitKey([LimitKey.Part(requestHeader: name)], missing: .rejects)
    case "param" where !name.isEmpty:
      return LimitKey([.unlogged("parameter {\(name)} of the path")], missing: .rejects)
    case "ip" where !name.isEmpty: return LimitKey([.header(name.lowercased())], missing: .clientAddress)
    case "ip": return .client
    case "header", "param": throw fields.missing("key")
    default: throw unknownStrategy(strategy)
    }
  }

  /// KrakenD itself only warns, and then limits nothing.
  private func unknownStrategy(_ strategy: String) -> ConfigurationError {
    fields.bad("strategy", expected: NearestWord.choice(of: ["ip", "header", "param"], insteadOf: strategy))
  }

  // MARK: Words

  func rule(_ name: String, _ counter: Int, _ limiter: LimiterSettings, status: Int) -> LimitRule {
    LimitRule(
      name: "\(name) \(summary(of: limiter))", counter: counter, limiter: limiter, status: status, place: place)
  }

  func summary(of limiter: LimiterSettings) -> String {
    guard case .deferredRefillBucket(let rate, let capacity, _) = limiter else { return "" }
    return "\(rate.count) every \(ExactDuration.goText(rate.period)), capacity \(capacity)"
  }
}
