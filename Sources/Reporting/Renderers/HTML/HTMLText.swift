/// Text in HTML that stays text, whatever it says.
enum HTMLText {
  /// For the content of an element: bounded, control and reordering characters shown, right-to-left text isolated.
  static func content(_ text: String) -> String {
    // Nearly every text is short and has nothing to escape or to show.
    if text.utf8.count <= BoundedText.longest, text.utf8.allSatisfy(isPlain) { return text }
    let visible = VisibleText.standing(VisibleText.of(BoundedText.of(text)))
    let escaped = escape(visible)
    return VisibleText.isRightToLeft(visible) ? "<bdi>" + escaped + "</bdi>" : escaped
  }

  /// For an attribute value in double quotes, and for `<title>`: the same without elements.
  static func attribute(_ text: String) -> String { escape(VisibleText.isolated(BoundedText.of(text))) }

  /// Lines of a command, query or configuration: line ends stay.
  static func lines(_ text: String, at most: Int = BoundedText.longestCommand) -> String {
    VisibleText.lines(BoundedText.of(text, at: most)).map { escape(VisibleText.standing($0)) }.joined(separator: "\n")
  }

  /// `&`, `<`, `>` and both quotes, scalar by scalar: a combining mark behind a sign would hide it from a comparison
  /// of characters.
  static func escape(_ text: String) -> String {
    guard text.utf8.contains(where: acts) else { return text }
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// Printable ASCII that means nothing in HTML.
  private static func isPlain(_ byte: UInt8) -> Bool { 0x20..<0x7F ~= byte && !acts(byte) }

  private static func acts(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): true
    default: false
    }
  }
}
