import Scanning

/// One domain: a tree of descriptors.
struct EnvoyRateLimitDomain {
  let name: String
  let descriptors: [Descriptor]

  /// A key with a value or for every value, what it limits, and what follows it in a chain.
  struct Descriptor {
    let key: String
    let value: String?
    let limit: Limit?
    let isShadow: Bool
    let isQuota: Bool
    let inner: [Descriptor]
    let place: ConfigurationPlace
  }

  /// A `rate_limit`.
  struct Limit {
    let name: String?
    /// nil is unlimited.
    let limiter: LimiterSettings?
    /// Such as `5 per minute`.
    let text: String
    /// Limits by name that do not count where this one does.
    let replaces: [String]
    let place: ConfigurationPlace
  }

  private static let deepest = 32

  init(_ settings: Settings) throws(ConfigurationError) {
    try settings.expectOnly(["domain", "descriptors"])
    guard let name = try settings.text("domain"), !name.isEmpty else { throw settings.missing("domain") }
    self.name = name
    descriptors = try Self.descriptors(of: settings, depth: 0)
  }

  private static func descriptors(of settings: Settings, depth: Int) throws(ConfigurationError)
    -> [Descriptor]
  {
    guard depth < deepest else {
      throw ConfigurationError(
        .unsupported(feature: "descriptors more than \(deepest) deep", instead: "shorter chains"),
        at: settings.place)
    }
    var result: [Descriptor] = []
    for entry in try settings.settingsList("descriptors") {
      let descriptor = try descriptor(entry, depth: depth)
      if let first = result.first(where: { $0.key == descriptor.key && $0.value == descriptor.value }) {
        let text = descriptor.value.map { "\(descriptor.key)_\($0)" } ?? descriptor.key
        throw ConfigurationError(
          .contradiction("descriptor '\(text)' is there already, in line \(first.place.line)"),
          at: entry.place)
      }
      result.append(descriptor)
    }
    return result
  }

  private static let fields = [
    "key", "value", "rate_limit", "descriptors", "shadow_mode", "quota_mode", "detailed_metric", "metadata",
    "value_to_metric", "share_threshold",
  ]

  private static func descriptor(_ entry: Settings, depth: Int) throws(ConfigurationError) -> Descriptor {
    try entry.expectOnly(fields)
    guard let key = try entry.text("key"), !key.isEmpty else { throw entry.missing("key") }
    let value = try entry.text("value")
    let limit =
      if let limit = try entry.settings("rate_limit") { try limit.rateLimit() } else { nil as Limit? }
    return Descriptor(
      key: key, value: value?.isEmpty == true ? nil : value,
      limit: limit, isShadow: try entry.flag("shadow_mode") ?? false,
      isQuota: try entry.flag("quota_mode") ?? false, inner: try descriptors(of: entry, depth: depth + 1),
      place: entry.place)
  }
}

extension EnvoyRateLimitDomain {
  /// Seconds of the service's units; its months and years are not those of the calendar.
  static let units: [(name: String, seconds: Int64)] = [
    ("second", 1), ("minute", 60), ("hour", 3_600), ("day", 86_400), ("week", 604_800), ("month", 2_592_000),
    ("year", 31_536_000),
  ]
}

extension Settings {
  fileprivate func rateLimit() throws(ConfigurationError) -> EnvoyRateLimitDomain.Limit {
    try expectOnly(["unit", "requests_per_unit", "unlimited", "name", "replaces"])
    let name = try text("name")
    var replaces: [String] = []
    for entry in try settingsList("replaces") {
      try entry.expectOnly(["name"])
      guard let other = try entry.text("name") else { throw entry.missing("name") }
      if other == name {
        throw ConfigurationError(.contradiction("the limit \(other) replaces itself"), at: entry.place)
      }
      replaces.append(other)
    }
    if try flag("unlimited") == true {
      for key in ["unit", "requests_per_unit"] where has(key) {
        throw ConfigurationError(.contradiction("an unlimited rate_limit has no \(key)"), at: place(of: key))
      }
      return .init(name: name, limiter: nil, text: "unlimited", replaces: replaces, place: place)
    }
    guard let written = try text("unit") else { throw missing("unit") }
    guard let unit = EnvoyRateLimitDomain.units.first(where: { $0.name == written.lowercased() }) else {
      let names = EnvoyRateLimitDomain.units.map(\.name)
      throw bad("unit", expected: NearestWord.choice(of: names, insteadOf: written))
    }
    // The service reads a missing number as 0, which rejects all; nobody means that.
    guard let limit = try integer("requests_per_unit", in: 0...Int64(UInt32.max)) else {
      throw missing("requests_per_unit")
    }
    return .init(
      name: name,
      limiter: .fixedWindow(
        limit: limit, window: .aligned(length: unit.seconds * 1_000_000, origin: 0), countsRejected: true),
      text: "\(limit) per \(unit.name)", replaces: replaces, place: place)
  }
}
