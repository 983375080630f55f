import Traffic

/// Whose format strings.
public enum FormatDialect: String, CaseIterable, Sendable, Hashable {
  case nginx, apache, envoy, haproxy
}

/// Compiles a user's own format string into a format.
public enum FormatStrings {
  /// - Parameters:
  ///   - string: as in the gateway's configuration, without the quotes around it. For nginx it may start with
  ///     `escape=json`, `escape=none` or `escape=default`, and may be several quoted parts, which are joined.
  ///   - dialect: nil to tell it by the variables in the string.
  /// - Throws: where the string cannot be understood, and what was expected there.
  public static func compile(
    _ string: String, dialect: FormatDialect? = nil, options: FormatOptions = FormatOptions()
  ) throws(FormatStringError) -> any LogFormat {
    guard let dialect = dialect ?? guess(string) else { throw FormatStringError(.unknownDialect, at: 0) }
    return try compile(string, of: dialect).timed(by: options.clock)
  }

  private static func compile(
    _ string: String, of dialect: FormatDialect
  ) throws(FormatStringError) -> any LogFormat {
    switch dialect {
    case .nginx:
      let (format, escape) = NginxConfiguration.formatArguments(string)
      return try NginxFormats.template(format, escape: escape)
    case .apache: return try ApacheFormats.template(string)
    case .envoy: return try EnvoyFormatString.compile(string)
    case .haproxy: return try HAProxyFormatString.compile(string)
    }
  }

  /// The dialect whose variables a string has.
  public static func guess(_ string: String) -> FormatDialect? {
    if string.contains("%REQ(") || string.contains("%START_TIME") || string.contains("%RESPONSE_CODE") { return .envoy }
    if string.contains("%ci") || string.contains("%ST") || string.contains("%HM") || string.contains("%{+") {
      return .haproxy
    }
    let hasDollar = string.utf8.contains(UInt8(ascii: "$"))
    if hasDollar, !string.contains("%>s"), !string.contains("%h ") { return .nginx }
    return string.utf8.contains(UInt8(ascii: "%")) ? .apache : nil
  }
}
