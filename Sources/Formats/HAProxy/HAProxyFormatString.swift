import Traffic

/// Reads a HAProxy `log-format` string into tokens.
///
///     %name   %{+Q,-X}name   %[sample expression]   %(alias)name   %% is a percent sign   \ before a space keeps it
///
/// `%{+Q}o` puts every text behind it into quotes. A sample expression may print anything and is read past.
struct HAProxyFormatString {
  private let bytes: [UInt8]
  private var index = 0
  private var tokens = TemplateTokens()
  private var quotesAll = false

  /// The formats of `option httplog`, `httpslog` and `tcplog` become those that know their optional parts.
  static func compile(_ string: String) throws(FormatStringError) -> any LogFormat {
    let plain = string.replacing("\\ ", with: " ")
    if plain.hasPrefix(httpStart), plain.contains("%hr %hs %{+Q}r") {
      return HAProxyText(variant: plain.hasSuffix("%{+Q}r") ? .http : .https)
    }
    if plain == tcpString { return HAProxyText(variant: .tcp) }
    return try FormatTemplate(
      name: "haproxy", summary: "HAProxy log-format", basis: .start, rules: .haproxy, tokens: try tokens(string))
  }

  private static let httpStart = "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq"
  private static let tcpString = "%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq"

  static func tokens(_ string: String) throws(FormatStringError) -> [TemplateToken] {
    var reader = HAProxyFormatString(bytes: Array(string.utf8))
    try reader.readAll()
    return withoutLastCaptures(reader.tokens.finished())
  }

  /// Captures print nothing, space included, where none is configured; at the end of the string the line's tail, which
  /// is read past, covers both cases.
  private static func withoutLastCaptures(_ tokens: [TemplateToken]) -> [TemplateToken] {
    var tokens = tokens
    while tokens.count > 2, case .field(let field)? = tokens.last, ["%hr", "%hs", "%hrl", "%hsl"].contains(field.name),
      case .literal(let before) = tokens[tokens.count - 2], before.last == UInt8(ascii: " ")
    {
      tokens.removeLast(2)
      if before.count > 1 { tokens.append(.literal(before.dropLast())) }
    }
    return tokens
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func readAll() throws(FormatStringError) {
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "%"): try readVariable()
      case UInt8(ascii: "\\") where index + 1 < bytes.count:
        tokens.append(bytes[index + 1])
        index += 2
      // HAProxy writes no space at the start and never two in a row.
      case UInt8(ascii: " ") where tokens.literal.last == UInt8(ascii: " ") || tokens.isEmpty:
        index += 1
      default:
        tokens.append(bytes[index])
        index += 1
      }
    }
  }

  private mutating func readVariable() throws(FormatStringError) {
    let start = index
    index += 1
    if index < bytes.count, bytes[index] == UInt8(ascii: "%") {
      tokens.append(bytes[index])
      index += 1
      return
    }
    _ = try enclosed("(", ")")
    let flags = try enclosed("{", "}") ?? ""
    if let expression = try enclosed("[", "]") {
      append(TemplateField(.skip, "%[\(expression)]", note: expression), start, isQuoted: isQuoted(flags))
      return
    }
    let name = readName()
    if name == "o" {
      quotesAll = isQuoted(flags)
      return
    }
    guard !name.isEmpty else {
      throw FormatStringError(.unfinished(expected: "a variable such as 'ci' or '[src]' after '%'"), at: start)
    }
    guard let field = HAProxyAliases.field(name, "%" + name) else {
      throw FormatStringError(.unknownVariable("%" + name), at: start)
    }
    append(field, start, isQuoted: isQuoted(flags) && HAProxyAliases.quotable.contains(name))
  }

  private func isQuoted(_ flags: String) -> Bool {
    if flags.contains("+Q") { return true }
    return flags.contains("-Q") ? false : quotesAll
  }

  private mutating func append(_ field: TemplateField, _ start: Int, isQuoted: Bool) {
    var field = field
    field.position = start
    field.quoting = .haproxy
    if isQuoted { tokens.append(UInt8(ascii: "\"")) }
    tokens.append(field)
    if isQuoted { tokens.append(UInt8(ascii: "\"")) }
  }

  /// The inside of a pair of brackets that opens here, which may nest; nil where none does.
  private mutating func enclosed(_ open: Unicode.Scalar, _ close: Unicode.Scalar) throws(FormatStringError) -> String? {
    let (open, close) = (UInt8(ascii: open), UInt8(ascii: close))
    guard index < bytes.count, bytes[index] == open else { return nil }
    let start = index
    var depth = 0
    while index < bytes.count {
      if bytes[index] == open { depth += 1 }
      if bytes[index] == close { depth -= 1 }
      index += 1
      if depth == 0 { return String(decoding: bytes[(start + 1)..<(index - 1)], as: UTF8.self) }
    }
    throw FormatStringError(.unfinished(expected: "'\(Character(Unicode.Scalar(close)))'"), at: start)
  }

  private mutating func readName() -> String {
    let start = index
    while index < bytes.count, (bytes[index] | 0x20) &- UInt8(ascii: "a") < 26 { index += 1 }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }
}
