import Scanning

/// Tyk's files: `tyk.conf`, API definitions, policies and keys.
///
/// A key's rate limit comes first, then its quota, then the API's own rate limit. Which algorithm keeps the rate is the
/// gateway's setting; without `tyk.conf` it is the default, a window that begins with its first request.
/// - Source: tyk, `gateway/session_manager.go`, `gateway/api_loader.go`, `gateway/mw_api_rate_limit.go`, `user/policy.go`.
public struct TykReader: GatewayReader {
  public init() {}

  public var product: GatewayProduct { .tyk }

  public func confidence(in text: String, named file: String) -> Int {
    func has(_ key: String) -> Bool { text.contains("\"\(key)\"") }
    if has("x-tyk-api-gateway") || has("tyk_api_url") { return 95 }
    if has("quota_renewal_rate") || has("global_rate_limit") && has("api_id") { return 90 }
    if has("listen_path"), has("api_id") || has("proxy") { return 90 }
    if has("enable_redis_rolling_limiter") || has("enable_fixed_window_rate_limiter") { return 90 }
    if has("listen_port"), has("app_path") || has("middleware_path") { return 85 }
    return has("access_rights") && has("rate") && has("per") ? 80 : 0
  }

  public func reading(of text: String, file: String, include: (String) -> [(path: String, text: String)])
    throws(ConfigurationError) -> GatewayReading
  {
    let audit = ConfigurationAudit()
    var files = TykFiles(audit: audit)
    for (name, part) in Self.parts(of: text) {
      let root = try ConfigurationFile.document(text: part, file: name == nil ? file : "tyk.json")
      try files.add(root, file: file, include: include)
    }
    return audit.reading(try TykLimits(files, audit: audit).model())
  }

  /// Reads one file that is a tree already.
  func reading(of root: ConfigurationNode, file: String) throws(ConfigurationError) -> GatewayReading {
    let audit = ConfigurationAudit()
    var files = TykFiles(audit: audit)
    try files.add(root, file: file, include: { _ in [] })
    return audit.reading(try TykLimits(files, audit: audit).model())
  }

  /// Several files in one text, each after a comment with its name such as `// policies.json`, as the writer prints
  /// them. Line ends in front keep the places right.
  private static func parts(of text: String) -> [(name: String?, text: String)] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let starts = lines.indices.filter { fileName(in: lines[$0]) != nil }
    guard !starts.isEmpty else { return [(nil, text)] }
    return starts.enumerated().map { index, start in
      let end = index + 1 < starts.count ? starts[index + 1] : lines.count
      let blank = String(repeating: "\n", count: start)
      return (fileName(in: lines[start]), blank + lines[start..<end].joined(separator: "\n"))
    }
  }

  private static func fileName(in line: Substring) -> String? {
    guard line.hasPrefix("// ") else { return nil }
    let name = line.dropFirst(3)
    guard name.hasSuffix(".conf") || name.hasSuffix(".json"), !name.contains(" ") else { return nil }
    return String(name)
  }
}
