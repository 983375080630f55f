/// `limit_req` and `limit_conn` of nginx, in whole configurations and in the files that these include.
///
/// A file that holds nothing of the top level (`http`, `events`, …) is read as what stands inside `http`, or inside
/// `server` where it has locations only. `map` and `geo` are not computed: a key made by them is noted.
/// - Source: nginx `ngx_http_limit_req_module`, `ngx_http_limit_conn_module`, `ngx_http_core_module`; refusals checked
///   against nginx 1.22.
public struct NginxReader: GatewayReader {
  public init() {}

  public var product: GatewayProduct { .nginx }

  public func reading(
    of text: String, file: String, include: (String) -> [(path: String, text: String)]
  ) throws(ConfigurationError) -> GatewayReading {
    let audit = ConfigurationAudit()
    let written = try NginxParser.directives(of: text, file: file)
    var includes = NginxIncludes(audit: audit)
    let directives = try includes.expanded(written, within: [file], files: include)
    let configuration = try NginxConfiguration(directives, audit: audit)
    let builder = try NginxModelBuilder(configuration, audit: audit)
    return audit.reading(try builder.model())
  }

  public func text(for proposal: LimitProposal) throws(NotExpressible) -> String {
    try NginxWriter(proposal).text()
  }

  /// Lines that end in `;`, `{` or `}`, and a word of nginx at the beginning of one.
  public func confidence(in text: String, named file: String) -> Int {
    var (lines, ended) = (0, 0)
    var words: Set<Substring> = []
    for line in text.prefix(200_000).split(whereSeparator: \.isNewline).prefix(2000) {
      let code = line.drop { $0 == " " || $0 == "\t" }.prefix { $0 != "#" }
      guard let last = code.last(where: { $0 != " " && $0 != "\t" }) else { continue }
      lines += 1
      if last == ";" || last == "{" || last == "}" || last == "'" { ended += 1 }
      words.insert(code.prefix { $0 != " " && $0 != "\t" && $0 != ";" && $0 != "{" })
    }
    guard lines > 0, ended * 10 >= lines * 7 else { return 0 }
    if !words.isDisjoint(with: ["limit_req_zone", "limit_req", "limit_conn_zone", "limit_conn"]) {
      return 95
    }
    if !words.isDisjoint(with: ["http", "server", "location", "upstream", "events", "server_name"]) {
      return 80
    }
    return file.hasSuffix(".conf") ? 40 : 0
  }
}
