/// Takes a configuration file apart into directives.
///
/// Words are cut and unescaped as nginx does: quotes count at the beginning of a word only, `${name}` does not open a
/// block, `\"`, `\'`, `\\`, `\t`, `\r`, `\n` and `\ ` are unescaped and every other backslash stays. `include` is left as
/// a directive.
/// - Source: nginx `src/core/ngx_conf_file.c`, `ngx_conf_read_token`.
struct NginxParser {
  /// Blocks inside blocks; nobody writes more than a handful.
  static let deepestNesting = 64

  private let bytes: [UInt8]
  private let file: String
  private var position = 0
  private var line = 1
  private var column = 1

  init(_ text: String, file: String) {
    bytes = Array(text.utf8)
    self.file = file
  }

  /// Every directive of the file.
  /// - Throws: `.syntax` naming what was found where, and what was expected.
  static func directives(of text: String, file: String) throws(ConfigurationError) -> [NginxDirective] {
    var parser = NginxParser(text, file: file)
    return try parser.directives(depth: 0, opened: nil)
  }

  private enum Token {
    case word(NginxWord)
    case semicolon, open, close, end
  }

  private mutating func directives(
    depth: Int, opened: NginxWord?
  ) throws(ConfigurationError) -> [NginxDirective] {
    var result: [NginxDirective] = []
    while true {
      let start = skipSpace()
      switch try token() {
      case .word(let name): result.append(try directive(name, depth: depth))
      case .semicolon: throw unexpected("';'", expected: "a directive", at: start)
      case .open: throw unexpected("'{'", expected: "a directive", at: start)
      case .close:
        guard opened != nil else {
          throw unexpected("'}'", expected: "a directive or the end of the file", at: start)
        }
        return result
      case .end:
        guard let opened else { return result }
        throw unexpected(
          "the end of the file", expected: "'}' that closes '\(opened.text)'", at: opened.place)
      }
    }
  }

  /// The rest of a directive whose name was read.
  private mutating func directive(_ name: NginxWord, depth: Int) throws(ConfigurationError) -> NginxDirective
  {
    var directive = NginxDirective(name: name, arguments: [])
    while true {
      let start = skipSpace()
      switch try token() {
      case .word(let word): directive.arguments.append(word)
      case .semicolon: return directive
      case .close: throw unexpected("'}'", expected: "';' after '\(directive.summary)'", at: start)
      case .end:
        throw unexpected("the end of the file", expected: "';' after '\(directive.summary)'", at: name.place)
      case .open:
        if name.text.hasSuffix("_by_lua_block") {
          try skipLua(opened: name)
          directive.block = []
          return directive
        }
        guard depth < Self.deepestNesting else {
          throw ConfigurationError(
            .unsupported(feature: "blocks more than \(Self.deepestNesting) deep", instead: "fewer"), at: start
          )
        }
        directive.block = try directives(depth: depth + 1, opened: name)
        return directive
      }
    }
  }

  private func unexpected(_ found: String, expected: String, at place: ConfigurationPlace)
    -> ConfigurationError
  {
    ConfigurationError(.syntax(found: found, expected: expected), at: place)
  }

  // MARK: Bytes

  private var here: ConfigurationPlace { ConfigurationPlace(file: file, line: line, column: column) }
  private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func advance() {
    let passed = bytes[position]
    position += 1
    if passed == UInt8(ascii: "\n") {
      line += 1
      column = 1
    } else if passed & 0xC0 != 0x80 {
      column += 1
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
  }

  /// Passes blanks and comments; where the next token begins.
  private mutating func skipSpace() -> ConfigurationPlace {
    while let byte {
      if byte == UInt8(ascii: "#") {
        while let byte = self.byte, byte != UInt8(ascii: "\n") { advance() }
      } else if Self.isSpace(byte) {
        advance()
      } else {
        break
      }
    }
    return here
  }

  private mutating func token() throws(ConfigurationError) -> Token {
    guard let byte else { return .end }
    switch byte {
    case UInt8(ascii: ";"): advance(); return .semicolon
    case UInt8(ascii: "{"): advance(); return .open
    case UInt8(ascii: "}"): advance(); return .close
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return .word(try quoted(by: byte))
    default: return .word(bare())
    }
  }

  /// A word up to a blank, `;` or `{`.
  private mutating func bare() -> NginxWord {
    let place = here
    var word: [UInt8] = []
    while let byte, !Self.isSpace(byte), byte != UInt8(ascii: ";") {
      if byte == UInt8(ascii: "\\") {
        takeEscape(into: &word)
        continue
      }
      if byte == UInt8(ascii: "{"), word.last != UInt8(ascii: "$") { break }
      word.append(byte)
      advance()
    }
    return NginxWord(text: String(decoding: word, as: UTF8.self), place: place)
  }

  private mutating func quoted(by quote: UInt8) throws(ConfigurationError) -> NginxWord {
    let place = here
    advance()
    var word: [UInt8] = []
    while let byte {
      if byte == UInt8(ascii: "\\") {
        takeEscape(into: &word)
        continue
      }
      advance()
      guard byte == quote else {
        word.append(byte)
        continue
      }
      try expectEndOfWord()
      return NginxWord(text: String(decoding: word, as: UTF8.self), place: place)
    }
    throw unexpected(
      "the end of the file", expected: "the closing \(String(decoding: [quote], as: UTF8.self))", at: place)
  }

  /// Behind a closing quote nginx accepts a blank, `;`, `{` or `)` only.
  private func expectEndOfWord() throws(ConfigurationError) {
    guard let byte, !Self.isSpace(byte), !";{)".utf8.contains(byte) else { return }
    throw unexpected("text right behind a closing quote", expected: "a blank, ';' or '{'", at: here)
  }

  private mutating func takeEscape(into word: inout [UInt8]) {
    advance()
    guard let byte else { return word.append(UInt8(ascii: "\\")) }
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"): word.append(byte)
    case UInt8(ascii: "t"): word.append(0x09)
    case UInt8(ascii: "r"): word.append(0x0D)
    case UInt8(ascii: "n"): word.append(0x0A)
    default: word += [UInt8(ascii: "\\"), byte]
    }
    advance()
  }
}

// MARK: Lua

extension NginxParser {
  /// Passes the body of a Lua block to the brace that closes it; braces in Lua's strings and comments do not count.
  private mutating func skipLua(opened: NginxWord) throws(ConfigurationError) {
    var depth = 1
    while let byte {
      switch byte {
      case UInt8(ascii: "{"): depth += 1; advance()
      case UInt8(ascii: "}"):
        depth -= 1
        advance()
        if depth == 0 { return }
      case UInt8(ascii: "\""), UInt8(ascii: "'"): skipLuaString(byte)
      case UInt8(ascii: "[") where luaBracketLevel() != nil: skipLuaBracket(luaBracketLevel() ?? 0)
      case UInt8(ascii: "-") where peek(1) == UInt8(ascii: "-"): skipLuaComment()
      default: advance()
      }
    }
    throw unexpected("the end of the file", expected: "'}' that closes '\(opened.text)'", at: opened.place)
  }

  private func peek(_ distance: Int) -> UInt8? {
    position + distance < bytes.count ? bytes[position + distance] : nil
  }

  private mutating func skipLuaString(_ quote: UInt8) {
    advance()
    while let byte, byte != quote, byte != UInt8(ascii: "\n") {
      advance()
      if byte == UInt8(ascii: "\\"), self.byte != nil { advance() }
    }
    if byte != nil { advance() }
  }

  private mutating func skipLuaComment() {
    advance()
    advance()
    if byte == UInt8(ascii: "["), let level = luaBracketLevel() { return skipLuaBracket(level) }
    while let byte, byte != UInt8(ascii: "\n") { advance() }
  }

  /// Number of `=` in an opening `[==[` here; nil where there is none.
  private func luaBracketLevel() -> Int? {
    var level = 0
    while peek(1 + level) == UInt8(ascii: "=") { level += 1 }
    return peek(1 + level) == UInt8(ascii: "[") ? level : nil
  }

  private mutating func skipLuaBracket(_ level: Int) {
    let closing =
      [UInt8(ascii: "]")] + Array(repeating: UInt8(ascii: "="), count: level) + [UInt8(ascii: "]")]
    while byte != nil {
      if bytes[position...].starts(with: closing) {
        for _ in closing { advance() }
        return
      }
      advance()
    }
  }
}
