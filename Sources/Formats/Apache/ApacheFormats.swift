import Traffic

/// Formats that Apache httpd writes, and those of others in its shape.
public enum ApacheFormats {
  private static let commonString = #"%h %l %u %t "%r" %>s %b"#
  private static let agentString = #" "%{Referer}i" "%{User-Agent}i""#

  /// Name, what it is, format string.
  private static let strings: [(String, String, String)] = [
    ("apache-common", "NCSA common with the start of the request as time", commonString),
    ("apache-combined", "NCSA combined with the start of the request as time", commonString + agentString),
    ("apache-vhost-combined", "combined behind virtual host and port", #"%v:%p %h %l %u %t "%r" %>s %O"# + agentString),
    ("apache-vhost-common", "common behind the virtual host", "%v " + commonString),
    ("apache-combinedio", "combined + bytes in and out (mod_logio)", commonString + agentString + " %I %O"),
    ("apache-common-D", "common + duration in µs (%D)", commonString + " %D"),
    ("apache-common-T", "common + duration in seconds (%T)", commonString + " %T"),
    ("apache-common-D-ttfb", "common + duration and time to first byte in µs", commonString + " %D %^FB"),
    ("apache-combined-D", "combined + duration in µs (%D)", commonString + agentString + " %D"),
    ("apache-combined-T", "combined + duration in seconds (%T)", commonString + agentString + " %T"),
    ("varnishncsa", "varnishncsa's default: combined with absolute targets", commonString + agentString),
  ]

  /// The named formats, the narrower ones first.
  public static let all: [any LogFormat] = strings.compactMap { name, summary, string in
    try? template(string, name: name, summary: summary)
  } + [genericCLF].compactMap { $0 }

  /// Traefik's genericCLF escapes nothing.
  private static let genericCLF = try? template(
    commonString + agentString, quoting: .raw, name: "traefik-generic-clf", summary: "Traefik genericCLF: combined, nothing escaped")

  /// The string of a named format, as one would write it after `LogFormat`.
  public static func string(named name: String) -> String? { strings.first { $0.0 == name }?.2 }

  static func template(
    _ string: String, quoting: Quoting = .apache, name: String = "apache", summary: String = "Apache LogFormat"
  ) throws(FormatStringError) -> FormatTemplate {
    let (tokens, basis) = try ApacheFormatString.tokens(string, quoting: quoting)
    return try FormatTemplate(name: name, summary: summary, basis: basis, rules: .apache, tokens: tokens)
  }
}
