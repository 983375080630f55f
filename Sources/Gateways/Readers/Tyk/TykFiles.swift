import Scanning

/// What was found in the files, sorted by kind.
struct TykFiles {
  let audit: ConfigurationAudit
  private(set) var gateway: Settings?
  private(set) var apis: [TykAPI] = []
  private(set) var policies: [(id: String, settings: Settings)] = []

  init(audit: ConfigurationAudit) { self.audit = audit }

  private static let gatewayFields = [
    "listen_port", "listen_address", "secret", "template_path", "app_path", "storage", "policies", "node_secret",
    "use_db_app_configs", "enable_redis_rolling_limiter", "enable_sentinel_rate_limiter",
    "enable_fixed_window_rate_limiter", "enable_non_transactional_rate_limiter", "drl_threshold",
  ]
  private static let sessionFields = ["rate", "per", "quota_max", "quota_renewal_rate", "access_rights"]

  /// Takes in one file.
  /// - Throws: `.badValue` where it is none of Tyk's.
  mutating func add(
    _ root: ConfigurationNode, file: String, include: (String) -> [(path: String, text: String)]
  ) throws(ConfigurationError) {
    if case .list(let elements) = root.value {
      for element in elements { try add(element, file: file, include: include) }
      return
    }
    let settings = try Settings(root, name: "file", file: file)
    if settings.has("api_id") || settings.has("x-tyk-api-gateway") || settings.value("proxy")?["listen_path"] != nil {
      apis.append(try TykAPI(settings, audit: audit))
    } else if Self.gatewayFields.contains(where: settings.has) {
      try addGateway(settings, include: include)
    } else if Self.sessionFields.contains(where: settings.has) {
      policies.append((try settings.text("id") ?? "key", try Settings(root, name: "policy", file: file)))
    } else if try !addPolicies(settings), !settings.entries.isEmpty {
      throw ConfigurationError(
        .badValue(setting: "file", value: root.summary, expected: "tyk.conf, an API definition or policies"),
        at: settings.place)
    }
  }

  private mutating func addPolicies(_ settings: Settings) throws(ConfigurationError) -> Bool {
    let arePolicies = settings.entries.contains { entry in
      Self.sessionFields.contains { entry.value[$0] != nil }
    }
    guard arePolicies else { return false }
    for entry in settings.entries {
      policies.append((entry.key, try Settings(entry.value, name: "policy", file: settings.file)))
    }
    return true
  }

  // MARK: tyk.conf

  private mutating func addGateway(
    _ settings: Settings, include: (String) -> [(path: String, text: String)]
  ) throws(ConfigurationError) {
    let used = TykAlgorithm.settings + ["app_path", "policies"]
    try settings.ignoreAllBut(used, harmless: ["proxy_path"], audit: audit, because: "limits no rate")
    gateway = settings
    if let path = try settings.text("app_path") { try addFiles(path + "/*.json", of: settings, "app_path", include) }
    guard let source = try settings.settings("policies") else { return }
    if let name = try source.text("policy_record_name") {
      try addFiles(name, of: source, "policy_record_name", include)
    }
    if let path = try source.text("policy_path") {
      try addFiles(path + "/*.json", of: source, "policy_path", include)
    }
  }

  private mutating func addFiles(
    _ pattern: String, of settings: Settings, _ key: String, _ include: (String) -> [(path: String, text: String)]
  ) throws(ConfigurationError) {
    let found = include(pattern)
    if found.isEmpty {
      audit.ignore(
        key, at: settings.place(of: key), because: "no file is there: limits in \(pattern) are not part of this")
    }
    for (path, text) in found {
      let root = try ConfigurationFile.document(text: text, file: path)
      // A file that names further ones would go on for ever.
      try add(root, file: path, include: { _ in [] })
    }
  }
}
