import Traffic

/// Reads an Apache `LogFormat` (or varnishncsa `-F`) string into tokens.
///
///     %[!]code,code…[<|>][{argument}]letter      or ^ and two letters
///
/// `\"`, `\\`, `\n` and `\t` stand for themselves, as Apache's configuration writes them; `%%` is a percent sign.
struct ApacheFormatString {
  private let bytes: [UInt8]
  private var index = 0
  private var tokens = TemplateTokens()
  private var times: [ApacheTimeFormat] = []
  /// Some `%t` is the plain one, which is the begin.
  private var hasPlainTime = false

  /// - Returns: tokens, and whether the best time stamp is the begin or the end of the request.
  static func tokens(
    _ string: String, quoting: Quoting = .apache
  ) throws(FormatStringError) -> (tokens: [TemplateToken], basis: StampBasis) {
    var reader = ApacheFormatString(bytes: Array(string.utf8))
    try reader.readAll(quoting)
    let hasBegin = reader.hasPlainTime || reader.times.contains { !$0.isEnd && $0.shape != .other && $0.shape != .fraction }
    let hasEnd = reader.times.contains { $0.isEnd && $0.shape != .other && $0.shape != .fraction }
    return (reader.tokens.finished(), hasEnd && !hasBegin ? .end : .start)
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func readAll(_ quoting: Quoting) throws(FormatStringError) {
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "%"): try readDirective(quoting)
      case UInt8(ascii: "\\") where index + 1 < bytes.count: readEscape()
      default:
        tokens.append(bytes[index])
        index += 1
      }
    }
  }

  private mutating func readEscape() {
    switch bytes[index + 1] {
    case UInt8(ascii: "n"): tokens.append(10)
    case UInt8(ascii: "t"): tokens.append(9)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): tokens.append(bytes[index + 1])
    default: tokens.append(bytes[index...(index + 1)])
    }
    index += 2
  }

  private mutating func readDirective(_ quoting: Quoting) throws(FormatStringError) {
    let start = index
    index += 1
    guard index < bytes.count else {
      throw FormatStringError(.unfinished(expected: "a directive such as 'h' or '>s' after '%'"), at: start)
    }
    if bytes[index] == UInt8(ascii: "%") {
      tokens.append(UInt8(ascii: "%"))
      index += 1
      return
    }
    let directive = try readParts(start)
    if directive.letters == "t" {
      appendTime(directive, start, quoting)
      return
    }
    guard let field = ApacheDirectives.field(directive) else {
      throw FormatStringError(.unknownVariable(directive.text), at: start)
    }
    append(field, start, quoting)
  }

  /// Conditions, scope, argument and letters of the directive that starts at `start`.
  private mutating func readParts(_ start: Int) throws(FormatStringError) -> ApacheDirectives.Directive {
    var scope: Character?
    var argument: String?
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "!"), UInt8(ascii: ","), UInt8(ascii: "0")...UInt8(ascii: "9"): index += 1
      case UInt8(ascii: "<"), UInt8(ascii: ">"):
        scope = Character(Unicode.Scalar(bytes[index]))
        index += 1
      case UInt8(ascii: "{"):
        guard let close = bytes[index...].firstIndex(of: UInt8(ascii: "}")) else {
          throw FormatStringError(.unfinished(expected: "'}'"), at: index)
        }
        argument = String(decoding: bytes[(index + 1)..<close], as: UTF8.self)
        index = close + 1
      default:
        let length = bytes[index] == UInt8(ascii: "^") ? 3 : 1
        guard index + length <= bytes.count else {
          throw FormatStringError(.unfinished(expected: "two letters after '^'"), at: index)
        }
        let letters = String(decoding: bytes[index..<(index + length)], as: UTF8.self)
        index += length
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        return ApacheDirectives.Directive(letters: letters, argument: argument, scope: scope, text: text)
      }
    }
    throw FormatStringError(.unfinished(expected: "a letter that says what to log"), at: bytes.count)
  }

  /// `%t` prints its brackets itself; `%{pattern}t.%{usec_frac}t` is one stamp.
  private mutating func appendTime(_ directive: ApacheDirectives.Directive, _ start: Int, _ quoting: Quoting) {
    guard let argument = directive.argument else {
      hasPlainTime = true
      tokens.append(UInt8(ascii: "["))
      append(TemplateField(.commonLogStamp, directive.text, rank: 9), start, quoting)
      tokens.append(UInt8(ascii: "]"))
      return
    }
    let time = ApacheTimeFormat(argument)
    if time.shape == .fraction, var whole = tokens.last(followedBy: [UInt8(ascii: ".")]), whole.kind.isStamp {
      whole.rank = max(2, whole.rank) - 2
      tokens.replaceLast(by: whole)
      return
    }
    times.append(time)
    append(time.field(directive.text), start, quoting)
  }

  private mutating func append(_ field: TemplateField, _ position: Int, _ quoting: Quoting) {
    var field = field
    field.quoting = quoting
    field.position = position
    // A path directly followed by its query is one target.
    if field.kind == .query, let path = tokens.last(), path.kind == .path {
      field = TemplateField(.target, path.name + field.name, rank: path.rank)
      field.quoting = quoting
      field.position = path.position
      tokens.replaceLast(by: field)
      return
    }
    tokens.append(field)
  }
}
