/// Puts the directives of included files in the place of the `include` that names them.
///
/// Followed where limits may stand (the top, `http`, `server`, `location`, `if`); elsewhere, as in `types` or `map`, an
/// `include` stays as it is.
struct NginxIncludes {
  /// Files inside files.
  static let deepest = 16
  /// Inclusions in all: two lines that include two files each, sixteen deep, would be 65,536.
  static let most = 4096

  private let audit: ConfigurationAudit
  private var count = 0

  init(audit: ConfigurationAudit) { self.audit = audit }

  /// - Parameters:
  ///   - open: the files that are being read, outermost first.
  ///   - files: a pattern's files.
  mutating func expanded(
    _ directives: [NginxDirective], within open: [String], files: (String) -> [(path: String, text: String)]
  ) throws(ConfigurationError) -> [NginxDirective] {
    var result: [NginxDirective] = []
    for var directive in directives {
      if directive.name.text == "include" {
        result += try included(directive, within: open, files: files)
        continue
      }
      if let block = directive.block,
        ["http", "server", "location", "if", "limit_except"].contains(directive.name.text)
      {
        directive.block = try expanded(block, within: open, files: files)
      }
      result.append(directive)
    }
    return result
  }

  private mutating func included(
    _ directive: NginxDirective, within open: [String], files: (String) -> [(path: String, text: String)]
  ) throws(ConfigurationError) -> [NginxDirective] {
    guard directive.block == nil, directive.arguments.count == 1 else {
      throw ConfigurationError(
        .syntax(found: directive.summary, expected: "include and one file name"), at: directive.place)
    }
    let pattern = directive.arguments[0].text
    let found = files(pattern)
    if found.isEmpty { audit.ignore(directive.summary, at: directive.place, because: "no file was found") }
    var result: [NginxDirective] = []
    for file in found {
      count += 1
      guard !open.contains(file.path), open.count <= Self.deepest, count <= Self.most else {
        throw ConfigurationError(.contradiction("'\(file.path)' includes itself"), at: directive.place)
      }
      let parsed = try NginxParser.directives(of: file.text, file: file.path)
      result += try expanded(parsed, within: open + [file.path], files: files)
    }
    return result
  }
}
