/// Stick tables, the rules that count and reject by them, and `maxconn` of HAProxy.
///
/// A file without any section is read as the inside of one frontend. Each `track-sc` becomes a rule that counts and each
/// rejecting rule one that reads, in HAProxy's order; two that stand together become one.
/// - Source: HAProxy configuration manual, sections 4.2 and 7; `src/stick_table.c`; refusals checked against 2.6.
public struct HAProxyReader: GatewayReader {
  public init() {}

  public var product: GatewayProduct { .haproxy }

  public func reading(
    of text: String, file: String, include: (String) -> [(path: String, text: String)]
  ) throws(ConfigurationError) -> GatewayReading {
    let audit = ConfigurationAudit()
    let configuration = try HAProxyConfiguration(HAProxyLine.lines(of: text, file: file), audit: audit)
    var builder = HAProxyModelBuilder(configuration, audit: audit)
    return audit.reading(try builder.model())
  }

  public func text(for proposal: LimitProposal) throws(NotExpressible) -> String {
    try HAProxyWriter(proposal).text()
  }

  /// Lines that begin with a section's name, or with rules that no other product has.
  public func confidence(in text: String, named file: String) -> Int {
    var found = 0
    for line in text.prefix(200_000).split(whereSeparator: \.isNewline).prefix(2000) {
      let words = line.prefix(200).split(maxSplits: 2) { $0 == " " || $0 == "\t" }
      guard let first = words.first, !line.contains("{\n"), line.last != ";", line.last != ":" else {
        continue
      }
      switch first {
      case "stick-table", "http-request", "tcp-request": if words.count > 1 { found = max(found, 90) }
      case "frontend", "backend", "listen":
        if line.first == first.first, words.count >= 2, words[1].first != "{", words[1].first != "=" {
          found = max(found, 85)
        }
      case "global", "defaults": if line.first == first.first, words.count <= 2 { found = max(found, 50) }
      default: break
      }
    }
    return found
  }
}
