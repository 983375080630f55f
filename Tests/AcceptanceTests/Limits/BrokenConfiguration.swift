import Testing

/// A gateway's configuration with one mistake in it, and what the error about it has to say.
struct BrokenConfiguration: CustomTestStringConvertible, Sendable {
  /// Name of the file, by which some products are told apart.
  let file: String
  /// Where the mistake is, from 1.
  let line: Int
  /// What was found, and what was expected or the nearest valid word.
  let words: [String]
  let text: String

  init(_ file: String, line: Int, _ words: [String], _ text: String) {
    self.file = file
    self.line = line
    self.words = words
    self.text = text + "\n"
  }

  var testDescription: String { "\(file):\(line) \(words.first ?? "")" }

  static let all = plainTexts + proxies + platforms
}
