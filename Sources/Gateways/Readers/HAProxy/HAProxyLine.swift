/// A word of a configuration with the quotes and escapes taken off.
struct HAProxyWord: Hashable, Sendable {
  var text: String
  var place: ConfigurationPlace
}

/// One line of a configuration: a keyword and what follows it.
struct HAProxyLine: Hashable, Sendable {
  /// At least one.
  var words: [HAProxyWord]

  var keyword: String { words[0].text }
  var arguments: ArraySlice<HAProxyWord> { words.dropFirst() }
  var place: ConfigurationPlace { words[0].place }

  /// As written but for quotes and blanks, and short, for notes.
  var summary: String { String(words.map(\.text).joined(separator: " ").prefix(100)) }

  /// The word at an index, or nothing.
  func text(_ index: Int) -> String? { index < words.count ? words[index].text : nil }

  /// Every line that is not empty.
  ///
  /// Blanks part words; `'…'` keeps all, `"…"` all but escapes, and `\` keeps the next character; `#` outside of quotes
  /// begins a comment. Environment variables stay as they are written.
  /// - Source: HAProxy configuration manual, section 2.2, "Quoting and escaping".
  static func lines(of text: String, file: String) throws(ConfigurationError) -> [HAProxyLine] {
    var lines: [HAProxyLine] = []
    var number = 0
    for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      let words = try words(of: line, at: ConfigurationPlace(file: file, line: number))
      if !words.isEmpty { lines.append(HAProxyLine(words: words)) }
    }
    return lines
  }

  private static func words(
    of line: Substring.UTF8View, at start: ConfigurationPlace
  ) throws(ConfigurationError) -> [HAProxyWord] {
    var (words, word): ([HAProxyWord], [UInt8]?) = ([], nil)
    var quote: UInt8?
    var isEscaped = false
    var (place, opened) = (start, start)
    for byte in line {
      if byte & 0xC0 != 0x80 { place.column += 1 }
      let isSpace = byte == 0x20 || byte == 0x09 || byte == 0x0D
      if quote == nil, !isEscaped, isSpace || byte == UInt8(ascii: "#") {
        if let done = word {
          words.append(HAProxyWord(text: String(decoding: done, as: UTF8.self), place: opened))
        }
        word = nil
        if isSpace { continue }
        return words
      }
      if word == nil { (word, opened) = ([], place) }
      if isEscaped {
        word?.append(unescaped(byte))
        isEscaped = false
      } else if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "'") {
        isEscaped = true
      } else if byte == quote {
        quote = nil
      } else if quote == nil, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else {
        word?.append(byte)
      }
    }
    guard quote == nil else {
      throw ConfigurationError(
        .syntax(found: "the end of the line", expected: "the closing quote"), at: opened)
    }
    if let done = word {
      words.append(HAProxyWord(text: String(decoding: done, as: UTF8.self), place: opened))
    }
    return words
  }

  private static func unescaped(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: byte
    }
  }
}

/// Numbers with units.
enum HAProxyNumber {
  static func natural(_ text: some StringProtocol) -> Int64? {
    guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    return Int64(text)
  }

  /// `10s`, `500ms`, `60000`: milliseconds without a unit, at most 2^31 − 1 of them; µs are rounded up.
  static func milliseconds(_ text: some StringProtocol) -> Int64? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let count = natural(digits) else { return nil }
    let scale: Int64
    switch text.dropFirst(digits.count) {
    case "", "ms": scale = 1
    case "us": return count <= 2_147_483_647_000 ? (count + 999) / 1000 : nil
    case "s": scale = 1000
    case "m": scale = 60_000
    case "h": scale = 3_600_000
    case "d": scale = 86_400_000
    default: return nil
    }
    return count <= 2_147_483_647 / scale ? count * scale : nil
  }

  /// The shortest way to write a time.
  static func text(milliseconds: Int64) -> String {
    for (unit, size) in [("d", Int64(86_400_000)), ("h", 3_600_000), ("m", 60_000), ("s", 1000)]
    where milliseconds.isMultiple(of: size) {
      return "\(milliseconds / size)\(unit)"
    }
    return "\(milliseconds)ms"
  }

  /// `1m`, `100k`: 1024 each.
  static func size(_ text: some StringProtocol) -> Int64? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let count = natural(digits) else { return nil }
    let scale: Int64
    switch text.dropFirst(digits.count).lowercased() {
    case "": scale = 1
    case "k": scale = 1 << 10
    case "m": scale = 1 << 20
    case "g": scale = 1 << 30
    default: return nil
    }
    return count <= (1 << 40) / scale ? count * scale : nil
  }
}
