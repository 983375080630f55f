/// Texts inside regular expressions.
enum LiteralPattern {
  /// A text as a regular expression that matches it alone.
  static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      if "\\^$.|?*+()[]{}".contains(character) { result += "\\" }
      result.append(character)
    }
  }
}
