/// Text from logs at a length that a page can bear. Machine formats never cut.
enum BoundedText {
  /// Unicode scalars of one text that people are shown; no route, agent or address that means something is longer.
  static let longest = 500
  /// Scalars of a query or command that people are shown.
  static let longestCommand = 8_192

  /// The text, or its beginning and its whole length: `Mozilla/5.0… (1,048,576 bytes)`.
  static func of(_ text: String, at most: Int = longest) -> String {
    guard text.utf8.count > most, text.unicodeScalars.count > most else { return text }
    var kept = ""
    kept.unicodeScalars.append(contentsOf: text.unicodeScalars.prefix(most))
    return kept + "… (" + UnitText.integer(Int64(text.utf8.count)) + " bytes)"
  }
}
