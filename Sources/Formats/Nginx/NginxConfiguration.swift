import Traffic

/// Reads the log formats out of an nginx configuration. Only `log_format` and `access_log` are looked at; nothing else
/// is evaluated, and `include` is the caller's business.
public enum NginxConfiguration {
  /// One `log_format` directive.
  public struct LogFormatDirective: Hashable, Sendable {
    public var name: String
    /// The joined parts, unquoted.
    public var string: String
    /// `default`, `json` or `none`.
    public var escape: String
    /// Paths of the `access_log` directives that use it.
    public var logs: [String] = []
    /// `access_log` directives that leave lines out (`if=`), so that counts are of a part of the traffic.
    public var isConditional = false

    /// - Throws: where the format string cannot be understood.
    public func format() throws(FormatStringError) -> any LogFormat {
      try NginxFormats.template(
        string, escape: NginxFormatString.Escape(rawValue: escape) ?? .default, name: name, summary: "log_format \(name)")
    }
  }

  /// Every `log_format` of a configuration in its order, and `combined` where an `access_log` uses it without it being
  /// defined; with the logs that each is used for.
  public static func logFormats(in text: String) -> [LogFormatDirective] {
    var formats: [LogFormatDirective] = []
    var uses: [(format: String, path: String, isConditional: Bool)] = []
    for words in NginxWordsReader.directives(in: text) {
      switch words.first {
      case "log_format" where words.count >= 3:
        let escape = words[2].hasPrefix("escape=") ? String(words[2].dropFirst(7)) : nil
        let parts = words.dropFirst(escape == nil ? 2 : 3)
        formats.append(LogFormatDirective(name: words[1], string: parts.joined(), escape: escape ?? "default"))
      case "access_log" where words.count >= 2 && words[1] != "off":
        let options = words.dropFirst(2)
        let named = options.first.flatMap { $0.contains("=") || $0 == "gzip" ? nil : $0 }
        uses.append((named ?? "combined", words[1], options.contains { $0.hasPrefix("if=") }))
      default: break
      }
    }
    if !formats.contains(where: { $0.name == "combined" }), uses.contains(where: { $0.format == "combined" }) {
      let string = NginxFormats.string(named: "nginx-combined") ?? ""
      formats.append(LogFormatDirective(name: "combined", string: string, escape: "default"))
    }
    for use in uses {
      guard let index = formats.lastIndex(where: { $0.name == use.format }) else { continue }
      formats[index].logs.append(use.path)
      if use.isConditional { formats[index].isConditional = true }
    }
    return formats
  }

  /// A string as users paste it: with or without `log_format NAME`, `escape=…`, quotes and the final semicolon.
  static func formatArguments(_ string: String) -> (string: String, escape: NginxFormatString.Escape) {
    var text = string
    if let directive = logFormats(in: text.hasSuffix(";") ? text : text + ";").first, text.contains("log_format") {
      return (directive.string, NginxFormatString.Escape(rawValue: directive.escape) ?? .default)
    }
    var escape = NginxFormatString.Escape.default
    if text.hasPrefix("escape="), let space = text.firstIndex(where: { $0 == " " || $0 == "\n" || $0 == "\t" }) {
      escape = NginxFormatString.Escape(rawValue: String(text[..<space].dropFirst(7))) ?? .default
      text = String(text[space...].drop { $0 == " " || $0 == "\n" || $0 == "\t" })
    }
    // Quoted parts are joined, unless what looks like quotes is the format's own: `"$request" $status`.
    if text.hasPrefix("'"), let words = NginxWordsReader.directives(in: text.hasSuffix(";") ? text : text + ";").first {
      return (words.joined(), escape)
    }
    return (text, escape)
  }
}

/// Cuts an nginx configuration into directives of words. `{` and `}` end a directive like `;` does.
struct NginxWordsReader {
  static func directives(in text: String) -> [[String]] {
    var reader = NginxWordsReader(bytes: Array(text.utf8))
    return reader.readAll()
  }

  private let bytes: [UInt8]
  private var index = 0
  private var directives: [[String]] = []
  private var words: [String] = []

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func readAll() -> [[String]] {
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: " "), 9, 10, 13: index += 1
      case UInt8(ascii: "#"):
        while index < bytes.count, bytes[index] != 10 { index += 1 }
      case UInt8(ascii: ";"), UInt8(ascii: "{"), UInt8(ascii: "}"):
        index += 1
        endDirective()
      case UInt8(ascii: "'"), UInt8(ascii: "\""): readQuoted()
      default: readBare()
      }
    }
    endDirective()
    return directives
  }

  private mutating func endDirective() {
    if !words.isEmpty { directives.append(words) }
    words = []
  }

  /// Inside quotes a backslash takes away the meaning of the next quote or backslash only.
  private mutating func readQuoted() {
    let quote = bytes[index]
    var word: [UInt8] = []
    index += 1
    while index < bytes.count, bytes[index] != quote {
      if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count {
        index += 1
        switch bytes[index] {
        case quote, UInt8(ascii: "\\"): word.append(bytes[index])
        case UInt8(ascii: "t"): word.append(9)
        case UInt8(ascii: "n"): word.append(10)
        case UInt8(ascii: "r"): word.append(13)
        default: word += [UInt8(ascii: "\\"), bytes[index]]
        }
      } else {
        word.append(bytes[index])
      }
      index += 1
    }
    index += 1
    words.append(String(decoding: word, as: UTF8.self))
  }

  private mutating func readBare() {
    let start = index
    loop: while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: " "), 9, 10, 13, UInt8(ascii: ";"): break loop
      case UInt8(ascii: "{") where index > start && bytes[index - 1] != UInt8(ascii: "$"): break loop
      default: index += 1
      }
    }
    words.append(String(decoding: bytes[start..<index], as: UTF8.self))
  }
}
