import Traffic

/// Reads the string of an nginx `log_format` (already joined and unquoted) into tokens.
///
/// `$name` and `${name}` are variables; everything else stands for itself.
/// - Source: nginx.org, *ngx_http_log_module*, `log_format`.
struct NginxFormatString {
  enum Escape: String, Sendable, Hashable {
    case `default`, json, none

    var quoting: Quoting {
      switch self {
      case .default: .nginx
      case .json: .json
      case .none: .raw
      }
    }
  }

  static func tokens(_ string: String, escape: Escape) throws(FormatStringError) -> [TemplateToken] {
    let bytes = Array(string.utf8)
    var tokens = TemplateTokens()
    var index = 0
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "$") else {
        tokens.append(bytes[index])
        index += 1
        continue
      }
      let position = index
      let name = try variable(bytes, &index)
      var field = NginxVariables.field(name)
      field.quoting = escape.quoting
      field.position = position
      tokens.append(field)
    }
    return joined(tokens.finished())
  }

  /// The name at a `$`; `index` moves behind it.
  private static func variable(_ bytes: [UInt8], _ index: inout Int) throws(FormatStringError) -> String {
    let start = index
    index += 1
    let isBraced = index < bytes.count && bytes[index] == UInt8(ascii: "{")
    if isBraced { index += 1 }
    let nameStart = index
    while index < bytes.count, isNameByte(bytes[index]) { index += 1 }
    let name = String(decoding: bytes[nameStart..<index], as: UTF8.self)
    guard !name.isEmpty else {
      throw FormatStringError(.unfinished(expected: "a variable's name after '$'"), at: start)
    }
    if isBraced {
      guard index < bytes.count, bytes[index] == UInt8(ascii: "}") else {
        throw FormatStringError(.unfinished(expected: "'}' after '${\(name)'"), at: index)
      }
      index += 1
    }
    return name
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  // MARK: Variables that belong together

  /// Puts together what only has a meaning, or an end, as a whole: `$uri$is_args$args`,
  /// `$scheme://$host$request_uri`.
  private static func joined(_ tokens: [TemplateToken]) -> [TemplateToken] {
    var result: [TemplateToken] = []
    for token in tokens {
      result.append(token)
      joinURI(&result)
      joinURL(&result)
    }
    return result
  }

  private static func name(_ tokens: [TemplateToken], fromEnd place: Int) -> String? {
    guard place <= tokens.count, case .field(let field) = tokens[tokens.count - place] else { return nil }
    return field.name
  }

  /// `$uri$is_args$args` is a target: path and query as nginx sees them after rewriting.
  private static func joinURI(_ tokens: inout [TemplateToken]) {
    guard ["$args", "$query_string"].contains(name(tokens, fromEnd: 1) ?? ""), name(tokens, fromEnd: 2) == "$is_args",
      ["$uri", "$document_uri"].contains(name(tokens, fromEnd: 3) ?? "")
    else { return }
    replace(last: 3, of: &tokens, kind: .target, rank: 1)
  }

  /// `$scheme://$host$request_uri` is an absolute-form target; with an upstream's host it is nobody's.
  private static func joinURL(_ tokens: inout [TemplateToken]) {
    guard tokens.count >= 4, case .literal(let slashes) = tokens[tokens.count - 3], slashes == Array("://".utf8),
      case .field(let scheme) = tokens[tokens.count - 4], scheme.name.hasSuffix("scheme"),
      case .field(let host) = tokens[tokens.count - 2], host.kind == .host || host.name == "$upstream_host",
      case .field(let path) = tokens[tokens.count - 1]
    else { return }
    switch path.kind {
    case .target: replace(last: 4, of: &tokens, kind: .target, rank: 2)
    case .path: replace(last: 4, of: &tokens, kind: .target, rank: 3)
    default: if path.name == "$upstream_uri" { replace(last: 4, of: &tokens, kind: .skip, rank: 0) }
    }
  }

  private static func replace(last count: Int, of tokens: inout [TemplateToken], kind: FieldKind, rank: UInt8) {
    let parts = tokens.suffix(count)
    guard case .field(let first) = parts.first! else { return }
    let names = parts.map { token in
      switch token {
      case .literal(let bytes): String(decoding: bytes, as: UTF8.self)
      case .field(let field): field.name
      }
    }
    var whole = TemplateField(kind, names.joined(), rank: rank)
    whole.quoting = first.quoting
    whole.position = first.position
    tokens.removeLast(count)
    tokens.append(.field(whole))
  }
}
