/// Text in Markdown that stays text: no markup, no HTML, no link, no mention, no table border.
enum MarkdownText {
  /// For the middle of a line: a cell, a heading, a list item. Bounded, on one line.
  ///
  /// - Source: GitHub Flavored Markdown 0.29, §6.9 (bare `://` and `www.` become links), §2.4 (escapes).
  static func inline(_ text: String) -> String {
    let scalars = Array(VisibleText.isolated(BoundedText.of(text)).unicodeScalars)
    var escaped = ""
    for (place, scalar) in scalars.enumerated() {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "@": escaped += "&#64;"
      case ":" where scalars.dropFirst(place + 1).first == "/": escaped += "&#58;"
      case "." where scalars[..<place].suffix(3).allSatisfy({ $0 == "w" || $0 == "W" }) && place >= 3: escaped += "&#46;"
      case "\\", "`", "*", "_", "[", "]", "|", "~", "#", "$": escaped += "\\" + String(scalar)
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// For a line of its own: what would begin a list, a quotation, a heading's underline or code stays text too.
  static func line(_ text: String) -> String {
    let escaped = inline(text)
    let scalars = escaped.unicodeScalars
    guard let first = scalars.first else { return escaped }
    switch first {
    case "-", "+", "=": return "\\" + escaped
    case " ": return "&#32;" + String(scalars.dropFirst())
    default: break
    }
    let digits = scalars.prefix { ("0"..."9").contains($0) }
    guard !digits.isEmpty, let sign = scalars.dropFirst(digits.count).first, sign == "." || sign == ")" else { return escaped }
    return String(digits) + "\\" + String(scalars.dropFirst(digits.count))
  }

  /// Lines as they are, made harmless.
  static func fenced(_ text: String, language: String = "") -> String {
    fenced(harmless: VisibleText.lines(text).joined(separator: "\n"), language: language)
  }

  /// Lines that are harmless already, in a fence longer than any run of backticks inside.
  static func fenced(harmless text: String, language: String) -> String {
    var longest = 0
    var run = 0
    for scalar in text.unicodeScalars {
      run = scalar == "`" ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: max(3, longest + 1))
    return fence + language + "\n" + text + "\n" + fence + "\n"
  }
}
